-- Replaces the seal of the audit chain that was read; false when another process has replaced it meanwhile.
CREATE OR REPLACE FUNCTION audit_seal(was_seq bigint, was_seal bytea, from_seq bigint, now_seq bigint, now_hash bytea, key text, mac bytea)
RETURNS boolean LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
  WITH changed AS (
    UPDATE audit_chain SET sealed_from = from_seq, sealed_seq = now_seq, sealed_hash = now_hash, seal_key = key, seal = mac
    WHERE sealed_seq = was_seq AND seal IS NOT DISTINCT FROM was_seal RETURNING 1)
  SELECT EXISTS (SELECT FROM changed)
$$;
REVOKE EXECUTE ON FUNCTION audit_seal(bigint,bytea,bigint,bigint,bytea,text,bytea) FROM PUBLIC;
