-- What an administrator ends: one of the account's sessions, or all access. Changed roles are no changed credential: the user's keys stay,
-- and may what their owner may at the time of use.
CREATE OR REPLACE FUNCTION user_end_sessions(who uuid, only_one uuid, why text, at timestamptz) RETURNS uuid[] LANGUAGE plpgsql AS $$
DECLARE
  ended uuid[];
BEGIN
  IF only_one IS NOT NULL THEN
    WITH gone AS (
      UPDATE sessions s SET revoked_at = at, revoke_reason = why
      WHERE s.user_id = who AND s.id = only_one
        AND ((s.revoked_at IS NULL AND s.idle_expires_at > at AND s.absolute_expires_at > at)
             OR (s.revoked_at = at AND s.revoke_reason = why))
      RETURNING s.id)
    SELECT array_agg(id) INTO ended FROM gone;
  ELSIF why IN ('roles_changed', 'revoked_by_administrator') THEN
    SELECT array_agg(id) INTO ended FROM end_access(who, NULL, why = 'roles_changed', why, at) id;
  ELSE
    SELECT array_agg(id) INTO ended FROM credential_changed(who, NULL, NULL, false, why, at) id;
  END IF;
  RETURN coalesce(ended, '{}');
END $$;
