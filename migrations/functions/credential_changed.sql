-- After a credential of the account was changed: void_pending() and end_access(). Returns the ids of the ended sessions.
CREATE OR REPLACE FUNCTION credential_changed(account uuid, spared uuid, spared_link uuid, keep_keys boolean, reason text, at timestamptz)
RETURNS SETOF uuid LANGUAGE plpgsql AS $$
BEGIN
  PERFORM void_pending(account, spared_link, at);
  RETURN QUERY SELECT end_access(account, spared, keep_keys, reason, at);
END $$;
