-- Positions of the log files. Read together with persistence/collectorRepositoryInterface.hpp.
CREATE TABLE log_file (
  id uuid PRIMARY KEY,
  node text NOT NULL,
  source text NOT NULL,
  path text NOT NULL,
  device bigint NOT NULL,
  inode bigint NOT NULL,
  head_length integer NOT NULL CHECK (head_length BETWEEN 1 AND 1024),
  head_hash bigint NOT NULL,
  read_offset bigint NOT NULL CHECK (read_offset >= 0),
  marker_hash bigint NOT NULL,
  size bigint NOT NULL,
  state text NOT NULL CHECK (state IN ('active', 'draining', 'missing', 'done')),
  lines bigint NOT NULL DEFAULT 0,
  bad_lines bigint NOT NULL DEFAULT 0,
  oversized_lines bigint NOT NULL DEFAULT 0,
  last_line_at timestamptz,
  last_batch_at timestamptz,
  last_error text NOT NULL DEFAULT '',
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL
) WITH (fillfactor = 50);
CREATE INDEX log_file_node ON log_file (node, source, created_at DESC);

-- Rejects. Bounded: the collector keeps the newest 10,000.
CREATE TABLE log_bad_line (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  file_id uuid,
  source text NOT NULL,
  line_offset bigint NOT NULL,
  reason text NOT NULL,
  sample text NOT NULL,
  at timestamptz NOT NULL
);

-- One row a request. The id is made from the file's id and the line's offset, so the same line has the same id for ever. No B-tree:
-- each would halve the collector's speed. The bloom index finds a request id or an address in a week of rows in tens of milliseconds.
CREATE TABLE metric_snapshot (
  id uuid NOT NULL,
  timestamp timestamptz NOT NULL,
  service text NOT NULL,
  remote_ip inet,
  request_id text NOT NULL,
  method text NOT NULL,
  url text NOT NULL,
  route text NOT NULL,
  status smallint NOT NULL,
  rate_limited boolean NOT NULL,
  honeypot boolean NOT NULL,
  repaired boolean NOT NULL,
  user_agent text NOT NULL,
  nginx_latency_ms double precision NOT NULL,
  backend_latency_ms double precision,
  user_id text,
  bytes_sent bigint NOT NULL
) PARTITION BY RANGE (timestamp);
CREATE INDEX metric_snapshot_time ON metric_snapshot USING brin (timestamp) WITH (pages_per_range = 32);
CREATE INDEX metric_snapshot_lookup ON metric_snapshot
  USING brin (request_id text_bloom_ops (n_distinct_per_range = 2000), remote_ip inet_bloom_ops (n_distinct_per_range = 1000))
  WITH (pages_per_range = 32);

-- Latencies are sums in microseconds and histograms (core/latencyHistogram.hpp), addresses are HyperLogLogs (core/hyperLogLog.hpp).
-- Rows with the empty route count a whole service; service 'all' with the empty route counts everything.
CREATE TABLE metric_rollup_minute (
  bucket_start timestamptz NOT NULL,
  service text NOT NULL,
  route text NOT NULL,
  total bigint NOT NULL,
  status_2xx bigint NOT NULL,
  status_3xx bigint NOT NULL,
  status_4xx bigint NOT NULL,
  status_5xx bigint NOT NULL,
  rate_limited bigint NOT NULL,
  bytes_sent bigint NOT NULL,
  gateway_sum_us bigint NOT NULL,
  backend_count bigint NOT NULL,
  backend_sum_us bigint NOT NULL,
  gateway_histogram bytea NOT NULL,
  backend_histogram bytea NOT NULL,
  addresses bytea NOT NULL,
  PRIMARY KEY (service, route, bucket_start)
) PARTITION BY RANGE (bucket_start);

CREATE TABLE metric_rollup_hour (
  hour_start timestamptz NOT NULL,
  service text NOT NULL,
  route text NOT NULL,
  total_requests bigint NOT NULL,
  successful_requests bigint NOT NULL,
  status_3xx bigint NOT NULL,
  client_errors bigint NOT NULL,
  server_errors bigint NOT NULL,
  rate_limited_requests bigint NOT NULL,
  bytes_sent bigint NOT NULL,
  gateway_sum_us bigint NOT NULL,
  backend_count bigint NOT NULL,
  backend_sum_us bigint NOT NULL,
  avg_nginx_latency_ms double precision NOT NULL,
  p95_nginx_latency_ms double precision NOT NULL,
  avg_backend_latency_ms double precision,
  p95_backend_latency_ms double precision,
  unique_ips bigint NOT NULL,
  gateway_histogram bytea NOT NULL,
  backend_histogram bytea NOT NULL,
  addresses bytea NOT NULL,
  UNIQUE (service, route, hour_start)
) WITH (fillfactor = 70);
-- Sketches do not shrink by compressing, and the time to try is the dashboard's.
ALTER TABLE metric_rollup_minute ALTER addresses SET STORAGE EXTERNAL, ALTER gateway_histogram SET STORAGE MAIN,
  ALTER backend_histogram SET STORAGE MAIN;
ALTER TABLE metric_rollup_hour ALTER addresses SET STORAGE EXTERNAL, ALTER gateway_histogram SET STORAGE MAIN,
  ALTER backend_histogram SET STORAGE MAIN;

CREATE TABLE rate_limit_violation (
  id uuid NOT NULL,
  timestamp timestamptz NOT NULL,
  service text NOT NULL,
  remote_ip inet,
  user_id text,
  violation_count integer NOT NULL,
  request_id text
) PARTITION BY RANGE (timestamp);
CREATE INDEX rate_limit_violation_time ON rate_limit_violation (timestamp);

-- Batches that were taken off the Redis list and stored: the proof that a batch is not stored twice.
CREATE TABLE violation_drain (
  token uuid PRIMARY KEY,
  stored_at timestamptz NOT NULL
);

-- Rows of days that have no partition of their own: a clock that was far off.
CREATE TABLE metric_snapshot_default PARTITION OF metric_snapshot DEFAULT;
CREATE TABLE metric_rollup_minute_default PARTITION OF metric_rollup_minute DEFAULT;
CREATE TABLE rate_limit_violation_default PARTITION OF rate_limit_violation DEFAULT;

-- Makes the partition of one UTC day, taking along what the default partition holds of it. True when it was made now.
CREATE FUNCTION monitoring_make_partition(parent text, time_column text, day date) RETURNS boolean
LANGUAGE plpgsql AS $$
DECLARE
  child text := parent || '_' || to_char(day, 'YYYYMMDD');
  first_time text := to_char(day, 'YYYY-MM-DD') || ' 00:00:00+00';
  end_time text := to_char(day + 1, 'YYYY-MM-DD') || ' 00:00:00+00';
BEGIN
  IF to_regclass(child) IS NOT NULL THEN
    RETURN false;
  END IF;
  -- Only one session makes it; the others find it made.
  PERFORM pg_advisory_xact_lock(hashtextextended('monitoring_make_partition', 0));
  IF to_regclass(child) IS NOT NULL THEN
    RETURN false;
  END IF;
  EXECUTE format('LOCK TABLE %I IN SHARE ROW EXCLUSIVE MODE', parent);
  EXECUTE format('CREATE TABLE %I (LIKE %I INCLUDING DEFAULTS INCLUDING STORAGE)', child, parent);
  EXECUTE format('WITH moved AS (DELETE FROM %I WHERE %I >= %L AND %I < %L RETURNING *) INSERT INTO %I SELECT * FROM moved',
                 parent || '_default', time_column, first_time, time_column, end_time, child);
  EXECUTE format('ALTER TABLE %I ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)', parent, child, first_time, end_time);
  RETURN true;
END $$;

-- Drops the partitions of days before `day`; gives their names.
CREATE FUNCTION monitoring_drop_partitions(parent text, day date) RETURNS SETOF text
LANGUAGE plpgsql AS $$
DECLARE
  child text;
BEGIN
  FOR child IN
    SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
    WHERE i.inhparent = to_regclass(parent) AND c.relname ~ ('^' || parent || '_[0-9]{8}$')
      AND right(c.relname, 8) < to_char(day, 'YYYYMMDD')
    ORDER BY c.relname
  LOOP
    EXECUTE format('DROP TABLE %I', child);
    RETURN NEXT child;
  END LOOP;
END $$;
