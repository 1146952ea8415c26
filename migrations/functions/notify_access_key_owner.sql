-- Trigger: a key that ends earlier than before is looked up again by every process.
CREATE OR REPLACE FUNCTION notify_access_key_owner() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('ks_access', coalesce(NEW.owner_user_id, NEW.id)::text);
  RETURN NULL;
END $$;
