-- The WHERE clause for the filters in $1 (a jsonb object; what is absent does not select) over `users u`. The clause names the
-- members of $1, it never contains them.
CREATE OR REPLACE FUNCTION user_conditions(filters jsonb) RETURNS text LANGUAGE sql IMMUTABLE AS $$
  SELECT concat_ws(' AND ',
    CASE filters->>'status'
      WHEN 'suspended' THEN $c$u.status = 'suspended' AND (u.suspended_until IS NULL OR u.suspended_until > now())$c$
      WHEN 'active' THEN $c$(u.status = 'active' OR u.status = 'suspended' AND u.suspended_until <= now())$c$
      WHEN 'pending' THEN $c$u.status = 'pending'$c$
      WHEN 'deleted' THEN $c$u.status = 'deleted'$c$
      ELSE $c$u.status <> 'deleted'$c$ END,
    CASE WHEN filters ? 'substring' THEN $c$u.search_text LIKE lower($1->>'substring')$c$ END,
    CASE WHEN filters ? 'prefix' THEN $c$u.search_text LIKE lower($1->>'prefix')$c$ END,
    CASE WHEN filters ? 'role' THEN $c$u.id IN (SELECT g.user_id FROM user_roles g WHERE g.role_id = ($1->>'role_id')::uuid
      AND (g.expires_at IS NULL OR g.expires_at > now()))$c$ END,
    CASE filters->>'mfa' WHEN 'true' THEN $c$u.id IN (SELECT f.user_id FROM mfa_factors f WHERE f.status = 'active')$c$
      WHEN 'false' THEN $c$NOT EXISTS (SELECT FROM mfa_factors f WHERE f.user_id = u.id AND f.status = 'active')$c$ END,
    CASE WHEN filters ? 'created_after' THEN $c$u.created_at >= ($1->>'created_after')::timestamptz$c$ END,
    CASE WHEN filters ? 'created_before' THEN $c$u.created_at < ($1->>'created_before')::timestamptz$c$ END,
    CASE WHEN filters ? 'last_login_before' THEN
      $c$coalesce(u.last_login_at, 'epoch'::timestamptz) < ($1->>'last_login_before')::timestamptz$c$ END)
$$;
