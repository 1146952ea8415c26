-- Trigger: every process forgets what it remembers of a session's user.
CREATE OR REPLACE FUNCTION notify_access_session_user() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('ks_access', NEW.user_id::text);
  RETURN NULL;
END $$;
