-- Nobody gains by a detour. What an actor may do is answered by administration_rights() alone, and whether that is enough by
-- account_refusal() and roles_refusal(). Whatever administers asks them in the statement that does it, on locked rows.

CREATE TYPE acting_rights AS (rank integer, may text[]);

-- The permissions of an account's roles in force.
CREATE FUNCTION user_permissions(who uuid, at timestamptz) RETURNS text[] LANGUAGE sql STABLE AS $$
  SELECT coalesce(array_agg(DISTINCT rp.permission), '{}') FROM user_roles g JOIN role_permissions rp ON rp.role_id = g.role_id
  WHERE g.user_id = who AND (g.expires_at IS NULL OR g.expires_at > at)
$$;

-- What an administrator acts with: of an active account the highest rank and all permissions of its roles; of a machine's key
-- the rank of its maker, at most that of a superadmin, and those of its scopes that the maker has now; of the operator everything.
-- Rank -1: with nothing.
CREATE FUNCTION administration_rights(actor uuid, operator boolean, at timestamptz) RETURNS acting_rights LANGUAGE plpgsql STABLE AS $$
DECLARE
  machine api_keys;
  own acting_rights := (-1, '{}');
BEGIN
  IF operator THEN
    RETURN (2147483647, ARRAY(SELECT name FROM permissions))::acting_rights;
  END IF;
  SELECT * INTO machine FROM api_keys WHERE id = actor AND owner_user_id IS NULL;
  IF FOUND THEN
    own := administration_rights(machine.created_by, machine.created_by IS NULL, at);
    own.may := ARRAY(SELECT unnest(own.may) INTERSECT SELECT unnest(machine.scopes));
    own.rank := least(own.rank, (SELECT r.rank FROM roles r WHERE r.name = 'superadmin'));
  ELSIF EXISTS (SELECT FROM users WHERE id = actor AND (status = 'active' OR status = 'suspended' AND suspended_until <= at)) THEN
    own := (user_rank(actor, at), user_permissions(actor, at));
  END IF;
  RETURN own;
END $$;

-- Why whoever has `own` may not act on the account: he needs a higher rank, and every permission that the account has. NULL: he may.
CREATE FUNCTION account_refusal(own acting_rights, account uuid, at timestamptz) RETURNS text LANGUAGE sql STABLE AS $$
  SELECT CASE WHEN own.rank <= user_rank(account, at) THEN 'RANK_TOO_LOW'
              WHEN NOT user_permissions(account, at) <@ own.may THEN 'PERMISSION_DENIED' END
$$;

-- Why whoever has `own` may not give these roles: he needs roles:write, a higher rank, and every permission of theirs. The role
-- that every account begins with is nobody's gift.
CREATE FUNCTION roles_refusal(own acting_rights, wished citext[]) RETURNS text LANGUAGE sql STABLE AS $$
  SELECT CASE WHEN bool_or(r.rank >= own.rank) THEN 'CANNOT_GRANT_HIGHER_ROLE'
              WHEN bool_or(NOT 'roles:write' = ANY(own.may)) OR bool_or(EXISTS (SELECT FROM role_permissions rp
                WHERE rp.role_id = r.id AND NOT rp.permission = ANY(own.may))) THEN 'PERMISSION_DENIED' END
  FROM roles r WHERE r.name = ANY(wished) AND NOT (r.is_system AND r.name = 'user')
$$;

-- A link that an administrator was shown opens the account to him: it is void as soon as the account may do more than it could then.
ALTER TABLE one_time_tokens ADD COLUMN shown boolean NOT NULL DEFAULT false;

CREATE FUNCTION void_shown_links(accounts uuid[], at timestamptz) RETURNS void LANGUAGE sql AS $$
  UPDATE one_time_tokens SET consumed_at = at WHERE user_id = ANY(accounts) AND shown AND consumed_at IS NULL
$$;

-- As in migration userAdministration, but by these rights.
CREATE OR REPLACE FUNCTION user_administer(actor uuid, operator boolean, target uuid, op text, change jsonb, expected integer, at timestamptz,
                                event jsonb, OUT outcome text, OUT ended uuid[])
LANGUAGE plpgsql AS $$
DECLARE
  account users;
  own acting_rights;
  refusal text;
  done user_change := ('ok', '{}', '{}', '{}');
BEGIN
  -- The lock of all that can take the last superadmin away, before any account's: so nobody waits in a ring.
  IF op IN ('suspend', 'roles', 'delete') THEN
    PERFORM FROM roles WHERE name = 'superadmin' FOR NO KEY UPDATE;
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
    refusal := coalesce(refusal, roles_refusal(own, ARRAY(SELECT name::citext FROM jsonb_array_elements_text(change->'roles') name
      EXCEPT SELECT r.name FROM user_roles g JOIN roles r ON r.id = g.role_id WHERE g.user_id = target)));
  END IF;
  IF account.id IS NULL THEN
    done.outcome := 'USER_NOT_FOUND';
  ELSIF op IN ('suspend', 'delete') AND target = actor THEN
    done.outcome := CASE WHEN user_is_last_superadmin(target, at) THEN 'LAST_ADMIN' ELSE 'RANK_TOO_LOW' END;
  ELSIF refusal IS NOT NULL THEN
    done.outcome := refusal;
  ELSIF account.status = 'deleted' AND op <> 'delete' THEN
    done.outcome := 'CONFLICT';
  ELSIF expected IS NOT NULL AND account.version <> expected AND NOT (account.version = expected + 1 AND account.updated_at = at) THEN
    done.outcome := 'VERSION_MISMATCH';
  ELSE
    done := user_apply(account, op, change, own.rank, actor, at);
  END IF;
  IF done.outcome = 'ok' AND op = 'roles' THEN
    PERFORM void_shown_links(ARRAY[target], at);
  ELSIF done.outcome = 'ok' AND op = 'password_reset' THEN
    UPDATE one_time_tokens SET shown = change->>'deliver' = 'link' WHERE id = (change->'token'->>'id')::uuid;
  END IF;
  outcome := done.outcome;
  ended := done.ended;
  PERFORM user_note(event, outcome, target, done.before, done.after || CASE WHEN cardinality(ended) > 0
    THEN jsonb_build_object('sessions_ended', cardinality(ended)) ELSE '{}' END);
END $$;

CREATE OR REPLACE FUNCTION user_create(actor uuid, operator boolean, account jsonb, phc text, token bytea, token_id uuid, token_expires timestamptz,
                            mail_id uuid, mail_template text, mail_locale text, mail_to bytea, mail_payload bytea,
                            at timestamptz, event jsonb, OUT outcome text)
LANGUAGE plpgsql AS $$
DECLARE
  fresh uuid := (account->>'id')::uuid;
  wished citext[] := ARRAY(SELECT name::citext FROM jsonb_array_elements_text(account->'roles') name);
  verified boolean := coalesce((account->>'email_verified')::boolean, false);
  own acting_rights := administration_rights(actor, operator, at);
  hit text;
BEGIN
  IF EXISTS (SELECT FROM users WHERE id = fresh) THEN
    outcome := 'ok'; -- this very call, repeated after a lost answer
    RETURN;
  END IF;
  outcome := CASE WHEN EXISTS (SELECT FROM unnest(wished) name WHERE NOT EXISTS (SELECT FROM roles r WHERE r.name = name.name)) THEN 'ROLE_NOT_FOUND'
                  WHEN NOT 'users:write' = ANY(own.may) THEN 'PERMISSION_DENIED'
                  ELSE coalesce(roles_refusal(own, wished), 'ok') END;
  IF outcome = 'ok' THEN
    BEGIN
      INSERT INTO users (id, email, email_verified_at, username, display_name, locale, external_id, status, created_at, updated_at)
      VALUES (fresh, account->>'email', CASE WHEN verified THEN at END, account->>'username', account->>'display_name', account->>'locale',
              account->>'external_id', CASE WHEN verified AND phc IS NOT NULL THEN 'active' ELSE 'pending' END, at, at);
      INSERT INTO user_roles (user_id, role_id, granted_by, granted_at)
        SELECT fresh, r.id, actor, at FROM roles r WHERE r.name = ANY(wished);
      IF phc IS NOT NULL THEN
        INSERT INTO password_credentials (user_id, phc, changed_at) VALUES (fresh, phc, at);
      END IF;
      IF token IS NOT NULL THEN
        INSERT INTO one_time_tokens (id, user_id, purpose, token_hash, relates_to, expires_at, created_at)
        VALUES (token_id, fresh, 'reset_password', token, account->>'email', token_expires, at);
        INSERT INTO email_outbox (id, template, locale, to_enc, payload_enc, next_at, created_at)
        VALUES (mail_id, mail_template, mail_locale, mail_to, mail_payload, at, at);
      END IF;
    EXCEPTION WHEN unique_violation THEN
      GET STACKED DIAGNOSTICS hit = CONSTRAINT_NAME;
      outcome := CASE hit WHEN 'users_email_live' THEN 'EMAIL_TAKEN' WHEN 'users_username_live' THEN 'USERNAME_TAKEN' ELSE 'CONFLICT' END;
    END;
  END IF;
  PERFORM user_note(event, outcome, fresh, NULL, account - 'id' || jsonb_build_object('invited', token IS NOT NULL, 'password_hash', phc IS NOT NULL));
END $$;

CREATE OR REPLACE FUNCTION role_administer(actor uuid, operator boolean, op text, role uuid, change jsonb, at timestamptz, event jsonb,
                                OUT outcome text, OUT holders uuid[], OUT ended uuid[])
LANGUAGE plpgsql AS $$
DECLARE
  found roles;
  own acting_rights := administration_rights(actor, operator, at);
  wished text[] := ARRAY(SELECT jsonb_array_elements_text(change->'permissions'));
  before jsonb;
BEGIN
  outcome := 'ok';
  holders := '{}';
  ended := '{}';
  SELECT * INTO found FROM roles WHERE id = role FOR UPDATE;
  before := CASE WHEN found.id IS NULL THEN NULL ELSE to_jsonb(found) - 'id' - 'version' - 'is_system' || jsonb_build_object('permissions',
    (SELECT coalesce(jsonb_agg(permission ORDER BY permission), '[]') FROM role_permissions WHERE role_id = role)) END;
  outcome := CASE
    WHEN op <> 'create' AND found.id IS NULL THEN 'ROLE_NOT_FOUND'
    WHEN op = 'create' AND found.id IS NOT NULL THEN 'ok'
    WHEN found.is_system THEN 'ROLE_IS_SYSTEM'
    WHEN found.rank >= own.rank OR (change->>'rank')::integer >= own.rank THEN 'RANK_TOO_LOW'
    WHEN EXISTS (SELECT FROM unnest(wished) p WHERE NOT EXISTS (SELECT FROM permissions WHERE name = p)) THEN 'NOT_FOUND'
    -- Nobody gives others, or takes from them, what he has not himself.
    WHEN NOT ('roles:write'::text || wished) <@ own.may OR EXISTS (SELECT FROM role_permissions rp WHERE rp.role_id = role
      AND NOT rp.permission = ANY(own.may)) THEN 'PERMISSION_DENIED'
    WHEN op = 'delete' AND EXISTS (SELECT FROM user_roles WHERE role_id = role) THEN 'ROLE_IN_USE'
    ELSE 'ok' END;
  IF outcome = 'ok' THEN
    BEGIN
      IF op = 'create' THEN
        INSERT INTO roles (id, name, description, rank) VALUES (role, change->>'name', coalesce(change->>'description', ''), (change->>'rank')::integer)
        ON CONFLICT (id) DO NOTHING;
      ELSIF op = 'update' THEN
        UPDATE roles SET name = coalesce(change->>'name', name), description = coalesce(change->>'description', description),
                         rank = coalesce((change->>'rank')::integer, rank), version = version + 1 WHERE id = role;
      ELSIF op = 'delete' THEN
        DELETE FROM roles WHERE id = role;
      END IF;
      IF change ? 'permissions' THEN
        DELETE FROM role_permissions WHERE role_id = role AND NOT permission = ANY(wished);
        INSERT INTO role_permissions (role_id, permission) SELECT role, p FROM unnest(wished) p ON CONFLICT DO NOTHING;
        IF op <> 'create' THEN
          UPDATE roles SET version = version + 1 WHERE id = role;
          PERFORM void_shown_links(ARRAY(SELECT user_id FROM user_roles WHERE role_id = role), at);
          WITH gone AS (
            UPDATE sessions s SET revoked_at = at, revoke_reason = 'role_changed'
            FROM user_roles g
            WHERE g.role_id = role AND s.user_id = g.user_id
              AND ((s.revoked_at IS NULL AND s.idle_expires_at > at AND s.absolute_expires_at > at)
                   OR (s.revoked_at = at AND s.revoke_reason = 'role_changed'))
            RETURNING s.user_id, s.id)
          SELECT coalesce(array_agg(gone.user_id), '{}'), coalesce(array_agg(gone.id), '{}') INTO holders, ended FROM gone;
        END IF;
      END IF;
    EXCEPTION WHEN unique_violation THEN
      outcome := 'CONFLICT';
    END;
  END IF;
  PERFORM user_note(event, outcome, role, before, change || jsonb_build_object('sessions_ended', cardinality(ended)));
END $$;

CREATE OR REPLACE FUNCTION sessions_end_chosen(actor uuid, operator boolean, filters jsonb, only_count boolean, most integer, at timestamptz,
                                    event jsonb, OUT chosen bigint, OUT holders uuid[], OUT ended uuid[])
LANGUAGE plpgsql AS $$
DECLARE
  own acting_rights := administration_rights(actor, operator, at);
BEGIN
  SELECT coalesce(array_agg(s.user_id), '{}'), coalesce(array_agg(s.id), '{}') INTO holders, ended FROM (
    SELECT s.user_id, s.id FROM sessions s
    WHERE s.revoked_at IS NULL AND s.idle_expires_at > at AND s.absolute_expires_at > at AND s.user_id IS DISTINCT FROM actor
      AND (NOT filters ? 'user' OR s.user_id = (filters->>'user')::uuid)
      AND (NOT filters ? 'network' OR s.ip <<= (filters->>'network')::inet)
      AND (NOT filters ? 'created_before' OR s.created_at < (filters->>'created_before')::timestamptz)
      AND (NOT filters ? 'last_seen_before' OR s.last_seen_at < (filters->>'last_seen_before')::timestamptz)
      AND (NOT filters ? 'role' OR s.user_id IN (SELECT g.user_id FROM user_roles g JOIN roles r ON r.id = g.role_id
                                                WHERE r.name = (filters->>'role')::citext))
      AND 'sessions:revoke' = ANY(own.may) AND account_refusal(own, s.user_id, at) IS NULL
    ORDER BY s.id LIMIT most) s;
  chosen := cardinality(ended);
  IF only_count THEN
    holders := '{}';
    ended := '{}';
    RETURN;
  END IF;
  UPDATE sessions s SET revoked_at = at, revoke_reason = 'revoked_by_administrator' WHERE s.id = ANY(ended) AND s.revoked_at IS NULL;
  PERFORM user_note(event, 'ok', NULL, NULL, filters || jsonb_build_object('sessions_ended', chosen));
END $$;

DROP FUNCTION user_acting_rank(uuid, boolean, timestamptz);

-- Webhooks carry the audit trail away, for as long as whoever last said where to may read it.
ALTER TABLE webhooks ADD COLUMN authorized_by uuid;
UPDATE webhooks SET authorized_by = created_by;
COMMENT ON COLUMN webhooks.authorized_by IS 'User or key that made it or changed it last; NULL: the operator';

CREATE FUNCTION may_read_audit(who uuid, at timestamptz) RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT 'audit:read' = ANY((administration_rights(who, who IS NULL, at)).may)
$$;
