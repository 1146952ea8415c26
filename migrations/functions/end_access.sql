-- Ends the sessions of an account but `spared`, those in which it acts as another user, and, unless they are kept, its own keys. A
-- function of its own, because its UPDATE sees what was committed until it begins: also the session of a sign-in that held the user's
-- row while the calling statement waited for it. `at` with the same reason is a repeated call.
CREATE OR REPLACE FUNCTION end_access(account uuid, spared uuid, keep_keys boolean, reason text, at timestamptz) RETURNS SETOF uuid
LANGUAGE plpgsql AS $$
DECLARE
  ended uuid[];
BEGIN
  WITH gone AS (
    UPDATE sessions s SET revoked_at = at, revoke_reason = reason
    WHERE (s.user_id = account OR s.impersonator_id = account) AND s.id IS DISTINCT FROM spared
      AND ((s.revoked_at IS NULL AND s.idle_expires_at > at AND s.absolute_expires_at > at)
           OR (s.revoked_at = at AND s.revoke_reason = reason))
    RETURNING s.id)
  SELECT array_agg(id) INTO ended FROM gone;
  IF NOT keep_keys THEN
    UPDATE api_keys k SET revoked_at = at, owner_told = false
    WHERE k.owner_user_id = account AND k.revoked_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > at);
  END IF;
  RETURN QUERY SELECT unnest(ended);
END $$;
