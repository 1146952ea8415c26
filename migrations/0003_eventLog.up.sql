-- What happened, beside the traffic: log lines of both processes, the audit trail, health by the day.

CREATE TABLE system_log (
  id uuid NOT NULL,
  timestamp timestamptz NOT NULL,
  process text NOT NULL,
  service text NOT NULL,
  level text NOT NULL,
  type text NOT NULL,
  label text NOT NULL,
  message text NOT NULL,
  request_id text,
  user_id uuid,
  remote_ip inet,
  subject text,
  duration_ms double precision,
  context jsonb NOT NULL DEFAULT '{}',
  PRIMARY KEY (id, timestamp)
) PARTITION BY RANGE (timestamp);
CREATE INDEX system_log_label ON system_log (label, timestamp);
CREATE INDEX system_log_time ON system_log (timestamp);
CREATE INDEX system_log_request ON system_log (request_id) WHERE request_id IS NOT NULL;
CREATE TABLE system_log_default PARTITION OF system_log DEFAULT;
COMMENT ON COLUMN system_log.subject IS 'Keyed hash of the identifier that a sign-in tried; never the identifier';

-- Audit events on their way. An operation writes its event here in its own statement, so that neither is kept without the other;
-- audit_chain_pending() moves it on. Without this table every operation would wait for the head of the chain.
CREATE TABLE audit_pending (
  id uuid PRIMARY KEY,
  at timestamptz NOT NULL,
  actor_type text NOT NULL,
  actor_id text,
  action text NOT NULL,
  outcome text NOT NULL CHECK (outcome IN ('ok', 'fail', 'deny')),
  reason text,
  target_type text,
  target_id text,
  request_id text,
  session_id uuid,
  ip inet,
  user_agent text,
  before jsonb,
  after jsonb
);

-- Append-only. Each row's hash covers its fields and the hash of the row before; seq has no gaps.
CREATE TABLE audit_log (
  LIKE audit_pending INCLUDING CONSTRAINTS,
  seq bigint PRIMARY KEY,
  prev_hash bytea NOT NULL,
  hash bytea NOT NULL,
  UNIQUE (id)
);
CREATE INDEX audit_log_time ON audit_log (at);
CREATE INDEX audit_log_actor ON audit_log (actor_id, seq DESC);
CREATE INDEX audit_log_action ON audit_log (action, seq DESC);
CREATE INDEX audit_log_request ON audit_log (request_id) WHERE request_id IS NOT NULL;

-- Both ends of the chain, so that rows missing at either end are noticed too. Its one row is the lock of the writers.
CREATE TABLE audit_chain (
  only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
  first_seq bigint NOT NULL,
  first_prev_hash bytea NOT NULL,
  head_seq bigint NOT NULL,
  head_hash bytea NOT NULL
) WITH (fillfactor = 10);
INSERT INTO audit_chain (first_seq, first_prev_hash, head_seq, head_hash)
  VALUES (1, decode(repeat('00', 32), 'hex'), 0, decode(repeat('00', 32), 'hex'));

-- jsonb has one text for one value; times are written in UTC whatever the session's zone.
CREATE FUNCTION audit_row_hash(r audit_log) RETURNS bytea
LANGUAGE sql STABLE AS $$
  SELECT sha256(r.prev_hash || convert_to(jsonb_build_array(
    r.seq, r.id, to_char(r.at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US'), r.actor_type, r.actor_id, r.action, r.outcome,
    r.reason, r.target_type, r.target_id, r.request_id, r.session_id, text(r.ip), r.user_agent, r.before, r.after)::text, 'UTF8'))
$$;

-- Refuses everything that the two functions below do not do.
CREATE FUNCTION audit_refuse() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  IF current_setting('ks.audit_writer', true) IS DISTINCT FROM TG_OP THEN
    RAISE EXCEPTION 'audit_log is append-only: % is refused', TG_OP USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER audit_log_append_only BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON audit_log
  FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse();

-- Chains up to `most` waiting events; gives how many it took. Any process may call it at any time: the row of audit_chain makes them
-- take turns. An event that came twice (a commit whose outcome was unknown) is chained once.
CREATE FUNCTION audit_chain_pending(most integer) RETURNS integer
LANGUAGE plpgsql SET ks.audit_writer = 'INSERT' AS $$
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

-- Deletes the oldest rows, at most `most`, up to the first that is not older than `before`; the anchor moves along, so that the rest
-- still verifies. Gives how many went.
CREATE FUNCTION audit_retain(before timestamptz, most integer) RETURNS integer
LANGUAGE plpgsql SET ks.audit_writer = 'DELETE' AS $$
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

-- Walks up to `most` rows from `from_seq`. `next_seq` is where to go on, NULL at the end; `broken_seq` is the first that is not as it
-- was written: altered, missing, or inserted. One snapshot, so writers do not disturb it.
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

-- Health by the day, like the other tables that retention drops in whole days.
ALTER TABLE system_health_snapshot RENAME TO system_health_snapshot_old;
DROP INDEX system_health_snapshot_newest;
ALTER INDEX system_health_snapshot_pkey RENAME TO system_health_snapshot_old_pkey;
CREATE TABLE system_health_snapshot (
  id uuid NOT NULL,
  at timestamptz NOT NULL,
  process text NOT NULL,
  db_status text NOT NULL,
  db_latency_ms double precision NOT NULL,
  redis_status text NOT NULL,
  redis_latency_ms double precision NOT NULL,
  crypto_status text NOT NULL,
  crypto_latency_ms double precision NOT NULL,
  PRIMARY KEY (id, at)
) PARTITION BY RANGE (at);
CREATE INDEX system_health_snapshot_newest ON system_health_snapshot (process, at DESC);
CREATE TABLE system_health_snapshot_default PARTITION OF system_health_snapshot DEFAULT;
INSERT INTO system_health_snapshot SELECT * FROM system_health_snapshot_old;
DROP TABLE system_health_snapshot_old;
