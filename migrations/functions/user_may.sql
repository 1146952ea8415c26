-- Whether the account is active and one of its roles in force has the permission.
CREATE OR REPLACE FUNCTION user_may(who uuid, wanted text, at timestamptz) RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT EXISTS (SELECT FROM users u JOIN user_roles g ON g.user_id = u.id JOIN role_permissions p ON p.role_id = g.role_id
    WHERE u.id = who AND p.permission = wanted AND (g.expires_at IS NULL OR g.expires_at > at)
      AND account_is_active(u, at))
$$;
