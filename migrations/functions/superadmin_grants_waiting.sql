-- What still waits for a second superadmin: not expired, neither account changed since, and the first is still a superadmin.
CREATE OR REPLACE FUNCTION superadmin_grants_waiting(at timestamptz) RETURNS SETOF superadmin_grants LANGUAGE sql STABLE AS $$
  SELECT w.* FROM superadmin_grants w JOIN users u ON u.id = w.user_id JOIN users a ON a.id = w.asked_by
  WHERE w.expires_at > at AND w.account_version = u.version AND w.asker_version = a.version AND is_superadmin(w.asked_by, at)
$$;
