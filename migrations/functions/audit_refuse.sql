-- Trigger: refuses every change of the audit trail but those of audit_chain_pending() and audit_retain(), which set ks.audit_writer.
CREATE OR REPLACE FUNCTION audit_refuse() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  IF current_setting('ks.audit_writer', true) IS DISTINCT FROM TG_OP THEN
    RAISE EXCEPTION 'audit_log is append-only: % is refused', TG_OP USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NULL;
END $$;
