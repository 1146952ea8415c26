DROP FUNCTION audit_retain(bigint, bigint, bytea, text, bytea);
DROP FUNCTION audit_seal(bigint, bytea, bigint, bigint, bytea, text, bytea);
ALTER TABLE audit_chain DROP sealed_from, DROP sealed_seq, DROP sealed_hash, DROP seal_key, DROP seal;
CREATE FUNCTION audit_retain(before timestamptz, most integer) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET ks.audit_writer = 'DELETE' AS $$
DECLARE
  chain audit_chain;
  last audit_log;
BEGIN
  SELECT * INTO STRICT chain FROM audit_chain FOR UPDATE;
  SELECT oldest.* INTO last FROM (SELECT * FROM audit_log ORDER BY seq LIMIT most) oldest
  WHERE oldest.seq < coalesce((SELECT min(kept.seq) FROM (SELECT seq, at FROM audit_log ORDER BY seq LIMIT most) kept
                               WHERE kept.at >= audit_retain.before), chain.head_seq + 1)
  ORDER BY oldest.seq DESC LIMIT 1;
  IF last.seq IS NULL THEN
    RETURN 0;
  END IF;
  DELETE FROM audit_log WHERE seq <= last.seq;
  UPDATE audit_chain SET first_seq = last.seq + 1, first_prev_hash = last.hash;
  RETURN last.seq - chain.first_seq + 1;
END $$;
REVOKE EXECUTE ON FUNCTION audit_retain(timestamptz, integer) FROM PUBLIC;
CREATE FUNCTION audit_verify(from_seq bigint, most integer, OUT checked bigint, OUT next_seq bigint, OUT broken_seq bigint, OUT reason text)
LANGUAGE plpgsql STABLE AS $$
DECLARE
  chain audit_chain;
  expected_seq bigint;
  expected_prev bytea;
  r audit_log;
BEGIN
  checked := 0;
  SELECT * INTO STRICT chain FROM audit_chain;
  expected_seq := greatest(from_seq, chain.first_seq);
  IF expected_seq = chain.first_seq THEN
    expected_prev := chain.first_prev_hash;
    IF EXISTS (SELECT FROM audit_log WHERE seq < chain.first_seq) THEN
      SELECT min(seq), 'inserted' INTO broken_seq, reason FROM audit_log;
      RETURN;
    END IF;
  ELSE
    SELECT hash INTO expected_prev FROM audit_log WHERE seq = expected_seq - 1;
    IF NOT FOUND THEN
      broken_seq := expected_seq - 1;
      reason := 'missing';
      RETURN;
    END IF;
  END IF;
  FOR r IN SELECT * FROM audit_log WHERE seq >= expected_seq ORDER BY seq LIMIT most LOOP
    IF r.seq > chain.head_seq THEN
      broken_seq := chain.head_seq + 1;
      reason := 'inserted';
    ELSIF r.seq <> expected_seq THEN
      broken_seq := least(r.seq, expected_seq);
      reason := CASE WHEN r.seq > expected_seq THEN 'missing' ELSE 'inserted' END;
    ELSIF r.prev_hash <> expected_prev OR r.hash <> audit_row_hash(r) THEN
      broken_seq := r.seq;
      reason := CASE WHEN r.prev_hash <> expected_prev THEN 'unlinked' ELSE 'altered' END;
    END IF;
    IF broken_seq IS NOT NULL THEN
      RETURN;
    END IF;
    checked := checked + 1;
    expected_seq := r.seq + 1;
    expected_prev := r.hash;
  END LOOP;
  IF checked = most THEN
    next_seq := expected_seq;
  ELSIF expected_seq <> chain.head_seq + 1 THEN
    broken_seq := expected_seq;
    reason := 'missing';
  ELSIF expected_prev <> chain.head_hash THEN
    broken_seq := chain.head_seq;
    reason := 'altered';
  END IF;
END $$;
