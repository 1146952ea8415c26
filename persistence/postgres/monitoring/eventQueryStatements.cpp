#include "persistence/postgres/monitoring/eventQueryStatements.hpp"

#include "persistence/sql/auditRows.hpp"

namespace ks::eventQueryStatements {

const SqlStatement kAudit{"events.audit",
                          "SELECT " KS_AUDIT_COLUMNS
                          " FROM audit_log WHERE ($1::text IS NULL OR actor_id = $1) "
                          "AND ($2::text IS NULL OR action = $2) AND ($3::text IS NULL OR outcome = $3) "
                          "AND ($4::inet IS NULL OR ip = $4) AND ($5::timestamptz IS NULL OR at >= $5) "
                          "AND ($6::timestamptz IS NULL OR at < $6) AND ($7::int8 IS NULL OR seq < $7) "
                          "ORDER BY seq DESC LIMIT $8",
                          true};

const SqlStatement kAuditEntry{"events.auditEntry",
                               "SELECT " KS_AUDIT_COLUMNS " FROM audit_log WHERE id = $1", true};

// nginx writes its line at the end of a request; the trace begins with the request.
const SqlStatement kTrace{"events.trace", R"sql(
SELECT * FROM (
  SELECT timestamp - nginx_latency_ms * interval '1 millisecond' AS at, 'gateway' AS source, service,
         method || ' ' || url AS summary, status::text AS state,
         jsonb_strip_nulls(jsonb_build_object('route', route, 'remote_ip', host(remote_ip), 'user_id', user_id,
           'user_agent', user_agent, 'rate_limited', rate_limited, 'honeypot', honeypot, 'bytes_sent', bytes_sent,
           'latency_ms', nginx_latency_ms, 'backend_latency_ms', backend_latency_ms, 'logged_at', timestamp))::text AS details
  FROM metric_snapshot WHERE request_id = $1 AND timestamp >= $2 AND timestamp < $3
  UNION ALL
  SELECT timestamp, 'log', service, message, level,
         jsonb_strip_nulls(jsonb_build_object('id', id, 'label', label, 'type', type, 'process', process, 'user_id', user_id,
           'remote_ip', host(remote_ip), 'subject', subject, 'duration_ms', duration_ms, 'context', context))::text
  FROM system_log WHERE request_id = $1 AND timestamp >= $2 AND timestamp < $3
  UNION ALL
  SELECT at, 'audit', actor_type, action, outcome,
         jsonb_strip_nulls(jsonb_build_object('id', id, 'seq', seq, 'actor_id', actor_id, 'reason', reason, 'target_type', target_type,
           'target_id', target_id, 'session_id', session_id, 'remote_ip', host(ip), 'before', before, 'after', after))::text
  FROM audit_log WHERE $5 AND request_id = $1 AND at >= $2 AND at < $3
) entries ORDER BY at, array_position(ARRAY['gateway', 'audit', 'log'], source) LIMIT $4)sql",
                          true};

#define KS_COMPONENT(name)                                                                                  \
  ", (count(*) FILTER (WHERE " name "_status = 'up'))::int8, (avg(" name "_latency_ms) FILTER (WHERE " name \
  "_status = 'up'))::float8"

const SqlStatement kHealthHistory{
    "events.healthHistory",
    "SELECT process, date_bin($3 * interval '1 second', at, $1), count(*)::int8" KS_COMPONENT(
        "db") KS_COMPONENT("redis")
        KS_COMPONENT("crypto") " FROM system_health_snapshot WHERE at >= $1 AND at < $2 "
                               "AND ($4::text IS NULL OR process = $4) GROUP BY 1, 2 ORDER BY 1, 2",
    true};

}  // namespace ks::eventQueryStatements
