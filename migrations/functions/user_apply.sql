-- Applies a change of one kind to a locked row that the caller may change. `change` holds what is asked for.
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
    WITH lifted AS (DELETE FROM login_throttle WHERE user_id = account.id RETURNING failures, locked_until)
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
