-- The audit chain's seal: a MAC over where the chain begins, the last sealed row and its hash, under a key that is not in the database.
-- Whoever owns the tables can make the whole chain anew, but not its seal. A process moves the seal on after it has hashed the new rows
-- itself (persistence/auditSealing.hpp); until then a row is as safe as one that waits in audit_pending. `kctl migrate up` makes the
-- first seal; no process ever does where there is none.
ALTER TABLE audit_chain
  ADD sealed_from bigint, -- rows before it were chained before there were seals
  ADD sealed_seq bigint,
  ADD sealed_hash bytea,
  ADD seal_key text,
  ADD seal bytea;
UPDATE audit_chain SET sealed_from = head_seq + 1, sealed_seq = first_seq - 1, sealed_hash = first_prev_hash;
ALTER TABLE audit_chain ALTER sealed_from SET NOT NULL, ALTER sealed_seq SET NOT NULL, ALTER sealed_hash SET NOT NULL;

-- Puts a seal in the place of the one that was read; false where it is another by now.
CREATE FUNCTION audit_seal(was_seq bigint, was_seal bytea, from_seq bigint, now_seq bigint, now_hash bytea, key text, mac bytea)
RETURNS boolean LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
  WITH changed AS (
    UPDATE audit_chain SET sealed_from = from_seq, sealed_seq = now_seq, sealed_hash = now_hash, seal_key = key, seal = mac
    WHERE sealed_seq = was_seq AND seal IS NOT DISTINCT FROM was_seal RETURNING 1)
  SELECT EXISTS (SELECT FROM changed)
$$;

-- Deletes the rows up to `upto`; the anchor moves along, so that the rest still verifies, and with it the seal, which the caller has made.
-- Gives how many went; -1, and nothing is done, where the seal that was read is another by now.
DROP FUNCTION audit_retain(timestamptz, integer);
CREATE FUNCTION audit_retain(upto bigint, was_seq bigint, was_seal bytea, key text, mac bytea) RETURNS bigint
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
  DELETE FROM audit_log WHERE seq <= upto;
  UPDATE audit_chain SET first_seq = upto + 1, first_prev_hash = last.hash, seal_key = key, seal = mac,
    sealed_seq = greatest(sealed_seq, upto), sealed_hash = CASE WHEN sealed_seq < upto THEN last.hash ELSE sealed_hash END;
  RETURN upto - chain.first_seq + 1;
END $$;

REVOKE EXECUTE ON FUNCTION audit_seal(bigint, bytea, bigint, bigint, bytea, text, bytea), audit_retain(bigint, bigint, bytea, text, bytea)
  FROM PUBLIC;

-- The servers walk the chain themselves: a function could be another by now.
DROP FUNCTION audit_verify(bigint, integer);
