-- A user's own data: copies of them, and the end of an account.

-- Set: the account is deleted then, unless its owner signs in before. deletion_cancelled_at: that has happened, and the owner is
-- yet to be told.
ALTER TABLE users ADD COLUMN deletion_due_at timestamptz;
ALTER TABLE users ADD COLUMN deletion_cancelled_at timestamptz;
CREATE INDEX users_deletion_due ON users (deletion_due_at) WHERE deletion_due_at IS NOT NULL;
CREATE INDEX users_deletion_cancelled ON users (deletion_cancelled_at) WHERE deletion_cancelled_at IS NOT NULL;

-- At most one copy a user. No content: it is still to be made; whoever makes it has claimed it until then.
CREATE TABLE personal_data_exports (
  id uuid PRIMARY KEY,
  user_id uuid NOT NULL UNIQUE REFERENCES users (id) ON DELETE CASCADE,
  content_enc bytea,
  claimed_until timestamptz NOT NULL,
  created_at timestamptz NOT NULL,
  ready_at timestamptz,
  expires_at timestamptz NOT NULL
);
CREATE INDEX personal_data_exports_waiting ON personal_data_exports (created_at) WHERE content_enc IS NULL;
CREATE INDEX personal_data_exports_expiry ON personal_data_exports (expires_at);

-- What others did to an account; what its owner did has an index already.
CREATE INDEX audit_log_target_user ON audit_log (target_id, seq DESC) WHERE target_type = 'user';

-- Locks the role until the end of the transaction, so that two who leave at once leave one after the other.
CREATE FUNCTION is_last_superadmin(account uuid) RETURNS boolean
LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM user_roles JOIN roles ON roles.id = role_id WHERE user_id = account AND roles.name = 'superadmin') THEN
    RETURN false;
  END IF;
  PERFORM FROM roles WHERE name = 'superadmin' FOR UPDATE;
  RETURN NOT EXISTS (
    SELECT FROM user_roles JOIN roles ON roles.id = role_id JOIN users ON users.id = user_id
    WHERE roles.name = 'superadmin' AND user_id <> account AND users.status = 'active' AND users.deletion_due_at IS NULL
      AND (user_roles.expires_at IS NULL OR user_roles.expires_at > now()));
END $$;

-- scheduled, last_admin, or gone: there is no such account.
CREATE FUNCTION schedule_account_deletion(account uuid, due timestamptz, at timestamptz) RETURNS text
LANGUAGE plpgsql AS $$
BEGIN
  IF is_last_superadmin(account) THEN
    RETURN 'last_admin';
  END IF;
  UPDATE users SET deletion_due_at = due, deletion_cancelled_at = NULL, updated_at = at, version = version + 1
  WHERE id = account AND deleted_at IS NULL;
  RETURN CASE WHEN FOUND THEN 'scheduled' ELSE 'gone' END;
END $$;

-- The tables whose rows belong to a user: those that refer to one with ON DELETE CASCADE.
CREATE VIEW user_owned_tables AS
  SELECT c.conrelid::regclass AS relation, a.attname AS owner_column
  FROM pg_constraint c JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
  WHERE c.contype = 'f' AND c.confrelid = 'users'::regclass AND c.confdeltype = 'c' AND c.conparentid = 0;

-- Leaves an empty row, so that its id, which the audit trail names, is never another's. Every column that may be empty is emptied.
CREATE FUNCTION delete_account(account uuid, at timestamptz) RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
  owned record;
  emptied text;
BEGIN
  IF is_last_superadmin(account) THEN
    UPDATE users SET deletion_due_at = NULL WHERE id = account;
    RETURN 'last_admin';
  END IF;
  FOR owned IN SELECT * FROM user_owned_tables LOOP
    EXECUTE format('DELETE FROM %s WHERE %I = $1', owned.relation, owned.owner_column) USING account;
  END LOOP;
  SELECT string_agg(format('%I = NULL', attname), ', ') INTO emptied FROM pg_attribute
  WHERE attrelid = 'users'::regclass AND attnum > 0 AND NOT attisdropped AND NOT attnotnull AND attname <> 'deleted_at';
  EXECUTE format('UPDATE users SET %s, metadata_public = %L, metadata_admin = %L, password_change_required = false,
    status = %L, deleted_at = $2, updated_at = $2, version = version + 1 WHERE id = $1', emptied, '{}', '{}', 'deleted')
    USING account, at;
  RETURN 'deleted';
END $$;

-- What the owner of an account may see of the audit trail: of others who did something to it their kind only.
CREATE VIEW own_activity AS
  SELECT seq, id, at, actor_id AS account, action, outcome, reason, 'self' AS by, host(ip) AS ip, user_agent
  FROM audit_log WHERE actor_type = 'user' AND (action LIKE 'auth.%' OR target_id = actor_id)
  UNION ALL
  SELECT seq, id, at, target_id, action, outcome, reason, CASE WHEN actor_type IN ('user', 'impersonator') THEN 'administrator' ELSE actor_type END,
         CASE actor_type WHEN 'anonymous' THEN host(ip) END, CASE actor_type WHEN 'anonymous' THEN user_agent END
  FROM audit_log WHERE target_type = 'user' AND actor_id IS DISTINCT FROM target_id;

-- All that is kept of an account, as JSON, at most 1,000 rows of each table and 2,000 events. Secrets are bytes (sealed or hashed)
-- or the password's hash; both are left out, and so is who granted or made something.
CREATE FUNCTION personal_data(account uuid, at timestamptz) RETURNS jsonb
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
                 FROM (SELECT * FROM own_activity WHERE own_activity.account = personal_data.account::text ORDER BY seq DESC LIMIT 2000) newest))
    INTO everything FROM users WHERE id = account;
  FOR owned IN SELECT * FROM user_owned_tables WHERE relation NOT IN ('user_roles'::regclass, 'personal_data_exports'::regclass) LOOP
    SELECT array_agg(attname::text) INTO hidden FROM pg_attribute
    WHERE attrelid = owned.relation AND attnum > 0
      AND (atttypid = 'bytea'::regtype OR attname IN ('phc', 'granted_by', 'created_by', 'revoked_by', 'impersonator_id'));
    EXECUTE format('SELECT coalesce(jsonb_agg(one), %L) FROM (SELECT to_jsonb(t) - $2 AS one FROM %s t WHERE %I = $1 LIMIT 1000) rows',
                   '[]', owned.relation, owned.owner_column)
      INTO found_rows USING account, coalesce(hidden, '{}');
    everything := everything || jsonb_build_object(owned.relation::text, found_rows);
  END LOOP;
  RETURN everything;
END $$;
