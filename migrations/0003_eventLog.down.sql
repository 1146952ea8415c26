CREATE TABLE system_health_snapshot_old (
  id uuid PRIMARY KEY,
  at timestamptz NOT NULL,
  process text NOT NULL,
  db_status text NOT NULL CHECK (db_status IN ('up', 'down')),
  db_latency_ms double precision NOT NULL,
  redis_status text NOT NULL CHECK (redis_status IN ('up', 'down')),
  redis_latency_ms double precision NOT NULL,
  crypto_status text NOT NULL CHECK (crypto_status IN ('up', 'down')),
  crypto_latency_ms double precision NOT NULL
);
INSERT INTO system_health_snapshot_old SELECT * FROM system_health_snapshot ON CONFLICT DO NOTHING;
DROP TABLE system_health_snapshot;
ALTER TABLE system_health_snapshot_old RENAME TO system_health_snapshot;
ALTER INDEX system_health_snapshot_old_pkey RENAME TO system_health_snapshot_pkey;
CREATE INDEX system_health_snapshot_newest ON system_health_snapshot (process, at DESC);
DROP FUNCTION audit_verify(bigint, integer);
DROP FUNCTION audit_retain(timestamptz, integer);
DROP FUNCTION audit_chain_pending(integer);
DROP FUNCTION audit_row_hash(audit_log);
DROP TABLE audit_chain;
DROP TABLE audit_log;
DROP FUNCTION audit_refuse();
DROP TABLE audit_pending;
DROP TABLE system_log;
