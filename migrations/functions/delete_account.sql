-- Empties the account and ends its access. An empty row stays, so that its id, which the audit trail names, is never another's.
CREATE OR REPLACE FUNCTION delete_account(account uuid, at timestamptz) RETURNS text
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
