-- Imports accounts. One that is here already, by its address or its external id, stays as it is. `rows`: line, and either error and
-- field, or account, phc and audit (the id of its event).
CREATE OR REPLACE FUNCTION users_import(actor uuid, operator boolean, job uuid, rows jsonb, state_then text, at timestamptz, event jsonb) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  input jsonb;
  known uuid;
  made text;
BEGIN
  FOR input IN SELECT * FROM jsonb_array_elements(rows) LOOP
    known := NULL;
    IF input ? 'error' THEN
      made := input->>'error';
    ELSE
      SELECT id INTO known FROM users WHERE deleted_at IS NULL AND NOT is_claim
        AND (email = (input->'account'->>'email')::text OR external_id = input->'account'->>'external_id') LIMIT 1;
      made := CASE WHEN known IS NULL THEN user_create(actor, operator, input->'account', input->>'phc', NULL, NULL, NULL, NULL, NULL, NULL,
        NULL, NULL, at, event || jsonb_build_object('id', input->>'audit', 'target_id', input->'account'->>'id')) END;
    END IF;
    INSERT INTO job_lines (job_id, line, outcome, user_id, error, field)
    VALUES (job, (input->>'line')::integer, CASE WHEN known IS NOT NULL THEN 'exists' WHEN made = 'ok' THEN 'created' ELSE 'failed' END,
            CASE WHEN known IS NOT NULL THEN known WHEN made = 'ok' THEN (input->'account'->>'id')::uuid END,
            CASE WHEN known IS NULL AND made <> 'ok' THEN made END, input->>'field')
    ON CONFLICT DO NOTHING;
  END LOOP;
  UPDATE jobs SET state = state_then, updated_at = at WHERE id = job;
END $$;
