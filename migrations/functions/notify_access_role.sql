-- Trigger: every process forgets what it remembers of the user whose roles changed.
CREATE OR REPLACE FUNCTION notify_access_role() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('ks_access', coalesce(NEW.user_id, OLD.user_id)::text);
  RETURN NULL;
END $$;
