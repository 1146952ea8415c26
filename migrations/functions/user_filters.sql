-- The filters with the id of the role that is asked for, whose frequency the planner knows.
CREATE OR REPLACE FUNCTION user_filters(filters jsonb) RETURNS jsonb LANGUAGE sql STABLE AS $$
  SELECT filters || coalesce((SELECT jsonb_build_object('role_id', r.id) FROM roles r WHERE r.name = (filters->>'role')::text), '{}')
$$;
