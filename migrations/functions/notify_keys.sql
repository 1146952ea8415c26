-- Trigger: the signing keys changed; every process reads them again.
CREATE OR REPLACE FUNCTION notify_keys() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('ks_keys', '');
  RETURN NULL;
END $$;
