-- Creates, changes or deletes a role, judged by the caller's rights on the locked row. Sessions of its holders end where its permissions
-- change; their ids are returned.
CREATE OR REPLACE FUNCTION role_administer(actor uuid, operator boolean, op text, role uuid, change jsonb, at timestamptz, event jsonb,
                                OUT outcome text, OUT holders uuid[], OUT ended uuid[])
LANGUAGE plpgsql AS $$
DECLARE
  found roles;
  own acting_rights;
  wished text[] := ARRAY(SELECT jsonb_array_elements_text(change->'permissions'));
  before jsonb;
BEGIN
  outcome := 'ok';
  holders := '{}';
  ended := '{}';
  SELECT * INTO found FROM roles WHERE id = role FOR UPDATE;
  own := administration_rights(actor, operator, at);
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
      IF op = 'update' AND (change ? 'permissions' OR change ? 'rank') THEN
        PERFORM void_shown_links(ARRAY(SELECT user_id FROM user_roles WHERE role_id = role), at);
      END IF;
    EXCEPTION WHEN unique_violation THEN
      outcome := 'CONFLICT';
    END;
  END IF;
  PERFORM user_note(event, outcome, role, before, change || jsonb_build_object('sessions_ended', cardinality(ended)));
END $$;
