-- Second factors: time-based codes (RFC 6238), recovery codes, the challenges between password and code, and
-- the place of passkeys.

CREATE TABLE mfa_factors (
  id uuid PRIMARY KEY,
  user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  type text NOT NULL CHECK (type IN ('totp', 'webauthn')),
  status text NOT NULL CHECK (status IN ('pending', 'active')),
  name text NOT NULL DEFAULT '',
  secret_enc bytea,
  totp_algo text CHECK (totp_algo IN ('SHA1', 'SHA256', 'SHA512')),
  totp_digits smallint CHECK (totp_digits BETWEEN 6 AND 8),
  totp_period smallint CHECK (totp_period > 0),
  -- Each step of time is taken once; the number only grows.
  last_used_step bigint NOT NULL DEFAULT 0,
  last_used_at timestamptz,
  created_at timestamptz NOT NULL,
  confirmed_at timestamptz,
  CHECK ((type = 'totp') = (secret_enc IS NOT NULL)),
  CHECK ((status = 'active') = (confirmed_at IS NOT NULL))
);
CREATE INDEX mfa_factors_of_user ON mfa_factors (user_id);
-- One authenticator app at a time, and one that waits for its first code.
CREATE UNIQUE INDEX mfa_factors_one_totp ON mfa_factors (user_id, status) WHERE type = 'totp';

CREATE TABLE webauthn_credentials (
  id uuid PRIMARY KEY,
  user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  factor_id uuid NOT NULL REFERENCES mfa_factors (id) ON DELETE CASCADE,
  credential_id bytea NOT NULL UNIQUE,
  public_key bytea NOT NULL,
  aaguid uuid,
  sign_count bigint NOT NULL DEFAULT 0,
  transports text[] NOT NULL DEFAULT '{}',
  backup_eligible boolean NOT NULL DEFAULT false,
  backed_up boolean NOT NULL DEFAULT false,
  name text NOT NULL DEFAULT '',
  created_at timestamptz NOT NULL,
  last_used_at timestamptz
);
CREATE INDEX webauthn_credentials_of_user ON webauthn_credentials (user_id);

CREATE TABLE mfa_challenges (
  id uuid PRIMARY KEY,
  user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  kind text NOT NULL CHECK (kind IN ('login')),
  -- Of the user when the password was checked: another password meanwhile, and there is no session.
  session_epoch bigint NOT NULL,
  token_hash bytea NOT NULL UNIQUE,
  payload_enc bytea NOT NULL,
  attempts smallint NOT NULL DEFAULT 0,
  created_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  consumed_at timestamptz
);
CREATE INDEX mfa_challenges_of_user ON mfa_challenges (user_id);

-- Codes that were tried for an account, over all its factors, since `began_at`.
CREATE TABLE mfa_attempts (
  user_id uuid PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
  began_at timestamptz NOT NULL,
  attempts integer NOT NULL
);

-- SHA-256 of codes of 128 random bits. Only those of the account's present set are good.
CREATE TABLE recovery_codes (
  id uuid PRIMARY KEY,
  user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  code_hash bytea NOT NULL,
  set_id uuid NOT NULL,
  used_at timestamptz,
  UNIQUE (user_id, code_hash)
);
CREATE TABLE recovery_sets (
  user_id uuid PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
  set_id uuid NOT NULL,
  created_at timestamptz NOT NULL
);
