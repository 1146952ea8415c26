-- Whether `who` is an active superadmin, and no other account is one.
CREATE OR REPLACE FUNCTION user_is_last_superadmin(who uuid, at timestamptz) RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT array_agg(u.id) = ARRAY[who] FROM users u JOIN user_roles g ON g.user_id = u.id JOIN roles r ON r.id = g.role_id
  WHERE r.name = 'superadmin' AND account_is_active(u, at) AND (g.expires_at IS NULL OR g.expires_at > at)
$$;
