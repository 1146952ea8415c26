-- All that is kept of an account, as JSON, at most 1,000 rows of each table and 2,000 events. Secrets are bytes (sealed or hashed)
-- or the password's hash; both are left out, and so is who granted or made something. Payments are records of money, which refer to no account;
-- those that the account is to pay are here with all their columns, the newest 1,000, and so are the refunds of them, without who asked for one.
CREATE OR REPLACE FUNCTION personal_data(account uuid, at timestamptz) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
  owned record;
  hidden text[];
  found_rows jsonb;
  everything jsonb;
BEGIN
  SELECT jsonb_build_object('format', 1, 'made_at', at, 'account', to_jsonb(users) - ARRAY['session_epoch', 'metadata_admin'],
    'roles', (SELECT coalesce(jsonb_agg(roles.name ORDER BY roles.name), '[]') FROM user_roles JOIN roles ON roles.id = role_id WHERE user_id = account),
    'activity', (SELECT coalesce(jsonb_agg(to_jsonb(newest) - ARRAY['seq', 'account'] ORDER BY newest.seq DESC), '[]')
                 FROM (SELECT * FROM own_activity WHERE own_activity.account = personal_data.account::text ORDER BY seq DESC LIMIT 2000) newest),
    'payments', (SELECT coalesce(jsonb_agg(to_jsonb(newest) ORDER BY newest.created_at DESC, newest.id DESC), '[]')
                 FROM (SELECT * FROM payments WHERE user_id = personal_data.account ORDER BY created_at DESC, id DESC LIMIT 1000) newest),
    'payment_refunds', (SELECT coalesce(jsonb_agg(to_jsonb(newest) - ARRAY['created_by', 'idempotency_scope', 'idempotency_key', 'fingerprint']
                                                  ORDER BY newest.created_at DESC, newest.id DESC), '[]')
                        FROM (SELECT r.* FROM payment_refunds r JOIN payments p ON p.id = r.payment_id WHERE p.user_id = personal_data.account
                              ORDER BY r.created_at DESC, r.id DESC LIMIT 1000) newest))
    INTO everything FROM users WHERE id = account;
  FOR owned IN SELECT * FROM user_owned_tables WHERE relation NOT IN ('user_roles'::regclass, 'personal_data_exports'::regclass)
    AND owner_column <> 'asked_by' LOOP
    SELECT array_agg(attname::text) INTO hidden FROM pg_attribute
    WHERE attrelid = owned.relation AND attnum > 0
      AND (atttypid = 'bytea'::regtype OR attname IN ('phc', 'granted_by', 'created_by', 'revoked_by', 'impersonator_id', 'asked_by', 'owner_told'));
    EXECUTE format('SELECT coalesce(jsonb_agg(one), %L) FROM (SELECT to_jsonb(t) - $2 AS one FROM %s t WHERE %I = $1 LIMIT 1000) rows',
                   '[]', owned.relation, owned.owner_column)
      INTO found_rows USING account, coalesce(hidden, '{}');
    everything := everything || jsonb_build_object(owned.relation::text, found_rows);
  END LOOP;
  RETURN everything;
END $$;
