#include "persistence/postgres/monitoring/monitoringStatements.hpp"

#include "persistence/sql/clientNetwork.hpp"

namespace ks::monitoringStatements {

#define KS_MINUTE_COUNTS                                                                                \
  "bucket_start, total, status_2xx, status_3xx, status_4xx, status_5xx, rate_limited, gateway_sum_us, " \
  "backend_count, backend_sum_us, "
#define KS_HOUR_COUNTS                                                                          \
  "hour_start, total_requests, successful_requests, status_3xx, client_errors, server_errors, " \
  "rate_limited_requests, gateway_sum_us, backend_count, backend_sum_us, "
#define KS_WANTED                                                                                        \
  "CASE WHEN $5::boolean THEN gateway_histogram END, CASE WHEN $6::boolean THEN backend_histogram END, " \
  "CASE WHEN $7::boolean THEN addresses END "
#define KS_IN_MINUTES \
  "((bucket_start >= $1 AND bucket_start < $2) OR (bucket_start >= $5 AND bucket_start < $6))"
#define KS_IN_HOURS "hour_start >= $3 AND hour_start < $4"

const SqlStatement kMinutes{"monitoring.minutes",
                            "SELECT " KS_MINUTE_COUNTS KS_WANTED
                            "FROM metric_rollup_minute WHERE service = ANY($3::text[]) AND route = $4 "
                            "AND bucket_start >= $1 AND bucket_start < $2",
                            true};

const SqlStatement kHours{"monitoring.hours",
                          "SELECT " KS_HOUR_COUNTS KS_WANTED
                          "FROM metric_rollup_hour WHERE service = ANY($3::text[]) AND route = $4 "
                          "AND hour_start >= $1 AND hour_start < $2",
                          true};

const SqlStatement kSpans{"monitoring.spans",
                          "SELECT " KS_MINUTE_COUNTS
                          "gateway_histogram, NULL::bytea, NULL::bytea FROM metric_rollup_minute "
                          "WHERE service = $7 AND route = '' AND " KS_IN_MINUTES
                          " UNION ALL SELECT " KS_HOUR_COUNTS
                          "gateway_histogram, NULL, NULL FROM metric_rollup_hour "
                          "WHERE service = $7 AND route = '' AND " KS_IN_HOURS,
                          true};

const SqlStatement kSpanAddresses{"monitoring.spanAddresses",
                                  "SELECT addresses FROM metric_rollup_minute "
                                  "WHERE service = $7 AND route = '' AND " KS_IN_MINUTES
                                  " UNION ALL SELECT addresses FROM metric_rollup_hour "
                                  "WHERE service = $7 AND route = '' AND " KS_IN_HOURS,
                                  true};

// The routes are found by jumping from one to the next in the index, and every route's rows by their key: a
// range of time alone would need every row of the tables. The busiest are found by their counts: with a
// hundred routes, reading every route's histograms along took eight times as long.
#define KS_ROUTE_MINUTES(columns, from, to)                   \
  "SELECT " columns                                           \
  " FROM metric_rollup_minute m WHERE m.service = k.service " \
  "AND m.route = k.route AND m.bucket_start >= " from " AND m.bucket_start < " to
#define KS_ROUTE_HOURS(columns)                             \
  "SELECT " columns                                         \
  " FROM metric_rollup_hour h WHERE h.service = k.service " \
  "AND h.route = k.route AND h.hour_start >= $3 AND h.hour_start < $4"
const SqlStatement kTop{
    "monitoring.top",
    "WITH RECURSIVE known(service, route) AS ("
    "(SELECT service, route FROM metric_rollup_hour ORDER BY service, route LIMIT 1) "
    "UNION ALL SELECT later.service, later.route FROM known CROSS JOIN LATERAL ("
    "SELECT h.service, h.route FROM metric_rollup_hour h WHERE (h.service, h.route) > (known.service, "
    "known.route) ORDER BY h.service, h.route LIMIT 1) later), "
    "busiest AS MATERIALIZED (SELECT k.service, k.route FROM known k CROSS JOIN LATERAL ("
    "SELECT sum(total) AS requests FROM ("
    KS_ROUTE_MINUTES("total", "$1", "$2") " UNION ALL " KS_ROUTE_HOURS("total_requests")
    " UNION ALL " KS_ROUTE_MINUTES("total", "$5", "$6")
    ") part) found WHERE k.route <> '' AND ($7 = 'all' OR k.service = $7) AND requests > 0 "
    "ORDER BY requests DESC, k.service, k.route LIMIT 10) "
    "SELECT k.service, k.route, part.* FROM busiest k CROSS JOIN LATERAL ("
    KS_ROUTE_MINUTES("total, status_5xx, gateway_histogram", "$1", "$2") " UNION ALL "
    KS_ROUTE_HOURS("total_requests, server_errors, gateway_histogram")
    " UNION ALL " KS_ROUTE_MINUTES("total, status_5xx, gateway_histogram", "$5", "$6") ") part",
    true};

const SqlStatement kServices{
    "monitoring.services",
    "SELECT service, sum(total)::int8 FROM (SELECT service, total FROM metric_rollup_minute WHERE route = '' "
    "AND service IN ('auth', 'payment', 'admin', 'gateway') AND " KS_IN_MINUTES
    " UNION ALL SELECT service, total_requests FROM metric_rollup_hour WHERE route = '' "
    "AND service IN ('auth', 'payment', 'admin', 'gateway') AND " KS_IN_HOURS
    ") part GROUP BY service ORDER BY 2 DESC, 1",
    true};

const SqlStatement kHourly{
    "monitoring.hourly",
    "SELECT hour_start, service, total_requests, successful_requests + status_3xx, client_errors, "
    "server_errors, "
    "rate_limited_requests, avg_nginx_latency_ms, p95_nginx_latency_ms, avg_backend_latency_ms, "
    "p95_backend_latency_ms, unique_ips, "
    "backend_count FROM metric_rollup_hour WHERE service = ANY($3::text[]) AND route = $4 "
    "AND hour_start >= $1 AND hour_start < $2 "
    "AND ($5::timestamptz IS NULL OR hour_start < $5 OR (hour_start = $5 AND service > $6)) "
    "ORDER BY hour_start DESC, service LIMIT $7",
    true};

const SqlStatement kSuspiciousCounts{"monitoring.suspiciousCounts", R"sql(
SELECT part, part >= 0, count(DISTINCT client)
FROM (SELECT )sql" KS_CLIENT_OF("remote_ip") R"sql( AS client,
             CASE WHEN timestamp < $2 THEN -1
                  ELSE floor(24 * extract(epoch FROM timestamp - $2) / extract(epoch FROM $3 - $2))::int8 END AS part
      FROM suspicious_activity WHERE timestamp >= $1 AND timestamp < $3 AND remote_ip IS NOT NULL) found
GROUP BY GROUPING SETS ((part), (part >= 0)))sql",
                                     true};

// Of IPv6 the last address seen stands for its /64.
const SqlStatement kSuspiciousIps{
    "monitoring.suspiciousIps",
    R"sql(
SELECT remote_ip, (ARRAY['low', 'medium', 'high'])[worst], activities, unresolved, last_seen,
       EXISTS (SELECT FROM ip_ban b WHERE b.network >>= client AND b.lifted_at IS NULL AND b.expires_at > $3)
FROM (SELECT )sql" KS_CLIENT_OF(
        "remote_ip") R"sql( AS client, (array_agg(remote_ip ORDER BY timestamp DESC))[1] AS remote_ip,
             coalesce(max(array_position(ARRAY['low', 'medium', 'high'], severity)), 1) AS worst, count(*) AS activities,
             count(*) FILTER (WHERE NOT resolved) AS unresolved, max(timestamp) AS last_seen
      FROM suspicious_activity WHERE timestamp >= $1 AND timestamp < $2 AND remote_ip IS NOT NULL
      GROUP BY client ORDER BY worst DESC, activities DESC, last_seen DESC, client LIMIT 10) ips
ORDER BY worst DESC, activities DESC, last_seen DESC, client)sql",
    true};

// Seconds since the last stored line while bytes are known to wait, else 0.
#define KS_LAG_S                                                                                           \
  "CASE WHEN size > read_offset AND state <> 'done' AND NOT imported THEN greatest(0, extract(epoch FROM " \
  "$1 - "                                                                                                  \
  "coalesce(last_line_at, created_at))) "                                                                  \
  "ELSE 0 END::float8"

const SqlStatement kKnownMinutes{
    "monitoring.knownMinutes",
    "SELECT (SELECT min(bucket_start) FROM metric_rollup_minute WHERE service = 'all' AND route = ''), "
    "(SELECT min(coalesce(last_line_at, created_at)) FROM log_file WHERE size > read_offset AND state <> "
    "'done' "
    "AND NOT imported)",
    true};

const SqlStatement kKnownHours{
    "monitoring.knownHours",
    "SELECT (SELECT min(hour_start) FROM metric_rollup_hour WHERE service = 'all' AND route = ''), "
    "(SELECT min(coalesce(last_line_at, created_at)) FROM log_file WHERE size > read_offset AND state <> "
    "'done' "
    "AND NOT imported)",
    true};

const SqlStatement kLag{"monitoring.lag", "SELECT coalesce(max(" KS_LAG_S "), 0) FROM log_file", true};

const SqlStatement kFiles{"monitoring.files",
                          "SELECT path, source, read_offset, size, CASE WHEN imported THEN 0 ELSE "
                          "greatest(0, size - read_offset) END::int8, " KS_LAG_S
                          ", lines, bad_lines, oversized_lines, state, last_error FROM log_file "
                          "ORDER BY state = 'done', updated_at DESC, id LIMIT 50",
                          true};

const SqlStatement kFileTotals{"monitoring.fileTotals",
                               "SELECT coalesce(sum(lines), 0)::int8, coalesce(sum(bad_lines), 0)::int8, "
                               "coalesce(sum(oversized_lines), 0)::int8, max(last_batch_at) FROM log_file",
                               true};

const SqlStatement kHealth{
    "monitoring.health",
    "SELECT DISTINCT ON (process) process, at, db_status = 'up', db_latency_ms, redis_status = 'up', "
    "redis_latency_ms, "
    "crypto_status = 'up', crypto_latency_ms FROM system_health_snapshot WHERE at > $1 - interval '1 day' "
    "ORDER BY process, at DESC",
    true};

}  // namespace ks::monitoringStatements
