-- Deletes the sealed rows up to `upto`. The chain's anchor moves along, so that the rest still verifies, and so does the seal, which the
-- caller has made. Returns how many rows went; -1, and nothing is done, where another process has moved the seal meanwhile. No row that is
-- younger than audit_chain.keep_days goes, whoever asks; every row is looked at, for one in front may have been written with a false date.
CREATE OR REPLACE FUNCTION audit_retain(upto bigint, was_seq bigint, was_seal bytea, key text, mac bytea) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET ks.audit_writer = 'DELETE' AS $$
DECLARE
  chain audit_chain;
  last audit_log;
BEGIN
  SELECT * INTO STRICT chain FROM audit_chain FOR UPDATE;
  IF chain.sealed_seq <> was_seq OR chain.seal IS DISTINCT FROM was_seal THEN
    RETURN -1;
  END IF;
  SELECT * INTO last FROM audit_log WHERE seq = upto;
  IF NOT FOUND THEN
    RETURN 0;
  END IF;
  IF EXISTS (SELECT FROM audit_log WHERE seq <= upto AND at > clock_timestamp() - make_interval(days => chain.keep_days, hours => -1)) THEN
    RAISE EXCEPTION 'the audit trail is kept for % days', chain.keep_days USING ERRCODE = 'insufficient_privilege';
  END IF;
  DELETE FROM audit_log WHERE seq <= upto;
  UPDATE audit_chain SET first_seq = upto + 1, first_prev_hash = last.hash, seal_key = key, seal = mac,
    sealed_seq = greatest(sealed_seq, upto), sealed_hash = CASE WHEN sealed_seq < upto THEN last.hash ELSE sealed_hash END;
  RETURN upto - chain.first_seq + 1;
END $$;
REVOKE EXECUTE ON FUNCTION audit_retain(bigint,bigint,bytea,text,bytea) FROM PUBLIC;
