-- Trigger: every process forgets what it remembers of a machine's key.
CREATE OR REPLACE FUNCTION notify_access_key() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('ks_access', coalesce(OLD.owner_user_id, OLD.id) || ' ' || OLD.id);
  RETURN NULL;
END $$;
