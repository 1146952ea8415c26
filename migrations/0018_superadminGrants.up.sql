-- Superadmins outrank nobody of their own kind: making or restoring one takes two of them, where there are two.

CREATE TABLE superadmin_grants (
  user_id uuid PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
  kind text NOT NULL CHECK (kind IN ('grant', 'restore')),
  asked_by uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  reason text NOT NULL,
  account_version integer NOT NULL,
  asked_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL
);
CREATE INDEX superadmin_grants_by_asker ON superadmin_grants (asked_by);
COMMENT ON TABLE superadmin_grants IS 'Waiting for another superadmin';
COMMENT ON COLUMN superadmin_grants.account_version IS 'Of the account that was judged: another one, and nothing waits any more';

CREATE FUNCTION is_superadmin(who uuid, at timestamptz) RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT EXISTS (SELECT FROM users u JOIN user_roles g ON g.user_id = u.id JOIN roles r ON r.id = g.role_id
    WHERE u.id = who AND u.status = 'active' AND r.name = 'superadmin' AND (g.expires_at IS NULL OR g.expires_at > at))
$$;

-- What waits still: nothing changed meanwhile.
CREATE FUNCTION superadmin_grants_waiting(at timestamptz) RETURNS SETOF superadmin_grants LANGUAGE sql STABLE AS $$
  SELECT w.* FROM superadmin_grants w JOIN users u ON u.id = w.user_id
  WHERE w.expires_at > at AND w.account_version = u.version AND is_superadmin(w.asked_by, at)
$$;

-- The account becomes a superadmin, or if it is one and suspended, is so no more: at once by the operator, by the only superadmin,
-- and by a second one after the first; else it waits, and the others are told. Neither machines' keys nor other ranks come here.
CREATE FUNCTION superadmin_grant(actor uuid, operator boolean, target uuid, why text, mails jsonb, until timestamptz, at timestamptz,
                                 event jsonb, OUT outcome text, OUT granted boolean, OUT ended uuid[])
LANGUAGE plpgsql AS $$
DECLARE
  account users;
  waiting superadmin_grants;
  wanted text;
BEGIN
  ended := '{}';
  PERFORM FROM roles WHERE name = 'superadmin' FOR NO KEY UPDATE;
  SELECT * INTO account FROM users WHERE id = target FOR UPDATE;
  wanted := CASE WHEN account.status = 'active' AND NOT is_superadmin(target, at) THEN 'grant'
                 WHEN account.status = 'suspended' AND EXISTS (SELECT FROM user_roles g JOIN roles r ON r.id = g.role_id
                   WHERE g.user_id = target AND r.name = 'superadmin') THEN 'restore' END;
  outcome := CASE WHEN NOT operator AND NOT is_superadmin(actor, at) THEN 'RANK_TOO_LOW'
                  WHEN account.id IS NULL THEN 'USER_NOT_FOUND'
                  WHEN wanted IS NULL THEN 'CONFLICT' ELSE 'ok' END;
  SELECT * INTO waiting FROM superadmin_grants_waiting(at) w WHERE w.user_id = target AND w.kind = wanted;
  granted := outcome = 'ok' AND (operator OR waiting.asked_by IS DISTINCT FROM actor AND waiting.asked_by IS NOT NULL
                                 OR user_is_last_superadmin(actor, at));
  IF granted THEN
    IF wanted = 'grant' THEN
      INSERT INTO user_roles (user_id, role_id, granted_by, granted_at) SELECT target, r.id, actor, at FROM roles r WHERE r.name = 'superadmin'
      ON CONFLICT (user_id, role_id) DO UPDATE SET granted_by = actor, granted_at = at, expires_at = NULL;
      PERFORM void_shown_links(ARRAY[target], at);
      ended := user_end_sessions(target, NULL, 'roles_changed', at);
    END IF;
    UPDATE users SET status = CASE WHEN email_verified_at IS NULL THEN 'pending' ELSE 'active' END, status_reason = NULL,
                     suspended_until = NULL, version = version + 1, updated_at = at WHERE id = target;
    DELETE FROM superadmin_grants WHERE user_id = target;
  ELSIF outcome = 'ok' AND waiting.user_id IS NULL THEN
    INSERT INTO superadmin_grants (user_id, kind, asked_by, reason, account_version, asked_at, expires_at)
    VALUES (target, wanted, actor, why, account.version, at, until)
    ON CONFLICT (user_id) DO UPDATE SET kind = excluded.kind, asked_by = excluded.asked_by, reason = excluded.reason,
      account_version = excluded.account_version, asked_at = excluded.asked_at, expires_at = excluded.expires_at;
    PERFORM user_mail(mail, at) FROM jsonb_array_elements(mails) mail;
  END IF;
  PERFORM user_note(event || jsonb_build_object('action', 'user.superadmin.' || CASE WHEN granted THEN wanted ELSE 'ask' END), outcome, target,
    NULL, jsonb_build_object('kind', wanted, 'reason', why, 'asked_by', waiting.asked_by, 'sessions_ended', cardinality(ended)));
END $$;

CREATE FUNCTION superadmin_grant_withdraw(actor uuid, target uuid, at timestamptz, event jsonb) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  gone superadmin_grants;
  outcome text := 'RANK_TOO_LOW';
BEGIN
  IF is_superadmin(actor, at) THEN
    DELETE FROM superadmin_grants WHERE user_id = target RETURNING * INTO gone;
    outcome := CASE WHEN gone.user_id IS NULL THEN 'NOT_FOUND' ELSE 'ok' END;
  END IF;
  PERFORM user_note(event, outcome, target, jsonb_build_object('kind', gone.kind, 'asked_by', gone.asked_by, 'reason', gone.reason), NULL);
  RETURN outcome;
END $$;
