-- Makes the account a superadmin, or restores a suspended one: at once for the operator, for the only superadmin, and for the second of
-- two who ask; otherwise it waits for a second one, and the others get a mail. Neither machines' keys nor other ranks may do this.
CREATE OR REPLACE FUNCTION superadmin_grant(actor uuid, operator boolean, target uuid, why text, mails jsonb, until timestamptz, at timestamptz,
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
    INSERT INTO superadmin_grants (user_id, kind, asked_by, asker_version, reason, account_version, asked_at, expires_at)
    SELECT target, wanted, actor, a.version, why, account.version, at, until FROM users a WHERE a.id = actor
    ON CONFLICT (user_id) DO UPDATE SET kind = excluded.kind, asked_by = excluded.asked_by, asker_version = excluded.asker_version, reason = excluded.reason,
      account_version = excluded.account_version, asked_at = excluded.asked_at, expires_at = excluded.expires_at;
    PERFORM user_mail(mail, at) FROM jsonb_array_elements(mails) mail;
  END IF;
  PERFORM user_note(event || jsonb_build_object('action', 'user.superadmin.' || CASE WHEN granted THEN wanted ELSE 'ask' END), outcome, target,
    NULL, jsonb_build_object('kind', wanted, 'reason', why, 'asked_by', waiting.asked_by, 'sessions_ended', cardinality(ended)));
END $$;
