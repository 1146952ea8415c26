CREATE TABLE mfa_attempts (
  user_id uuid PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
  began_at timestamptz NOT NULL,
  attempts integer NOT NULL
);

CREATE OR REPLACE FUNCTION audit_retain(upto bigint, was_seq bigint, was_seal bytea, key text, mac bytea) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET ks.audit_writer = 'DELETE' AS $$
DECLARE
  chain audit_chain;
  last audit_log;
BEGIN
  SELECT * INTO STRICT chain FROM audit_chain FOR UPDATE;
  IF chain.sealed_seq <> was_seq OR chain.seal IS DISTINCT FROM was_seal THEN
    RETURN -1;
  END IF;
  SELECT * INTO last FROM audit_log WHERE seq = upto;
  IF NOT FOUND THEN
    RETURN 0;
  END IF;
  DELETE FROM audit_log WHERE seq <= upto;
  UPDATE audit_chain SET first_seq = upto + 1, first_prev_hash = last.hash, seal_key = key, seal = mac,
    sealed_seq = greatest(sealed_seq, upto), sealed_hash = CASE WHEN sealed_seq < upto THEN last.hash ELSE sealed_hash END;
  RETURN upto - chain.first_seq + 1;
END $$;

CREATE OR REPLACE FUNCTION grant_to_servers(servers name) RETURNS void LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
  item text;
BEGIN
  EXECUTE format('REVOKE CREATE ON SCHEMA public FROM PUBLIC, %I', servers);
  EXECUTE format('REVOKE TEMPORARY ON DATABASE %I FROM PUBLIC', current_database());
  EXECUTE format('GRANT USAGE ON SCHEMA public TO %I', servers);
  FOR item IN SELECT oid::regclass FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v', 'm')
    AND pg_has_role(relowner, 'USAGE')
  LOOP
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE %s TO %I', item, servers);
  END LOOP;
  FOR item IN SELECT oid::regclass FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'S'
    AND pg_has_role(relowner, 'USAGE')
  LOOP
    EXECUTE format('GRANT USAGE, SELECT ON SEQUENCE %s TO %I', item, servers);
  END LOOP;
  FOR item IN SELECT oid::regprocedure FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND prosecdef
    AND pg_has_role(proowner, 'USAGE')
  LOOP
    EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO %I', item, servers);
  END LOOP;
  EXECUTE format('REVOKE UPDATE, DELETE ON audit_pending FROM %I', servers);
  EXECUTE format('REVOKE INSERT, UPDATE, DELETE ON audit_log, audit_chain FROM %I', servers);
  IF to_regclass('schema_migration') IS NOT NULL THEN
    EXECUTE format('REVOKE INSERT, UPDATE, DELETE ON schema_migration FROM %I', servers);
  END IF;
  EXECUTE format('ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO %I', servers);
  EXECUTE format('ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO %I', servers);
END $$;

CREATE OR REPLACE FUNCTION end_access(account uuid, spared uuid, keep_keys boolean, reason text, at timestamptz) RETURNS SETOF uuid
LANGUAGE plpgsql AS $$
BEGIN
  IF NOT keep_keys THEN
    UPDATE api_keys k SET revoked_at = at, owner_told = false
    WHERE k.owner_user_id = account AND k.revoked_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > at);
  END IF;
  RETURN QUERY UPDATE sessions s SET revoked_at = at, revoke_reason = reason
    WHERE (s.user_id = account OR s.impersonator_id = account) AND s.id IS DISTINCT FROM spared
      AND ((s.revoked_at IS NULL AND s.idle_expires_at > at AND s.absolute_expires_at > at)
           OR (s.revoked_at = at AND s.revoke_reason = reason))
    RETURNING s.id;
END $$;

CREATE OR REPLACE FUNCTION is_superadmin(who uuid, at timestamptz) RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT EXISTS (SELECT FROM users u JOIN user_roles g ON g.user_id = u.id JOIN roles r ON r.id = g.role_id
    WHERE u.id = who AND u.status = 'active' AND r.name = 'superadmin' AND (g.expires_at IS NULL OR g.expires_at > at))
$$;

CREATE OR REPLACE FUNCTION user_is_last_superadmin(who uuid, at timestamptz) RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT array_agg(u.id) = ARRAY[who] FROM users u JOIN user_roles g ON g.user_id = u.id JOIN roles r ON r.id = g.role_id
  WHERE r.name = 'superadmin' AND u.status = 'active' AND (g.expires_at IS NULL OR g.expires_at > at)
$$;

CREATE OR REPLACE FUNCTION is_last_superadmin(account uuid) RETURNS boolean
LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM user_roles JOIN roles ON roles.id = role_id WHERE user_id = account AND roles.name = 'superadmin') THEN
    RETURN false;
  END IF;
  PERFORM FROM roles WHERE name = 'superadmin' FOR UPDATE;
  RETURN NOT EXISTS (
    SELECT FROM user_roles JOIN roles ON roles.id = role_id JOIN users ON users.id = user_id
    WHERE roles.name = 'superadmin' AND user_id <> account AND users.status = 'active' AND users.deletion_due_at IS NULL
      AND (user_roles.expires_at IS NULL OR user_roles.expires_at > now()));
END $$;

CREATE OR REPLACE FUNCTION administration_rights(actor uuid, operator boolean, at timestamptz) RETURNS acting_rights LANGUAGE plpgsql STABLE AS $$
DECLARE
  highest integer := (SELECT r.rank FROM roles r WHERE r.name = 'superadmin');
  own acting_rights := (-1, '{}');
BEGIN
  IF operator THEN
    RETURN (2147483647, ARRAY(SELECT name FROM permissions))::acting_rights;
  END IF;
  IF EXISTS (SELECT FROM users WHERE id = actor
               AND (status = 'active' OR status = 'suspended' AND suspended_until <= at AND email_verified_at IS NOT NULL)) THEN
    RETURN (user_rank(actor, at), user_permissions(actor, at))::acting_rights;
  END IF;
  SELECT least(highest, coalesce((SELECT user_rank(u.id, at) FROM users u WHERE u.id = ANY(above.makers)), highest)), above.permissions INTO own
  FROM api_keys k CROSS JOIN api_key_limits(k.id, at) above
  WHERE k.id = actor AND k.owner_user_id IS NULL AND k.revoked_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > at) AND above.standing;
  RETURN CASE WHEN FOUND THEN own ELSE (-1, '{}')::acting_rights END;
END $$;

CREATE OR REPLACE FUNCTION user_may(who uuid, wanted text, at timestamptz) RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT EXISTS (SELECT FROM users u JOIN user_roles g ON g.user_id = u.id JOIN role_permissions p ON p.role_id = g.role_id
    WHERE u.id = who AND p.permission = wanted AND (g.expires_at IS NULL OR g.expires_at > at)
      AND (u.status = 'active' OR u.status = 'suspended' AND u.suspended_until <= at AND u.email_verified_at IS NOT NULL))
$$;

CREATE OR REPLACE FUNCTION api_key_limits(key uuid, at timestamptz, OUT standing boolean, OUT permissions text[], OUT networks text[],
                               OUT good_until timestamptz, OUT makers uuid[]) LANGUAGE sql STABLE AS $$
  WITH RECURSIVE line AS (
    SELECT k.id, k.scopes, k.allowed_cidrs, k.expires_at, coalesce(k.owner_user_id, k.created_by) AS created_by, true AS live
    FROM api_keys k WHERE k.id = key
    UNION
    SELECT p.id, p.scopes, p.allowed_cidrs, p.expires_at, p.created_by, p.revoked_at IS NULL AND (p.expires_at IS NULL OR p.expires_at > at)
    FROM line JOIN api_keys p ON p.id = line.created_by
  ), top AS (
    SELECT created_by AS person FROM line WHERE NOT EXISTS (SELECT FROM api_keys p WHERE p.id = line.created_by)
  )
  SELECT (SELECT bool_and(live) FROM line)
           AND (top.person IS NULL OR EXISTS (SELECT FROM users u WHERE u.id = top.person AND
             (u.status = 'active' OR u.status = 'suspended' AND u.suspended_until <= at AND u.email_verified_at IS NOT NULL))),
         ARRAY(SELECT scope FROM line, unnest(line.scopes) scope WHERE line.id = key
                 AND NOT EXISTS (SELECT FROM line above WHERE NOT scope = ANY(above.scopes))
                 AND (top.person IS NULL OR user_may(top.person, scope, at))
               ORDER BY scope COLLATE "C"),
         ARRAY(SELECT array_to_string(line.allowed_cidrs::text[], ',') FROM line WHERE line.id <> key AND cardinality(line.allowed_cidrs) > 0),
         (SELECT min(line.expires_at) FROM line),
         ARRAY(SELECT line.id FROM line WHERE line.id <> key UNION ALL SELECT top.person WHERE top.person IS NOT NULL)
  FROM top
$$;

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

CREATE OR REPLACE FUNCTION user_apply(account users, op text, change jsonb, own_rank integer, actor uuid, at timestamptz)
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
      email = CASE WHEN change ? 'email' THEN (change->>'email')::text ELSE email END,
      email_verified_at = CASE WHEN change->>'email' IS DISTINCT FROM email::text AND change ? 'email' THEN NULL ELSE email_verified_at END,
      username = CASE WHEN change ? 'username' THEN (change->>'username')::text ELSE username END,
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
    wished := ARRAY(SELECT DISTINCT name::text::text FROM jsonb_array_elements_text(change->'roles') name);
    IF EXISTS (SELECT FROM unnest(wished) asked WHERE NOT EXISTS (SELECT FROM roles r WHERE r.name = asked::text)) THEN
      RETURN ROW('ROLE_NOT_FOUND', '{}', '{}', '{}')::user_change;
    END IF;
    IF EXISTS (SELECT FROM roles r WHERE r.name = ANY(wished::text[]) AND r.rank >= own_rank
                 AND NOT EXISTS (SELECT FROM user_roles g WHERE g.user_id = account.id AND g.role_id = r.id)) THEN
      RETURN ROW('CANNOT_GRANT_HIGHER_ROLE', '{}', '{}', '{}')::user_change;
    END IF;
    IF NOT 'superadmin' = ANY(wished::text[]) AND user_is_last_superadmin(account.id, at) THEN
      RETURN ROW('LAST_ADMIN', '{}', '{}', '{}')::user_change;
    END IF;
    result.before := jsonb_build_object('roles', user_role_names(account.id));
    DELETE FROM user_roles g USING roles r WHERE g.user_id = account.id AND r.id = g.role_id AND NOT r.name = ANY(wished::text[]);
    INSERT INTO user_roles (user_id, role_id, granted_by, granted_at)
      SELECT account.id, r.id, actor, at FROM roles r WHERE r.name = ANY(wished::text[]) ON CONFLICT DO NOTHING;
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

CREATE OR REPLACE FUNCTION personal_data(account uuid, at timestamptz) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
  owned record;
  hidden text[];
  found_rows jsonb;
  everything jsonb;
BEGIN
  SELECT jsonb_build_object('format', 1, 'made_at', at, 'account', to_jsonb(users) - ARRAY['session_epoch', 'metadata_admin'],
    'roles', (SELECT coalesce(jsonb_agg(roles.name ORDER BY roles.name), '[]') FROM user_roles JOIN roles ON roles.id = role_id WHERE user_id = account),
    'activity', (SELECT coalesce(jsonb_agg(to_jsonb(newest) - ARRAY['seq', 'account'] ORDER BY newest.seq DESC), '[]')
                 FROM (SELECT * FROM own_activity WHERE own_activity.account = personal_data.account::text ORDER BY seq DESC LIMIT 2000) newest))
    INTO everything FROM users WHERE id = account;
  FOR owned IN SELECT * FROM user_owned_tables WHERE relation NOT IN ('user_roles'::regclass, 'personal_data_exports'::regclass) LOOP
    SELECT array_agg(attname::text) INTO hidden FROM pg_attribute
    WHERE attrelid = owned.relation AND attnum > 0
      AND (atttypid = 'bytea'::regtype OR attname IN ('phc', 'granted_by', 'created_by', 'revoked_by', 'impersonator_id'));
    EXECUTE format('SELECT coalesce(jsonb_agg(one), %L) FROM (SELECT to_jsonb(t) - $2 AS one FROM %s t WHERE %I = $1 LIMIT 1000) rows',
                   '[]', owned.relation, owned.owner_column)
      INTO found_rows USING account, coalesce(hidden, '{}');
    everything := everything || jsonb_build_object(owned.relation::text, found_rows);
  END LOOP;
  RETURN everything;
END $$;

CREATE OR REPLACE FUNCTION block_refusal(own acting_rights, pattern text, at timestamptz) RETURNS text LANGUAGE sql STABLE AS $$
  SELECT max(account_refusal(own, u.id, at)) FROM users u
  WHERE u.deleted_at IS NULL
    AND EXISTS (SELECT FROM user_roles g JOIN roles r ON r.id = g.role_id WHERE g.user_id = u.id AND NOT (r.is_system AND r.name = 'user'))
    AND (lower(u.email::text) = lower(pattern) OR '@' || lower(split_part(u.email::text, '@', 2)) = lower(pattern)
         OR starts_with(pattern, '@*.')
            AND right('.' || lower(split_part(u.email::text, '@', 2)), length(pattern) - 2) = lower(substr(pattern, 3)))
$$;

DROP FUNCTION account_is_active(users, timestamptz);
DROP FUNCTION key_refusal(uuid, uuid, timestamptz);
DROP FUNCTION key_rank(uuid[], timestamptz);
DROP FUNCTION take_factors_on_probation(uuid, timestamptz, timestamptz);
DROP FUNCTION factors_on_probation(uuid, timestamptz, timestamptz);
ALTER TABLE audit_chain DROP COLUMN keep_days;
DROP TRIGGER sessions_deleted ON sessions;
CREATE TRIGGER sessions_deleted AFTER DELETE ON sessions FOR EACH ROW WHEN (OLD.revoked_at IS NULL) EXECUTE FUNCTION notify_access_session();
DROP INDEX api_keys_of_owner, login_throttle_of_user, email_changes_of_user, one_time_tokens_of_user;
