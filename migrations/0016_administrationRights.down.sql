ALTER TABLE webhooks DROP COLUMN authorized_by;
DROP FUNCTION may_read_audit(uuid, timestamptz);
-- The rank that an administrator acts with; -1: with none, for he is no active account any more. A machine's key acts
-- with its maker's; one that the operator made, or a key of such a one, with the operator's.
CREATE FUNCTION user_acting_rank(actor uuid, operator boolean, at timestamptz) RETURNS integer LANGUAGE sql STABLE AS $$
  WITH RECURSIVE maker AS (
    SELECT k.created_by AS id FROM api_keys k WHERE k.id = actor AND k.kind = 'admin'
    UNION ALL
    SELECT k.created_by FROM maker JOIN api_keys k ON k.id = maker.id
  )
  SELECT CASE WHEN operator OR EXISTS (SELECT FROM maker WHERE id IS NULL) THEN 2147483647
              ELSE coalesce((SELECT user_rank(u.id, at) FROM users u
                             WHERE (u.id = actor OR u.id IN (SELECT id FROM maker)) AND u.status = 'active'), -1) END
$$;

CREATE OR REPLACE FUNCTION user_administer(actor uuid, operator boolean, target uuid, op text, change jsonb, expected integer, at timestamptz,
                                event jsonb, OUT outcome text, OUT ended uuid[])
LANGUAGE plpgsql AS $$
DECLARE
  account users;
  own_rank integer;
  done user_change := ('ok', '{}', '{}', '{}');
BEGIN
  -- The lock of all that can take the last superadmin away, before any account's: so nobody waits in a ring.
  IF op IN ('suspend', 'roles', 'delete') THEN
    PERFORM FROM roles WHERE name = 'superadmin' FOR NO KEY UPDATE;
  END IF;
  SELECT * INTO account FROM users WHERE id = target FOR UPDATE;
  own_rank := user_acting_rank(actor, operator, at);
  IF account.id IS NULL THEN
    done.outcome := 'USER_NOT_FOUND';
  ELSIF op IN ('suspend', 'delete') AND target = actor THEN
    done.outcome := CASE WHEN user_is_last_superadmin(target, at) THEN 'LAST_ADMIN' ELSE 'RANK_TOO_LOW' END;
  ELSIF own_rank <= user_rank(target, at) AND NOT (target = actor AND op IN ('update', 'end_sessions', 'roles')) THEN
    done.outcome := 'RANK_TOO_LOW';
  ELSIF account.status = 'deleted' AND op <> 'delete' THEN
    done.outcome := 'CONFLICT';
  ELSIF expected IS NOT NULL AND account.version <> expected AND NOT (account.version = expected + 1 AND account.updated_at = at) THEN
    done.outcome := 'VERSION_MISMATCH';
  ELSE
    done := user_apply(account, op, change, own_rank, actor, at);
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
  hit text;
BEGIN
  IF EXISTS (SELECT FROM users WHERE id = fresh) THEN
    outcome := 'ok'; -- this very call, repeated after a lost answer
    RETURN;
  END IF;
  outcome := CASE WHEN EXISTS (SELECT FROM unnest(wished) name WHERE NOT EXISTS (SELECT FROM roles r WHERE r.name = name.name)) THEN 'ROLE_NOT_FOUND'
                  WHEN EXISTS (SELECT FROM roles r WHERE r.name = ANY(wished) AND r.rank >= user_acting_rank(actor, operator, at))
                    THEN 'CANNOT_GRANT_HIGHER_ROLE'
                  ELSE 'ok' END;
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
  own_rank integer := user_acting_rank(actor, operator, at);
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
    WHEN found.rank >= own_rank OR (change->>'rank')::integer >= own_rank THEN 'RANK_TOO_LOW'
    WHEN EXISTS (SELECT FROM unnest(wished) p WHERE NOT EXISTS (SELECT FROM permissions WHERE name = p)) THEN 'NOT_FOUND'
    -- Nobody gives others what he has not himself.
    WHEN NOT operator AND EXISTS (SELECT FROM unnest(wished) p WHERE NOT EXISTS (
      SELECT FROM user_roles g JOIN role_permissions rp ON rp.role_id = g.role_id
      WHERE g.user_id = actor AND rp.permission = p AND (g.expires_at IS NULL OR g.expires_at > at))
      AND NOT EXISTS (SELECT FROM role_permissions rp WHERE rp.role_id = role AND rp.permission = p)) THEN 'PERMISSION_DENIED'
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
  own_rank integer := user_acting_rank(actor, operator, at);
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
      AND user_rank(s.user_id, at) < own_rank
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

DROP FUNCTION void_shown_links(uuid[], timestamptz);
ALTER TABLE one_time_tokens DROP COLUMN shown;
DROP FUNCTION roles_refusal(acting_rights, citext[]);
DROP FUNCTION account_refusal(acting_rights, uuid, timestamptz);
DROP FUNCTION administration_rights(uuid, boolean, timestamptz);
DROP FUNCTION user_permissions(uuid, timestamptz);
DROP TYPE acting_rights;
