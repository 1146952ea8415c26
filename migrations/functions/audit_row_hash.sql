-- The hash of a row of the audit trail over its predecessor's. jsonb has one text for one value; times are written in UTC whatever the
-- session's zone.
CREATE OR REPLACE FUNCTION audit_row_hash(r audit_log) RETURNS bytea
LANGUAGE sql STABLE AS $$
  SELECT sha256(r.prev_hash || convert_to(jsonb_build_array(
    r.seq, r.id, to_char(r.at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US'), r.actor_type, r.actor_id, r.action, r.outcome,
    r.reason, r.target_type, r.target_id, r.request_id, r.session_id, text(r.ip), r.user_agent, r.before, r.after)::text, 'UTF8'))
$$;
