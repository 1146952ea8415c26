-- What an administrator acts with. An active account: the highest rank and all permissions of its roles in force. A machine's key, while it
-- and every key above it are live: what api_key_limits() says, with the rank of the person above them, at most that of a superadmin. The
-- operator: everything. Rank -1: with nothing.
CREATE OR REPLACE FUNCTION administration_rights(actor uuid, operator boolean, at timestamptz) RETURNS acting_rights LANGUAGE plpgsql STABLE AS $$
DECLARE
  highest integer := (SELECT r.rank FROM roles r WHERE r.name = 'superadmin');
  own acting_rights := (-1, '{}');
BEGIN
  IF operator THEN
    RETURN (2147483647, ARRAY(SELECT name FROM permissions))::acting_rights;
  END IF;
  IF EXISTS (SELECT FROM users u WHERE u.id = actor AND account_is_active(u, at)) THEN
    RETURN (user_rank(actor, at), user_permissions(actor, at))::acting_rights;
  END IF;
  SELECT least(highest, coalesce((SELECT user_rank(u.id, at) FROM users u WHERE u.id = ANY(above.makers)), highest)), above.permissions INTO own
  FROM api_keys k CROSS JOIN api_key_limits(k.id, at) above
  WHERE k.id = actor AND k.owner_user_id IS NULL AND k.revoked_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > at) AND above.standing;
  RETURN CASE WHEN FOUND THEN own ELSE (-1, '{}')::acting_rights END;
END $$;
