-- Trigger: tells every process that a session ended. Channel ks_access: 'USER [ID]': forget what is remembered of the user, or of the
-- machine with that key, and know that the session or key ID is over; '*': forget everything. Channel ks_keys: read the token keys again.
CREATE OR REPLACE FUNCTION notify_access_session() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('ks_access', OLD.user_id || ' ' || OLD.id);
  RETURN NULL;
END $$;
