-- Keys of machines, the next token key, and notices: whatever a process remembers of sessions, users and keys is told
-- to be old by the transaction that changes it, so that no notice can be lost or come too early.

CREATE TABLE api_keys (
  id uuid PRIMARY KEY,
  kind text NOT NULL CHECK (kind IN ('admin', 'service', 'user')),
  owner_user_id uuid REFERENCES users (id) ON DELETE CASCADE,
  name text NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
  secret_hash bytea NOT NULL UNIQUE,
  scopes text[] NOT NULL,
  allowed_cidrs cidr[] NOT NULL,
  expires_at timestamptz,
  last_used_at timestamptz,
  revoked_at timestamptz,
  rotated_from uuid UNIQUE,
  created_by uuid,
  created_at timestamptz NOT NULL,
  CHECK ((kind = 'user') = (owner_user_id IS NOT NULL))
);
CREATE INDEX api_keys_of_user ON api_keys (owner_user_id, created_at DESC) WHERE owner_user_id IS NOT NULL;

INSERT INTO permissions (name, description) VALUES ('tokens:introspect', 'Ask whether a token is good, and whose it is');
INSERT INTO role_permissions (role_id, permission) SELECT id, 'tokens:introspect' FROM roles WHERE name = 'superadmin';

CREATE UNIQUE INDEX signing_keys_one_next ON signing_keys (status) WHERE status = 'next';

-- Channel ks_access: 'USER [ID]': forget what is remembered of the user, or of the machine with that key, and know that
-- the session or key ID is over; '*': forget everything. Channel ks_keys: read the token keys again.
CREATE FUNCTION notify_access_session() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('ks_access', OLD.user_id || ' ' || OLD.id);
  RETURN NULL;
END $$;
CREATE TRIGGER sessions_ended AFTER UPDATE OF revoked_at ON sessions FOR EACH ROW
  WHEN (OLD.revoked_at IS NULL AND NEW.revoked_at IS NOT NULL) EXECUTE FUNCTION notify_access_session();
CREATE TRIGGER sessions_deleted AFTER DELETE ON sessions FOR EACH ROW
  WHEN (OLD.revoked_at IS NULL) EXECUTE FUNCTION notify_access_session();

CREATE FUNCTION notify_access_user() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('ks_access', NEW.id::text);
  RETURN NULL;
END $$;
CREATE TRIGGER users_changed AFTER UPDATE OF version ON users FOR EACH ROW
  WHEN (OLD.version <> NEW.version) EXECUTE FUNCTION notify_access_user();

CREATE FUNCTION notify_access_session_user() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('ks_access', NEW.user_id::text);
  RETURN NULL;
END $$;
CREATE TRIGGER sessions_assurance AFTER UPDATE OF aal, amr ON sessions FOR EACH ROW
  WHEN (OLD.aal <> NEW.aal OR OLD.amr <> NEW.amr) EXECUTE FUNCTION notify_access_session_user();

CREATE FUNCTION notify_access_role() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('ks_access', coalesce(NEW.user_id, OLD.user_id)::text);
  RETURN NULL;
END $$;
CREATE TRIGGER user_roles_changed AFTER INSERT OR UPDATE OR DELETE ON user_roles FOR EACH ROW
  EXECUTE FUNCTION notify_access_role();

CREATE FUNCTION notify_access_all() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('ks_access', '*');
  RETURN NULL;
END $$;
CREATE TRIGGER role_permissions_changed AFTER INSERT OR UPDATE OR DELETE ON role_permissions FOR EACH STATEMENT
  EXECUTE FUNCTION notify_access_all();

CREATE FUNCTION notify_access_key() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('ks_access', coalesce(OLD.owner_user_id, OLD.id) || ' ' || OLD.id);
  RETURN NULL;
END $$;
CREATE TRIGGER api_keys_ended AFTER UPDATE OF revoked_at ON api_keys FOR EACH ROW
  WHEN (OLD.revoked_at IS NULL AND NEW.revoked_at IS NOT NULL) EXECUTE FUNCTION notify_access_key();
CREATE TRIGGER api_keys_deleted AFTER DELETE ON api_keys FOR EACH ROW
  WHEN (OLD.revoked_at IS NULL) EXECUTE FUNCTION notify_access_key();

-- Ends earlier than it was to: what is remembered of it is looked up again.
CREATE FUNCTION notify_access_key_owner() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('ks_access', coalesce(NEW.owner_user_id, NEW.id)::text);
  RETURN NULL;
END $$;
CREATE TRIGGER api_keys_shortened AFTER UPDATE OF expires_at ON api_keys FOR EACH ROW
  WHEN (OLD.expires_at IS DISTINCT FROM NEW.expires_at) EXECUTE FUNCTION notify_access_key_owner();

CREATE FUNCTION notify_keys() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('ks_keys', '');
  RETURN NULL;
END $$;
CREATE TRIGGER signing_keys_changed AFTER INSERT OR UPDATE OR DELETE ON signing_keys FOR EACH STATEMENT
  EXECUTE FUNCTION notify_keys();

-- Whether an account knows a device.
CREATE INDEX sessions_of_device ON sessions (user_id, device_hash);
