-- Takes back what waits for a second superadmin. Returns ok, NOT_FOUND or RANK_TOO_LOW.
CREATE OR REPLACE FUNCTION superadmin_grant_withdraw(actor uuid, target uuid, at timestamptz, event jsonb) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  gone superadmin_grants;
  outcome text := 'RANK_TOO_LOW';
BEGIN
  IF is_superadmin(actor, at) THEN
    DELETE FROM superadmin_grants WHERE user_id = target RETURNING * INTO gone;
    outcome := CASE WHEN gone.user_id IS NULL THEN 'NOT_FOUND' ELSE 'ok' END;
  END IF;
  PERFORM user_note(event, outcome, target, jsonb_build_object('kind', gone.kind, 'asked_by', gone.asked_by, 'reason', gone.reason), NULL);
  RETURN outcome;
END $$;
