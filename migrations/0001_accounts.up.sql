-- Accounts, credentials, sessions, one-time tokens, roles, the mail outbox, signing keys, settings, health snapshots.
-- Identifiers are version 7 UUIDs made by the application; times are UTC.

CREATE EXTENSION IF NOT EXISTS citext;

CREATE TABLE users (
  id uuid PRIMARY KEY,
  email citext CHECK (length(email) <= 320),
  email_verified_at timestamptz,
  username citext CHECK (length(username) <= 64),
  display_name text CHECK (length(display_name) <= 256),
  status text NOT NULL CHECK (status IN ('pending', 'active', 'suspended', 'deleted')),
  status_reason text,
  suspended_until timestamptz,
  external_id text UNIQUE,
  locale text NOT NULL DEFAULT 'en',
  metadata_public jsonb NOT NULL DEFAULT '{}',
  metadata_admin jsonb NOT NULL DEFAULT '{}',
  password_change_required boolean NOT NULL DEFAULT false,
  session_epoch integer NOT NULL DEFAULT 0,
  version integer NOT NULL DEFAULT 1,
  last_login_at timestamptz,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  deleted_at timestamptz,
  CHECK ((status = 'deleted') = (deleted_at IS NOT NULL))
);
CREATE UNIQUE INDEX users_email_live ON users (email) WHERE deleted_at IS NULL;
CREATE UNIQUE INDEX users_username_live ON users (username) WHERE deleted_at IS NULL;
CREATE INDEX users_newest ON users (created_at DESC, id DESC);

CREATE TABLE password_credentials (
  user_id uuid PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
  phc text NOT NULL,
  pepper_id smallint,
  changed_at timestamptz NOT NULL,
  compromised_at timestamptz
);

CREATE TABLE sessions (
  id uuid PRIMARY KEY,
  user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  refresh_key_enc bytea NOT NULL,
  refresh_counter bigint NOT NULL DEFAULT 0,
  refreshed_at timestamptz,
  aal smallint NOT NULL CHECK (aal BETWEEN 1 AND 3),
  amr text[] NOT NULL,
  auth_time timestamptz NOT NULL,
  created_at timestamptz NOT NULL,
  last_seen_at timestamptz NOT NULL,
  idle_expires_at timestamptz NOT NULL,
  absolute_expires_at timestamptz NOT NULL,
  revoked_at timestamptz,
  revoke_reason text,
  ip inet,
  user_agent text,
  device_hash bytea,
  device_name text,
  transport text NOT NULL CHECK (transport IN ('bearer', 'cookie')),
  impersonator_id uuid,
  client_id uuid
);
-- A refresh changes no indexed column, so that its update stays on the row's page (HOT).
ALTER TABLE sessions SET (fillfactor = 80);
CREATE INDEX sessions_live_of_user ON sessions (user_id, created_at DESC) WHERE revoked_at IS NULL;
CREATE INDEX sessions_absolute_expiry ON sessions (absolute_expires_at);

CREATE TABLE one_time_tokens (
  id uuid PRIMARY KEY,
  user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  purpose text NOT NULL CHECK (purpose IN
    ('verify_email', 'reset_password', 'change_email_new', 'change_email_undo', 'invite', 'unlock')),
  token_hash bytea NOT NULL UNIQUE,
  relates_to citext,
  attempts smallint NOT NULL DEFAULT 0,
  expires_at timestamptz NOT NULL,
  consumed_at timestamptz,
  created_at timestamptz NOT NULL
);
CREATE UNIQUE INDEX one_time_tokens_open ON one_time_tokens (user_id, purpose) WHERE consumed_at IS NULL;
CREATE INDEX one_time_tokens_expiry ON one_time_tokens (expires_at);

CREATE TABLE roles (
  id uuid PRIMARY KEY,
  name citext NOT NULL UNIQUE,
  description text NOT NULL DEFAULT '',
  is_system boolean NOT NULL DEFAULT false,
  rank integer NOT NULL,
  version integer NOT NULL DEFAULT 1
);

CREATE TABLE permissions (
  name text PRIMARY KEY,
  description text NOT NULL DEFAULT ''
);

CREATE TABLE role_permissions (
  role_id uuid NOT NULL REFERENCES roles (id) ON DELETE CASCADE,
  permission text NOT NULL REFERENCES permissions (name) ON DELETE CASCADE,
  PRIMARY KEY (role_id, permission)
);

CREATE TABLE user_roles (
  user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  role_id uuid NOT NULL REFERENCES roles (id) ON DELETE RESTRICT,
  granted_by uuid,
  granted_at timestamptz NOT NULL,
  expires_at timestamptz,
  PRIMARY KEY (user_id, role_id)
);
CREATE INDEX user_roles_by_role ON user_roles (role_id);

INSERT INTO roles (id, name, description, is_system, rank) VALUES
  ('01900000-0000-7000-8000-000000000001', 'superadmin', 'Everything', true, 1000),
  ('01900000-0000-7000-8000-000000000002', 'admin', 'Runs the installation day by day', true, 800),
  ('01900000-0000-7000-8000-000000000003', 'support', 'Helps users', true, 400),
  ('01900000-0000-7000-8000-000000000004', 'auditor', 'Reads everything, changes nothing', true, 300),
  ('01900000-0000-7000-8000-000000000005', 'user', 'An account of one''s own', true, 0);

INSERT INTO permissions (name, description) VALUES
  ('audit:read', 'Read the audit trail'),
  ('keys:read', 'List machine and signing keys'),
  ('keys:write', 'Make, rotate and revoke machine and signing keys'),
  ('monitoring:read', 'See traffic, health and security events'),
  ('monitoring:write', 'Ban and unban addresses, resolve activities'),
  ('payments:read', 'See payments'),
  ('payments:refund', 'Refund payments'),
  ('payments:write', 'Create and change payments'),
  ('roles:read', 'See roles and their permissions'),
  ('roles:write', 'Change roles and grant them'),
  ('sessions:read', 'See the sessions of any user'),
  ('sessions:revoke', 'End the sessions of any user'),
  ('settings:read', 'See the settings'),
  ('settings:write', 'Change the settings'),
  ('users:delete', 'Delete and anonymise accounts'),
  ('users:impersonate', 'Act as another user, audited'),
  ('users:read', 'See accounts'),
  ('users:write', 'Create, change, suspend and unlock accounts');

INSERT INTO role_permissions (role_id, permission)
  SELECT roles.id, permissions.name FROM roles CROSS JOIN permissions
  WHERE roles.name = 'superadmin'
     OR (roles.name = 'admin' AND permissions.name NOT IN ('roles:write', 'keys:write', 'users:impersonate'))
     OR (roles.name = 'support' AND permissions.name IN
          ('users:read', 'users:write', 'sessions:read', 'sessions:revoke', 'payments:read', 'monitoring:read'))
     OR (roles.name = 'auditor' AND permissions.name LIKE '%:read');

CREATE TABLE email_outbox (
  id uuid PRIMARY KEY,
  template text NOT NULL,
  locale text NOT NULL,
  to_enc bytea NOT NULL,
  payload_enc bytea NOT NULL,
  attempts integer NOT NULL DEFAULT 0,
  next_at timestamptz NOT NULL,
  sent_at timestamptz,
  last_error text,
  created_at timestamptz NOT NULL
);
CREATE INDEX email_outbox_due ON email_outbox (next_at) WHERE sent_at IS NULL;

CREATE TABLE signing_keys (
  kid text PRIMARY KEY,
  alg text NOT NULL DEFAULT 'EdDSA',
  public_key bytea NOT NULL,
  private_enc bytea NOT NULL,
  status text NOT NULL CHECK (status IN ('next', 'current', 'retiring')),
  not_before timestamptz NOT NULL,
  retire_at timestamptz,
  created_at timestamptz NOT NULL
);
CREATE UNIQUE INDEX signing_keys_one_current ON signing_keys (status) WHERE status = 'current';

CREATE TABLE system_settings (
  key text PRIMARY KEY,
  value jsonb NOT NULL,
  version integer NOT NULL DEFAULT 1,
  updated_by uuid,
  updated_at timestamptz NOT NULL
);

CREATE TABLE system_settings_history (
  key text NOT NULL,
  version integer NOT NULL,
  value jsonb,
  updated_by uuid,
  updated_at timestamptz NOT NULL,
  PRIMARY KEY (key, version)
);

CREATE TABLE system_health_snapshot (
  id uuid PRIMARY KEY,
  at timestamptz NOT NULL,
  process text NOT NULL,
  db_status text NOT NULL CHECK (db_status IN ('up', 'down')),
  db_latency_ms double precision NOT NULL,
  redis_status text NOT NULL CHECK (redis_status IN ('up', 'down')),
  redis_latency_ms double precision NOT NULL,
  crypto_status text NOT NULL CHECK (crypto_status IN ('up', 'down')),
  crypto_latency_ms double precision NOT NULL
);
CREATE INDEX system_health_snapshot_newest ON system_health_snapshot (process, at DESC);
