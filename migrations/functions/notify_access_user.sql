-- Trigger: every process forgets what it remembers of a user.
CREATE OR REPLACE FUNCTION notify_access_user() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('ks_access', NEW.id::text);
  RETURN NULL;
END $$;
