-- Whether a user or key (NULL: the operator) may read the audit trail now: webhooks carry it away for as long as this holds.
CREATE OR REPLACE FUNCTION may_read_audit(who uuid, at timestamptz) RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT 'audit:read' = ANY((administration_rights(who, who IS NULL, at)).may)
$$;
