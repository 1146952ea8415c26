-- Searching and changing accounts for administrators. What may be done to whom is decided here, on locked rows, so that two
-- administrators at once cannot do together what neither may do alone.
CREATE EXTENSION IF NOT EXISTS pg_trgm;

CREATE FUNCTION user_search_text(email citext, username citext, display_name text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT lower(coalesce(email::text, '') || E'\n' || coalesce(username::text, '') || E'\n' || coalesce(display_name, ''))
$$;

CREATE INDEX users_search ON users USING gin (user_search_text(email, username, display_name) gin_trgm_ops);
CREATE INDEX users_by_email ON users ((coalesce(lower(email::text), '') COLLATE "C"), id);
CREATE INDEX users_by_status ON users (status, created_at DESC, id DESC);
CREATE INDEX users_by_last_login ON users ((coalesce(last_login_at, 'epoch'::timestamptz)), id);

-- The WHERE clause for the filters in $1 (a jsonb object; what is absent does not select) over `users u`. The clause names the
-- members of $1, it never contains them.
CREATE FUNCTION user_conditions(filters jsonb) RETURNS text LANGUAGE sql IMMUTABLE AS $$
  SELECT concat_ws(' AND ',
    CASE filters->>'status'
      WHEN 'suspended' THEN $c$u.status = 'suspended' AND (u.suspended_until IS NULL OR u.suspended_until > now())$c$
      WHEN 'active' THEN $c$(u.status = 'active' OR u.status = 'suspended' AND u.suspended_until <= now())$c$
      WHEN 'pending' THEN $c$u.status = 'pending'$c$
      WHEN 'deleted' THEN $c$u.status = 'deleted'$c$
      ELSE $c$u.status <> 'deleted'$c$ END,
    CASE WHEN filters ? 'substring' THEN $c$user_search_text(u.email, u.username, u.display_name) LIKE lower($1->>'substring')$c$ END,
    CASE WHEN filters ? 'prefix' THEN $c$(coalesce(lower(u.email::text), '') COLLATE "C") LIKE lower($1->>'prefix')$c$ END,
    CASE WHEN filters ? 'role' THEN $c$u.id IN (SELECT g.user_id FROM user_roles g WHERE g.role_id = ($1->>'role_id')::uuid
      AND (g.expires_at IS NULL OR g.expires_at > now()))$c$ END,
    CASE filters->>'mfa' WHEN 'true' THEN $c$u.id IN (SELECT f.user_id FROM mfa_factors f WHERE f.status = 'active')$c$
      WHEN 'false' THEN $c$NOT EXISTS (SELECT FROM mfa_factors f WHERE f.user_id = u.id AND f.status = 'active')$c$ END,
    CASE WHEN filters ? 'created_after' THEN $c$u.created_at >= ($1->>'created_after')::timestamptz$c$ END,
    CASE WHEN filters ? 'created_before' THEN $c$u.created_at < ($1->>'created_before')::timestamptz$c$ END,
    CASE WHEN filters ? 'last_login_before' THEN
      $c$coalesce(u.last_login_at, 'epoch'::timestamptz) < ($1->>'last_login_before')::timestamptz$c$ END)
$$;

-- With the id of the role that is asked for, whose frequency the planner knows.
CREATE FUNCTION user_filters(filters jsonb) RETURNS jsonb LANGUAGE sql STABLE AS $$
  SELECT filters || coalesce((SELECT jsonb_build_object('role_id', r.id) FROM roles r WHERE r.name = (filters->>'role')::citext), '{}')
$$;

-- A page of ids in the order of `sort` (created_at, email, last_login_at; '-' before it: descending), after the row that
-- filters->>'after_key' and 'after_id' name. The nearest rows in that order are looked through first: what many rows match is
-- found there. What few rows match is found by its own index and sorted. Either is quick; the planner cannot know which it is.
-- JIT compilation would take longer than the search.
CREATE FUNCTION user_search(filters jsonb, sort text, most integer) RETURNS TABLE (user_id uuid)
LANGUAGE plpgsql STABLE SET jit = off AS $$
DECLARE
  direction text := CASE WHEN sort LIKE '-%' THEN 'DESC' ELSE 'ASC' END;
  key text := CASE ltrim(sort, '-') WHEN 'created_at' THEN 'u.created_at'
                                    WHEN 'email' THEN $c$coalesce(lower(u.email::text), '') COLLATE "C"$c$
                                    ELSE $c$coalesce(u.last_login_at, 'epoch'::timestamptz)$c$ END;
  after_row text := CASE WHEN filters ? 'after_id' THEN format('(%s, u.id) %s (%s, ($1->>''after_id'')::uuid)', key,
    CASE direction WHEN 'DESC' THEN '<' ELSE '>' END,
    CASE ltrim(sort, '-') WHEN 'email' THEN '$1->>''after_key''' ELSE '($1->>''after_key'')::timestamptz' END) ELSE 'true' END;
  -- Of the filters, those by the very thing that is sorted by.
  bound text := concat_ws(' AND ', after_row, (SELECT string_agg(one.condition, ' AND ') FROM (VALUES
    ('created_at', 'created_after', $c$u.created_at >= ($1->>'created_after')::timestamptz$c$),
    ('created_at', 'created_before', $c$u.created_at < ($1->>'created_before')::timestamptz$c$),
    ('email', 'prefix', $c$(coalesce(lower(u.email::text), '') COLLATE "C") LIKE lower($1->>'prefix')$c$),
    ('last_login_at', 'last_login_before', $c$coalesce(u.last_login_at, 'epoch'::timestamptz) < ($1->>'last_login_before')::timestamptz$c$))
    AS one (sorted, filter, condition) WHERE one.sorted = ltrim(sort, '-') AND filters ? one.filter));
BEGIN
  RETURN QUERY EXECUTE format($q$
    WITH near AS MATERIALIZED (
      SELECT u.id, u.key FROM (SELECT u.*, %1$s AS key FROM users u WHERE %2$s ORDER BY %1$s %3$s, u.id %3$s LIMIT 5000) u
      WHERE %4$s ORDER BY u.key %3$s, u.id %3$s LIMIT $2
    ), far AS MATERIALIZED (
      SELECT u.id, %1$s AS key FROM users u WHERE %2$s AND %4$s AND (SELECT count(*) FROM near) < $2
    )
    SELECT id FROM (SELECT * FROM near WHERE (SELECT count(*) FROM near) >= $2 UNION ALL SELECT * FROM far) found
    ORDER BY key %3$s, id %3$s LIMIT $2$q$, key, bound, direction, user_conditions(filters))
  USING user_filters(filters), most;
END $$;

-- Exactly, or as the planner guesses.
CREATE FUNCTION user_count(filters jsonb, exactly boolean) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
  plan json;
  counted bigint;
BEGIN
  IF exactly THEN
    EXECUTE 'SELECT count(*) FROM users u WHERE ' || user_conditions(filters) INTO counted USING user_filters(filters);
  ELSE
    EXECUTE 'EXPLAIN (FORMAT JSON) SELECT FROM users u WHERE ' || user_conditions(filters) INTO plan USING user_filters(filters);
    counted := (plan->0->'Plan'->>'Plan Rows')::bigint;
  END IF;
  RETURN counted;
END $$;

-- The highest rank of a user's roles in force; 0 without any.
CREATE FUNCTION user_rank(who uuid, at timestamptz) RETURNS integer LANGUAGE sql STABLE AS $$
  SELECT coalesce(max(r.rank), 0) FROM user_roles g JOIN roles r ON r.id = g.role_id
  WHERE g.user_id = who AND (g.expires_at IS NULL OR g.expires_at > at)
$$;

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

CREATE FUNCTION user_note(event jsonb, outcome text, target uuid, before jsonb, after jsonb) RETURNS void LANGUAGE sql AS $$
  INSERT INTO audit_pending SELECT noted.* FROM jsonb_populate_record(NULL::audit_pending, event || CASE WHEN outcome = 'ok'
      THEN jsonb_build_object('target_id', target, 'before', before, 'after', after)
      ELSE jsonb_build_object('target_id', target, 'outcome', 'deny', 'reason', lower(outcome)) END) noted
  WHERE noted.id IS NOT NULL ON CONFLICT (id) DO NOTHING
$$;

CREATE FUNCTION user_role_names(who uuid) RETURNS jsonb LANGUAGE sql STABLE AS $$
  SELECT coalesce(jsonb_agg(r.name ORDER BY r.rank DESC, r.name), '[]') FROM user_roles g JOIN roles r ON r.id = g.role_id
  WHERE g.user_id = who
$$;

-- Whether `who` is an active superadmin, and no other account is one.
CREATE FUNCTION user_is_last_superadmin(who uuid, at timestamptz) RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT array_agg(u.id) = ARRAY[who] FROM users u JOIN user_roles g ON g.user_id = u.id JOIN roles r ON r.id = g.role_id
  WHERE r.name = 'superadmin' AND u.status = 'active' AND (g.expires_at IS NULL OR g.expires_at > at)
$$;

-- One of the account's sessions, or all: then also those in which it acts as another user.
CREATE INDEX sessions_of_impersonator ON sessions (impersonator_id) WHERE impersonator_id IS NOT NULL;
CREATE FUNCTION user_end_sessions(who uuid, only_one uuid, why text, at timestamptz) RETURNS uuid[] LANGUAGE sql AS $$
  WITH ended AS (
    UPDATE sessions s SET revoked_at = $4, revoke_reason = why
    WHERE (s.user_id = who AND s.id = coalesce(only_one, s.id) OR only_one IS NULL AND s.impersonator_id = who)
      AND ((s.revoked_at IS NULL AND s.idle_expires_at > $4 AND s.absolute_expires_at > $4)
           OR (s.revoked_at = $4 AND s.revoke_reason = why))
    RETURNING s.id)
  SELECT coalesce(array_agg(id), '{}') FROM ended
$$;

-- A mail that goes with a change: id, template, locale, and recipient and payload (sealed) in hex.
CREATE FUNCTION user_mail(mail jsonb, at timestamptz) RETURNS void LANGUAGE sql AS $$
  INSERT INTO email_outbox (id, template, locale, to_enc, payload_enc, next_at, created_at)
  SELECT (mail->>'id')::uuid, mail->>'template', mail->>'locale', decode(mail->>'to', 'hex'), decode(mail->>'payload', 'hex'), at, at
  WHERE mail IS NOT NULL ON CONFLICT DO NOTHING
$$;

CREATE TYPE user_change AS (outcome text, before jsonb, after jsonb, ended uuid[]);

-- Changes of one kind, on a locked row that the caller may change. `change` holds what is wished.
CREATE FUNCTION user_apply(account users, op text, change jsonb, own_rank integer, actor uuid, at timestamptz)
RETURNS user_change LANGUAGE plpgsql AS $$
DECLARE
  result user_change := ('ok', '{}', '{}', '{}');
  wished text[];
BEGIN
  CASE op
  WHEN 'update' THEN
    result.before := (SELECT coalesce(jsonb_object_agg(key, to_jsonb(account)->key), '{}') FROM jsonb_object_keys(change) key);
    result.after := change;
    UPDATE users SET
      email = CASE WHEN change ? 'email' THEN (change->>'email')::citext ELSE email END,
      email_verified_at = CASE WHEN change->>'email' IS DISTINCT FROM email::text AND change ? 'email' THEN NULL ELSE email_verified_at END,
      username = CASE WHEN change ? 'username' THEN (change->>'username')::citext ELSE username END,
      display_name = CASE WHEN change ? 'display_name' THEN change->>'display_name' ELSE display_name END,
      locale = coalesce(change->>'locale', locale),
      external_id = CASE WHEN change ? 'external_id' THEN change->>'external_id' ELSE external_id END,
      metadata_public = coalesce(change->'metadata_public', metadata_public),
      metadata_admin = coalesce(change->'metadata_admin', metadata_admin)
    WHERE id = account.id;
    -- Another address: what was sent to the old one is worth nothing, and whoever is signed in proves the new one first.
    IF change ? 'email' AND change->>'email' IS DISTINCT FROM account.email::text THEN
      UPDATE one_time_tokens SET consumed_at = at WHERE user_id = account.id AND consumed_at IS NULL;
      result.ended := user_end_sessions(account.id, NULL, 'email_changed', at);
    END IF;
  WHEN 'suspend' THEN
    IF user_is_last_superadmin(account.id, at) THEN
      RETURN ROW('LAST_ADMIN', '{}', '{}', '{}')::user_change;
    END IF;
    UPDATE users SET status = 'suspended', status_reason = change->>'reason', suspended_until = (change->>'until')::timestamptz
    WHERE id = account.id;
    result.ended := user_end_sessions(account.id, NULL, 'suspended', at);
    result.before := jsonb_build_object('status', account.status);
    result.after := change || jsonb_build_object('status', 'suspended');
  WHEN 'unsuspend' THEN
    IF account.status <> 'suspended' THEN
      RETURN ROW('CONFLICT', '{}', '{}', '{}')::user_change;
    END IF;
    UPDATE users SET status = CASE WHEN email_verified_at IS NULL THEN 'pending' ELSE 'active' END,
                     status_reason = NULL, suspended_until = NULL
    WHERE id = account.id RETURNING jsonb_build_object('status', status) INTO result.after;
    result.before := jsonb_build_object('status', account.status, 'reason', account.status_reason, 'until', account.suspended_until);
  WHEN 'verify_email' THEN
    UPDATE users SET email_verified_at = coalesce(email_verified_at, at),
                     status = CASE WHEN status = 'pending' THEN 'active' ELSE status END
    WHERE id = account.id RETURNING jsonb_build_object('status', status, 'email_verified', true) INTO result.after;
    result.before := jsonb_build_object('status', account.status, 'email_verified', account.email_verified_at IS NOT NULL);
  WHEN 'require_password_change' THEN
    UPDATE users SET password_change_required = true WHERE id = account.id;
    result.ended := user_end_sessions(account.id, NULL, 'password_change_required', at);
    result.before := jsonb_build_object('password_change_required', account.password_change_required);
    result.after := jsonb_build_object('password_change_required', true);
  WHEN 'unlock' THEN
    WITH lifted AS (DELETE FROM login_throttle WHERE user_id = account.id RETURNING failures, locked_until),
         codes AS (DELETE FROM mfa_attempts WHERE user_id = account.id)
    SELECT jsonb_build_object('failed_logins', coalesce(max(failures), 0), 'locked_until', max(locked_until)) INTO result.before FROM lifted;
    result.after := jsonb_build_object('failed_logins', 0);
  WHEN 'password_reset' THEN
    UPDATE one_time_tokens SET consumed_at = at
    WHERE user_id = account.id AND purpose = 'reset_password' AND consumed_at IS NULL AND id <> (change->'token'->>'id')::uuid;
    INSERT INTO one_time_tokens (id, user_id, purpose, token_hash, relates_to, expires_at, created_at)
    VALUES ((change->'token'->>'id')::uuid, account.id, 'reset_password', decode(change->'token'->>'hash', 'hex'), account.email,
            (change->'token'->>'expires')::timestamptz, at)
    ON CONFLICT (id) DO NOTHING;
    result.after := jsonb_build_object('deliver', change->>'deliver');
  WHEN 'mfa_reset' THEN
    result.before := jsonb_build_object('factors', (SELECT count(*) FROM mfa_factors WHERE user_id = account.id AND status = 'active'));
    DELETE FROM mfa_factors WHERE user_id = account.id;
    DELETE FROM mfa_challenges WHERE user_id = account.id;
    DELETE FROM mfa_attempts WHERE user_id = account.id;
    DELETE FROM recovery_codes WHERE user_id = account.id;
    DELETE FROM recovery_sets WHERE user_id = account.id;
    result.after := jsonb_build_object('factors', 0);
    result.ended := user_end_sessions(account.id, NULL, 'mfa_reset', at);
  WHEN 'impersonate' THEN
    IF account.status <> 'active' THEN
      RETURN ROW('CONFLICT', '{}', '{}', '{}')::user_change;
    END IF;
    INSERT INTO sessions (id, user_id, refresh_key_enc, aal, amr, auth_time, created_at, last_seen_at, idle_expires_at, absolute_expires_at,
                          ip, user_agent, device_name, device_hash, transport, impersonator_id)
    SELECT s.id, account.id, decode(change->'session'->>'key', 'hex'), 1, '{}', at, at, at, s.expires, s.expires, s.ip, s.user_agent,
           s.device_name, decode(change->'session'->>'device', 'hex'), 'bearer', actor
    FROM jsonb_to_record(change->'session') AS s (id uuid, expires timestamptz, ip inet, user_agent text, device_name text)
    ON CONFLICT (id) DO NOTHING;
    result.after := jsonb_build_object('reason', change->>'reason', 'session', change->'session'->'id', 'expires', change->'session'->'expires');
  WHEN 'end_sessions' THEN
    result.ended := user_end_sessions(account.id, (change->>'session')::uuid, 'revoked_by_administrator', at);
    IF change ? 'session' AND cardinality(result.ended) = 0 THEN
      RETURN ROW('SESSION_NOT_FOUND', '{}', '{}', '{}')::user_change;
    END IF;
    result.after := change;
  WHEN 'roles' THEN
    wished := ARRAY(SELECT DISTINCT name::citext::text FROM jsonb_array_elements_text(change->'roles') name);
    IF EXISTS (SELECT FROM unnest(wished) asked WHERE NOT EXISTS (SELECT FROM roles r WHERE r.name = asked::citext)) THEN
      RETURN ROW('ROLE_NOT_FOUND', '{}', '{}', '{}')::user_change;
    END IF;
    IF EXISTS (SELECT FROM roles r WHERE r.name = ANY(wished::citext[]) AND r.rank >= own_rank
                 AND NOT EXISTS (SELECT FROM user_roles g WHERE g.user_id = account.id AND g.role_id = r.id)) THEN
      RETURN ROW('CANNOT_GRANT_HIGHER_ROLE', '{}', '{}', '{}')::user_change;
    END IF;
    IF NOT 'superadmin' = ANY(wished::citext[]) AND user_is_last_superadmin(account.id, at) THEN
      RETURN ROW('LAST_ADMIN', '{}', '{}', '{}')::user_change;
    END IF;
    result.before := jsonb_build_object('roles', user_role_names(account.id));
    DELETE FROM user_roles g USING roles r WHERE g.user_id = account.id AND r.id = g.role_id AND NOT r.name = ANY(wished::citext[]);
    INSERT INTO user_roles (user_id, role_id, granted_by, granted_at)
      SELECT account.id, r.id, actor, at FROM roles r WHERE r.name = ANY(wished::citext[]) ON CONFLICT DO NOTHING;
    result.after := jsonb_build_object('roles', user_role_names(account.id));
    -- A session carries its permissions with it.
    result.ended := user_end_sessions(account.id, NULL, 'roles_changed', at);
  WHEN 'delete' THEN
    IF user_is_last_superadmin(account.id, at) THEN
      RETURN ROW('LAST_ADMIN', '{}', '{}', '{}')::user_change;
    END IF;
    result.ended := user_end_sessions(account.id, NULL, 'deleted', at);
    result.before := jsonb_build_object('status', account.status);
    result.after := change;
    IF change->>'mode' = 'hard' THEN
      DELETE FROM users WHERE id = account.id;
      RETURN result;
    END IF;
    UPDATE users SET status = 'deleted', deleted_at = coalesce(deleted_at, at), suspended_until = NULL WHERE id = account.id;
    UPDATE one_time_tokens SET consumed_at = at WHERE user_id = account.id AND consumed_at IS NULL;
    IF change->>'mode' = 'anonymize' THEN
      PERFORM delete_account(account.id, at);
    END IF;
  END CASE;
  PERFORM user_mail(change->'mail', at);
  -- What changes nothing of the account itself leaves its version.
  IF op NOT IN ('end_sessions', 'unlock', 'password_reset', 'impersonate') THEN
    UPDATE users SET version = version + 1, updated_at = at WHERE id = account.id;
  END IF;
  RETURN result;
EXCEPTION WHEN unique_violation THEN
  DECLARE
    hit text;
  BEGIN
    GET STACKED DIAGNOSTICS hit = CONSTRAINT_NAME;
    RETURN ROW(CASE hit WHEN 'users_email_live' THEN 'EMAIL_TAKEN' WHEN 'users_username_live' THEN 'USERNAME_TAKEN' ELSE 'CONFLICT' END,
            '{}', '{}', '{}')::user_change;
  END;
END $$;

-- What an administrator (or the operator, who stands above all ranks) does to one account; noted in the audit trail whatever comes
-- of it. `event` is a row of audit_pending. Done twice with the same `at` it leaves what doing it once leaves, and gives the same.
CREATE FUNCTION user_administer(actor uuid, operator boolean, target uuid, op text, change jsonb, expected integer, at timestamptz,
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

-- The same to many accounts, in the order given; `audits` are the ids of their events.
CREATE FUNCTION user_administer_many(actor uuid, operator boolean, targets uuid[], op text, change jsonb, at timestamptz, event jsonb,
                                     audits uuid[])
RETURNS TABLE (target uuid, outcome text, ended uuid[]) LANGUAGE plpgsql AS $$
BEGIN
  PERFORM FROM roles WHERE name = 'superadmin' FOR NO KEY UPDATE;
  FOR i IN 1 .. cardinality(targets) LOOP
    target := targets[i];
    SELECT done.outcome, done.ended INTO outcome, ended
    FROM user_administer(actor, operator, targets[i], op, change, NULL, at, event || jsonb_build_object('id', audits[i])) done;
    RETURN NEXT;
  END LOOP;
END $$;

-- A new account: with a password hash from elsewhere, or with an invitation (token and mail) to choose a password.
CREATE FUNCTION user_create(actor uuid, operator boolean, account jsonb, phc text, token bytea, token_id uuid, token_expires timestamptz,
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

-- Roles that are the installation's own. Whoever carries the role is signed out when its permissions change: a session carries
-- them with it.
CREATE FUNCTION role_administer(actor uuid, operator boolean, op text, role uuid, change jsonb, at timestamptz, event jsonb,
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

-- Ends live sessions that `filters` choose, of accounts that the actor may act on; the actor's own stay. With `only_count`
-- nothing ends.
CREATE FUNCTION sessions_end_chosen(actor uuid, operator boolean, filters jsonb, only_count boolean, most integer, at timestamptz,
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

CREATE INDEX audit_log_target ON audit_log (target_id, seq DESC);
CREATE INDEX sessions_newest ON sessions (created_at DESC, id DESC) WHERE revoked_at IS NULL;

-- Work that goes on after its request was answered, and what came of each line of its input.
CREATE TABLE jobs (
  id uuid PRIMARY KEY,
  kind text NOT NULL CHECK (kind IN ('user_import')),
  state text NOT NULL CHECK (state IN ('running', 'done', 'failed')),
  created_by uuid,
  total integer NOT NULL,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL
);
CREATE INDEX jobs_age ON jobs (created_at);
CREATE TABLE job_lines (
  job_id uuid NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
  line integer NOT NULL,
  outcome text NOT NULL CHECK (outcome IN ('created', 'exists', 'failed')),
  user_id uuid,
  error text,
  field text,
  PRIMARY KEY (job_id, line)
);

-- Accounts from elsewhere. One that is here already, by its address or its external id, stays as it is. `rows`: line, and either
-- error and field, or account, phc and audit (the id of its event).
CREATE FUNCTION users_import(actor uuid, operator boolean, job uuid, rows jsonb, state_then text, at timestamptz, event jsonb) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  input jsonb;
  known uuid;
  made text;
BEGIN
  FOR input IN SELECT * FROM jsonb_array_elements(rows) LOOP
    known := NULL;
    IF input ? 'error' THEN
      made := input->>'error';
    ELSE
      SELECT id INTO known FROM users WHERE deleted_at IS NULL
        AND (email = (input->'account'->>'email')::citext OR external_id = input->'account'->>'external_id') LIMIT 1;
      made := CASE WHEN known IS NULL THEN user_create(actor, operator, input->'account', input->>'phc', NULL, NULL, NULL, NULL, NULL, NULL,
        NULL, NULL, at, event || jsonb_build_object('id', input->>'audit', 'target_id', input->'account'->>'id')) END;
    END IF;
    INSERT INTO job_lines (job_id, line, outcome, user_id, error, field)
    VALUES (job, (input->>'line')::integer, CASE WHEN known IS NOT NULL THEN 'exists' WHEN made = 'ok' THEN 'created' ELSE 'failed' END,
            CASE WHEN known IS NOT NULL THEN known WHEN made = 'ok' THEN (input->'account'->>'id')::uuid END,
            CASE WHEN known IS NULL AND made <> 'ok' THEN made END, input->>'field')
    ON CONFLICT DO NOTHING;
  END LOOP;
  UPDATE jobs SET state = state_then, updated_at = at WHERE id = job;
END $$;
