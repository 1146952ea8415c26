-- The permissions of an account's roles in force.
CREATE OR REPLACE FUNCTION user_permissions(who uuid, at timestamptz) RETURNS text[] LANGUAGE sql STABLE AS $$
  SELECT coalesce(array_agg(DISTINCT rp.permission), '{}') FROM user_roles g JOIN role_permissions rp ON rp.role_id = g.role_id
  WHERE g.user_id = who AND (g.expires_at IS NULL OR g.expires_at > at)
$$;
