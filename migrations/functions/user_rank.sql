-- The highest rank of a user's roles in force; 0 without any.
CREATE OR REPLACE FUNCTION user_rank(who uuid, at timestamptz) RETURNS integer LANGUAGE sql STABLE AS $$
  SELECT coalesce(max(r.rank), 0) FROM user_roles g JOIN roles r ON r.id = g.role_id
  WHERE g.user_id = who AND (g.expires_at IS NULL OR g.expires_at > at)
$$;
