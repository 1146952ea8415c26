#include "persistence/monitoringStatements.hpp"

#include "persistence/clientNetwork.hpp"

namespace ks::monitoringStatements {

#define KS_MINUTE_GATEWAY                                                                               \
  "bucket_start, service, route, total, status_2xx, status_3xx, status_4xx, status_5xx, rate_limited, " \
  "gateway_sum_us, backend_count, backend_sum_us, gateway_histogram, "
#define KS_HOUR_GATEWAY                                                                          \
  "hour_start, service, route, total_requests, successful_requests, status_3xx, client_errors, " \
  "server_errors, rate_limited_requests, gateway_sum_us, backend_count, backend_sum_us, gateway_histogram, "
#define KS_MINUTE_COLUMNS KS_MINUTE_GATEWAY "backend_histogram"
#define KS_HOUR_COLUMNS KS_HOUR_GATEWAY "backend_histogram"
#define KS_IN_MINUTES \
  "((bucket_start >= $1 AND bucket_start < $2) OR (bucket_start >= $5 AND bucket_start < $6))"
#define KS_IN_HOURS "hour_start >= $3 AND hour_start < $4"

const SqlStatement kSpans{"monitoring.spans",
                          "SELECT " KS_MINUTE_GATEWAY
                          "''::bytea, CASE WHEN $8::boolean THEN addresses END FROM metric_rollup_minute "
                          "WHERE service = $7 AND route = '' AND " KS_IN_MINUTES
                          " UNION ALL SELECT " KS_HOUR_GATEWAY
                          "''::bytea, CASE WHEN $8::boolean THEN addresses END FROM metric_rollup_hour "
                          "WHERE service = $7 AND route = '' AND " KS_IN_HOURS,
                          true};

const SqlStatement kMinutes{
    "monitoring.minutes",
    "SELECT " KS_MINUTE_COLUMNS
    ", CASE WHEN $4::boolean THEN addresses END FROM metric_rollup_minute "
    "WHERE service = ANY($3::text[]) AND route = $5 AND bucket_start >= $1 AND bucket_start < $2",
    true};

const SqlStatement kHours{
    "monitoring.hours",
    "SELECT " KS_HOUR_COLUMNS
    ", CASE WHEN $4::boolean THEN addresses END FROM metric_rollup_hour "
    "WHERE service = ANY($3::text[]) AND route = $5 AND hour_start >= $1 AND hour_start < $2",
    true};

// The busiest are found by their counts alone: with a hundred routes, reading every route's histograms along
// took eight times as long.
const SqlStatement kTop{
    "monitoring.top",
    "WITH busiest AS MATERIALIZED (SELECT service, route FROM (SELECT service, route, total "
    "FROM metric_rollup_minute WHERE route <> '' AND ($7 = 'all' OR service = $7) AND " KS_IN_MINUTES
    " UNION ALL SELECT service, route, total_requests FROM metric_rollup_hour WHERE route <> '' AND ($7 = "
    "'all' "
    "OR service = $7) AND " KS_IN_HOURS
    ") part GROUP BY service, route ORDER BY sum(total) DESC, service, route LIMIT 10) "
    "SELECT " KS_MINUTE_GATEWAY
    "''::bytea, NULL::bytea FROM busiest JOIN metric_rollup_minute USING (service, route) "
    "WHERE " KS_IN_MINUTES " UNION ALL SELECT " KS_HOUR_GATEWAY
    "''::bytea, NULL::bytea FROM busiest JOIN metric_rollup_hour USING (service, route) WHERE " KS_IN_HOURS,
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
