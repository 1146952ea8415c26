-- The names of an account's roles, as JSON.
CREATE OR REPLACE FUNCTION user_role_names(who uuid) RETURNS jsonb LANGUAGE sql STABLE AS $$
  SELECT coalesce(jsonb_agg(r.name ORDER BY r.rank DESC, r.name), '[]') FROM user_roles g JOIN roles r ON r.id = g.role_id
  WHERE g.user_id = who
$$;
