-- Throttled sign-ins, forgotten passwords, changes of the e-mail address.

ALTER TABLE users ADD COLUMN pending_email citext CHECK (length(pending_email) <= 320);
-- The very call that used a token, so that repeating it after a lost answer is not using it twice.
ALTER TABLE one_time_tokens ADD COLUMN consumed_by uuid;

-- Failed attempts by keyed hash of what was tried: an identifier, whether it has an account or not, an account's own
-- device, an account's current password. user_id where there is an account, for its administration.
CREATE TABLE login_throttle (
  key bytea PRIMARY KEY,
  user_id uuid REFERENCES users (id) ON DELETE CASCADE,
  failures integer NOT NULL,
  last_try uuid NOT NULL,
  last_at timestamptz NOT NULL,
  locked_until timestamptz,
  lock_seconds integer NOT NULL DEFAULT 0,
  ended_lock_seconds integer NOT NULL DEFAULT 0
);
CREATE INDEX login_throttle_account ON login_throttle (user_id) WHERE user_id IS NOT NULL;
CREATE INDEX login_throttle_age ON login_throttle (last_at);

-- How often something was asked for since the window began.
CREATE TABLE attempt_window (
  key bytea PRIMARY KEY,
  ends_at timestamptz NOT NULL,
  attempts integer NOT NULL
);
CREATE INDEX attempt_window_age ON attempt_window (ends_at);

-- One row a change asked for. The old address can undo it until undo_expires_at, also after it was confirmed.
CREATE TABLE email_changes (
  id uuid PRIMARY KEY,
  user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  old_email citext NOT NULL CHECK (length(old_email) <= 320),
  new_email citext NOT NULL CHECK (length(new_email) <= 320),
  confirm_hash bytea NOT NULL UNIQUE,
  confirm_expires_at timestamptz NOT NULL,
  undo_hash bytea NOT NULL UNIQUE,
  undo_expires_at timestamptz NOT NULL,
  state text NOT NULL CHECK (state IN ('open', 'confirmed', 'cancelled', 'undone')),
  decided_by uuid,
  created_at timestamptz NOT NULL
);
CREATE UNIQUE INDEX email_changes_open ON email_changes (user_id) WHERE state = 'open';
CREATE INDEX email_changes_age ON email_changes (undo_expires_at);

-- A function of its own, because its UPDATE sees what was committed until it begins: also the session of a sign-in
-- that held the user's row while the calling statement waited for it. `at` with the same reason is a call repeated.
CREATE FUNCTION end_user_sessions(account uuid, spared uuid, reason text, at timestamptz) RETURNS SETOF uuid
LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  RETURN QUERY UPDATE sessions s SET revoked_at = at, revoke_reason = reason
    WHERE s.user_id = account AND s.id IS DISTINCT FROM spared
      AND ((s.revoked_at IS NULL AND s.idle_expires_at > at AND s.absolute_expires_at > at)
           OR (s.revoked_at = at AND s.revoke_reason = reason))
    RETURNING s.id;
END
$$;
