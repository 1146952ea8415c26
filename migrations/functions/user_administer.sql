-- One administrative act on an account: judges the caller's rights on the locked row, applies it by user_apply() and writes the audit
-- event. `op`: update, suspend, unsuspend, roles, password_reset, ... Returns an error code or ok, and the ids of ended sessions.
CREATE OR REPLACE FUNCTION user_administer(actor uuid, operator boolean, target uuid, op text, change jsonb, expected integer, at timestamptz,
                                event jsonb, OUT outcome text, OUT ended uuid[])
LANGUAGE plpgsql AS $$
DECLARE
  account users;
  own acting_rights;
  refusal text;
  moves boolean;
  done user_change := ('ok', '{}', '{}', '{}');
BEGIN
  -- The lock of all that can take the last superadmin away, before any account's: so nobody waits in a ring.
  IF op IN ('suspend', 'roles', 'delete') THEN
    PERFORM FROM roles WHERE name = 'superadmin' FOR NO KEY UPDATE;
  END IF;
  IF op = 'password_reset' THEN
    PERFORM FROM roles WHERE id IN (SELECT role_id FROM user_roles WHERE user_id = target) ORDER BY id FOR SHARE;
  END IF;
  SELECT * INTO account FROM users WHERE id = target FOR UPDATE;
  own := administration_rights(actor, operator, at);
  -- One's own account is open for what takes nothing but one's own.
  IF target = actor AND op IN ('update', 'end_sessions', 'roles') THEN
    refusal := CASE WHEN own.rank < 0 THEN 'RANK_TOO_LOW' END;
  ELSE
    refusal := account_refusal(own, target, at);
  END IF;
  refusal := coalesce(refusal, CASE WHEN NOT CASE op WHEN 'delete' THEN 'users:delete' WHEN 'impersonate' THEN 'users:impersonate'
    WHEN 'roles' THEN 'roles:write' WHEN 'end_sessions' THEN 'sessions:revoke' ELSE 'users:write' END = ANY(own.may) THEN 'PERMISSION_DENIED' END);
  IF op = 'roles' THEN
    refusal := coalesce(refusal, roles_refusal(own, ARRAY(SELECT name::text FROM jsonb_array_elements_text(change->'roles') name
      EXCEPT SELECT r.name FROM user_roles g JOIN roles r ON r.id = g.role_id WHERE g.user_id = target)));
  END IF;
  moves := op = 'update' AND change ? 'email' AND change->>'email' IS DISTINCT FROM account.email::text;
  IF account.id IS NULL THEN
    done.outcome := 'USER_NOT_FOUND';
  ELSIF op IN ('suspend', 'delete') AND target = actor THEN
    done.outcome := CASE WHEN user_is_last_superadmin(target, at) THEN 'LAST_ADMIN' ELSE 'RANK_TOO_LOW' END;
  ELSIF refusal IS NOT NULL THEN
    done.outcome := refusal;
  ELSIF moves AND target = actor THEN
    done.outcome := 'SELF_SERVICE_ONLY';
  ELSIF account.status = 'deleted' AND op <> 'delete' THEN
    done.outcome := 'CONFLICT';
  ELSIF expected IS NOT NULL AND account.version <> expected AND NOT (account.version = expected + 1 AND account.updated_at = at) THEN
    done.outcome := 'VERSION_MISMATCH';
  -- The mail to the old address was written for another one.
  ELSIF moves AND account.email_verified_at IS NOT NULL AND change->'undo'->>'old' IS DISTINCT FROM account.email::text THEN
    done.outcome := 'VERSION_MISMATCH';
  ELSIF moves THEN
    done := user_apply(account, op, change - 'undo' - 'mail', own.rank, actor, at);
  ELSE
    done := user_apply(account, op, change, own.rank, actor, at);
  END IF;
  IF done.outcome = 'ok' AND moves THEN
    PERFORM user_moved(account, change, at);
  ELSIF done.outcome = 'ok' AND op = 'roles' THEN
    PERFORM void_shown_links(ARRAY[target], at);
  ELSIF done.outcome = 'ok' AND op = 'password_reset' THEN
    UPDATE one_time_tokens SET shown = change->>'deliver' = 'link' WHERE id = (change->'token'->>'id')::uuid;
  END IF;
  outcome := done.outcome;
  ended := done.ended;
  PERFORM user_note(event, outcome, target, done.before, done.after || CASE WHEN cardinality(ended) > 0
    THEN jsonb_build_object('sessions_ended', cardinality(ended)) ELSE '{}' END);
END $$;
