-- Writes the audit event of an administrative act, with its outcome and what was before and after.
CREATE OR REPLACE FUNCTION user_note(event jsonb, outcome text, target uuid, before jsonb, after jsonb) RETURNS void LANGUAGE sql AS $$
  INSERT INTO audit_pending SELECT noted.* FROM jsonb_populate_record(NULL::audit_pending, event || CASE WHEN outcome = 'ok'
      THEN jsonb_build_object('target_id', target, 'before', before, 'after', after)
      ELSE jsonb_build_object('target_id', target, 'outcome', 'deny', 'reason', lower(outcome)) END) noted
  WHERE noted.id IS NOT NULL ON CONFLICT (id) DO NOTHING
$$;
