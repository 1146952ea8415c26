-- Schedules the deletion of an account that its owner asks for. Returns scheduled, last_admin, or gone where there is no such account.
CREATE OR REPLACE FUNCTION schedule_account_deletion(account uuid, due timestamptz, at timestamptz) RETURNS text
LANGUAGE plpgsql AS $$
BEGIN
  IF is_last_superadmin(account) THEN
    RETURN 'last_admin';
  END IF;
  UPDATE users SET deletion_due_at = due, deletion_cancelled_at = NULL, updated_at = at, version = version + 1
  WHERE id = account AND deleted_at IS NULL;
  RETURN CASE WHEN FOUND THEN 'scheduled' ELSE 'gone' END;
END $$;
