-- Chains up to `most` waiting events; gives how many it took. Any process may call it at any time: the row of audit_chain makes them
-- take turns. An event that came twice (a commit whose outcome was unknown) is chained once.
CREATE OR REPLACE FUNCTION audit_chain_pending(most integer) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET ks.audit_writer = 'INSERT' AS $$
DECLARE
  chain audit_chain;
  waiting audit_pending;
  link audit_log;
  taken integer := 0;
BEGIN
  IF NOT EXISTS (SELECT FROM audit_pending) THEN
    RETURN 0;
  END IF;
  SELECT * INTO STRICT chain FROM audit_chain FOR UPDATE;
  -- A row forced in past the head must not end the writing; audit_verify() shows it.
  SELECT greatest(chain.head_seq, max(seq)) INTO chain.head_seq FROM audit_log;
  FOR waiting IN SELECT * FROM audit_pending ORDER BY id LIMIT most LOOP
    taken := taken + 1;
    DELETE FROM audit_pending WHERE id = waiting.id;
    CONTINUE WHEN EXISTS (SELECT FROM audit_log WHERE id = waiting.id);
    link := jsonb_populate_record(NULL::audit_log, to_jsonb(waiting));
    link.at := waiting.at;
    link.seq := chain.head_seq + 1;
    link.prev_hash := chain.head_hash;
    link.hash := audit_row_hash(link);
    INSERT INTO audit_log SELECT link.*;
    chain.head_seq := link.seq;
    chain.head_hash := link.hash;
  END LOOP;
  UPDATE audit_chain SET head_seq = chain.head_seq, head_hash = chain.head_hash;
  RETURN taken;
END $$;
REVOKE EXECUTE ON FUNCTION audit_chain_pending(integer) FROM PUBLIC;
