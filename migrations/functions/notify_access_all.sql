-- Trigger: every process forgets what it remembers of all users (notify_access_session tells the channel's format).
CREATE OR REPLACE FUNCTION notify_access_all() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('ks_access', '*');
  RETURN NULL;
END $$;
