-- Whether the account is active and has the role superadmin, in force.
CREATE OR REPLACE FUNCTION is_superadmin(who uuid, at timestamptz) RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT EXISTS (SELECT FROM users u JOIN user_roles g ON g.user_id = u.id JOIN roles r ON r.id = g.role_id
    WHERE u.id = who AND account_is_active(u, at) AND r.name = 'superadmin' AND (g.expires_at IS NULL OR g.expires_at > at))
$$;
