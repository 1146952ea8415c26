DROP FUNCTION api_key_within(uuid, cidr[], timestamptz);
DROP FUNCTION api_key_limits(uuid, timestamptz);
DROP FUNCTION user_may(uuid, text, timestamptz);
CREATE OR REPLACE FUNCTION user_end_sessions(who uuid, only_one uuid, why text, at timestamptz) RETURNS uuid[] LANGUAGE sql AS $$
  WITH ended AS (
    UPDATE sessions s SET revoked_at = $4, revoke_reason = why
    WHERE (s.user_id = who AND s.id = coalesce(only_one, s.id) OR only_one IS NULL AND s.impersonator_id = who)
      AND ((s.revoked_at IS NULL AND s.idle_expires_at > $4 AND s.absolute_expires_at > $4)
           OR (s.revoked_at = $4 AND s.revoke_reason = why))
    RETURNING s.id)
  SELECT coalesce(array_agg(id), '{}') FROM ended
$$;
DROP FUNCTION credential_changed(uuid, uuid, uuid, boolean, text, timestamptz);
DROP FUNCTION end_access(uuid, uuid, boolean, text, timestamptz);
CREATE FUNCTION end_user_sessions(account uuid, spared uuid, reason text, at timestamptz) RETURNS SETOF uuid
LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  RETURN QUERY UPDATE sessions s SET revoked_at = at, revoke_reason = reason
    WHERE s.user_id = account AND s.id IS DISTINCT FROM spared
      AND ((s.revoked_at IS NULL AND s.idle_expires_at > at AND s.absolute_expires_at > at)
           OR (s.revoked_at = at AND s.revoke_reason = reason))
    RETURNING s.id;
END
$$;
DROP FUNCTION void_pending(uuid, uuid, timestamptz);
DROP INDEX api_keys_untold;
ALTER TABLE api_keys DROP COLUMN owner_told;
