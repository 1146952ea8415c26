-- Ends the sessions that the filters choose, of accounts that the caller may act on, `most` at a time; or counts them only.
CREATE OR REPLACE FUNCTION sessions_end_chosen(actor uuid, operator boolean, filters jsonb, only_count boolean, most integer, at timestamptz,
                                    event jsonb, OUT chosen bigint, OUT holders uuid[], OUT ended uuid[])
LANGUAGE plpgsql AS $$
DECLARE
  own acting_rights := administration_rights(actor, operator, at);
BEGIN
  SELECT coalesce(array_agg(s.user_id), '{}'), coalesce(array_agg(s.id), '{}') INTO holders, ended FROM (
    SELECT s.user_id, s.id FROM sessions s
    WHERE s.revoked_at IS NULL AND s.idle_expires_at > at AND s.absolute_expires_at > at AND s.user_id IS DISTINCT FROM actor
      AND (NOT filters ? 'user' OR s.user_id = (filters->>'user')::uuid)
      AND (NOT filters ? 'network' OR s.ip <<= (filters->>'network')::inet)
      AND (NOT filters ? 'created_before' OR s.created_at < (filters->>'created_before')::timestamptz)
      AND (NOT filters ? 'last_seen_before' OR s.last_seen_at < (filters->>'last_seen_before')::timestamptz)
      AND (NOT filters ? 'role' OR s.user_id IN (SELECT g.user_id FROM user_roles g JOIN roles r ON r.id = g.role_id
                                                WHERE r.name = (filters->>'role')::text))
      AND 'sessions:revoke' = ANY(own.may) AND account_refusal(own, s.user_id, at) IS NULL
    ORDER BY s.id LIMIT most) s;
  chosen := cardinality(ended);
  IF only_count THEN
    holders := '{}';
    ended := '{}';
    RETURN;
  END IF;
  UPDATE sessions s SET revoked_at = at, revoke_reason = 'revoked_by_administrator' WHERE s.id = ANY(ended) AND s.revoked_at IS NULL;
  PERFORM user_note(event, 'ok', NULL, NULL, filters || jsonb_build_object('sessions_ended', chosen));
END $$;
