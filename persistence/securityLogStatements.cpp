#include "persistence/securityLogStatements.hpp"

#include "persistence/auditStatements.hpp"
#include "persistence/banRows.hpp"

namespace ks::securityLogStatements {

#define KS_PAGE \
  "timestamp >= $1 AND timestamp < $2 AND ($3::timestamptz IS NULL OR (timestamp, id) < ($3, $4::uuid)) "
#define KS_NEWEST " ORDER BY timestamp DESC, id DESC LIMIT $5"
#define KS_ACTIVITY_COLUMNS                                                                       \
  "a.id, a.timestamp, a.remote_ip, a.activity_type, a.severity, a.subject, "                      \
  "coalesce((a.details->>'count')::int8, 0), coalesce((a.details->>'window_s')::int8, 0), "       \
  "coalesce(a.details->>'ban', ''), coalesce(a.details->>'ban_note', ''), "                       \
  "ARRAY(SELECT jsonb_array_elements_text(coalesce(a.details->'addresses', '[]'))), a.resolved, " \
  "a.resolved_at, a.resolved_by"

const SqlStatement kViolations{
    "securityLog.violations",
    "SELECT id, timestamp, service, remote_ip, user_id, violation_count, request_id "
    "FROM rate_limit_violation WHERE " KS_PAGE
    "AND ($6 = '' OR service = $6) AND ($7::inet IS NULL OR remote_ip = $7)" KS_NEWEST,
    true};

const SqlStatement kActivities{"securityLog.activities",
                               "SELECT " KS_ACTIVITY_COLUMNS " FROM suspicious_activity a WHERE " KS_PAGE
                               "AND ($6 = '' OR activity_type = $6) AND ($7 = '' OR severity = $7) "
                               "AND ($8::inet IS NULL OR remote_ip = $8) "
                               "AND ($9::boolean IS NULL OR resolved = $9)" KS_NEWEST,
                               true};

const SqlStatement kBans{
    "securityLog.bans",
    "SELECT " KS_BAN_COLUMNS
    " FROM ip_ban b WHERE ($1::timestamptz IS NULL OR (created_at, id) < ($1, $2::uuid)) "
    "AND (NOT $4 OR (lifted_at IS NULL AND expires_at > $5)) "
    "ORDER BY created_at DESC, id DESC LIMIT $3",
    true};

const SqlStatement kTopViolators{
    "securityLog.topViolators",
    "SELECT v.*, (SELECT count(*) FROM suspicious_activity a WHERE a.timestamp >= $1 AND a.timestamp < $2 "
    "AND a.remote_ip = v.remote_ip), EXISTS (SELECT FROM ip_ban b WHERE b.network >>= v.remote_ip "
    "AND b.lifted_at IS NULL AND b.expires_at > $4) FROM (SELECT remote_ip, count(*) AS violations, "
    "min(timestamp), max(timestamp) AS last_seen, array_agg(DISTINCT service) FROM rate_limit_violation "
    "WHERE timestamp >= $1 AND timestamp < $2 AND remote_ip IS NOT NULL GROUP BY remote_ip "
    "ORDER BY violations DESC, last_seen DESC, remote_ip LIMIT $3) v "
    "ORDER BY v.violations DESC, v.last_seen DESC, v.remote_ip",
    true};

// One class a request, as in the rollups. Equality on the address is what the bloom index answers.
const SqlStatement kAddressTotals{
    "securityLog.addressTotals",
    "SELECT count(*), count(*) FILTER (WHERE NOT rate_limited AND status < 300), "
    "count(*) FILTER (WHERE NOT rate_limited AND status BETWEEN 300 AND 399), "
    "count(*) FILTER (WHERE NOT rate_limited AND status BETWEEN 400 AND 499), "
    "count(*) FILTER (WHERE NOT rate_limited AND status >= 500), count(*) FILTER (WHERE rate_limited), "
    "count(*) FILTER (WHERE honeypot), count(*) FILTER (WHERE route = '{banned}'), min(timestamp), "
    "max(timestamp) "
    "FROM metric_snapshot WHERE timestamp >= $1 AND timestamp < $2 AND remote_ip = $3",
    true};

const SqlStatement kAddressRequests{
    "securityLog.addressRequests",
    "SELECT timestamp, request_id, method, url, status, rate_limited, honeypot FROM metric_snapshot "
    "WHERE timestamp >= $1 AND timestamp < $2 AND remote_ip = $3 ORDER BY timestamp DESC, id DESC LIMIT 50",
    true};

const SqlStatement kAddressActivities{"securityLog.addressActivities",
                                      "SELECT " KS_ACTIVITY_COLUMNS
                                      " FROM suspicious_activity a WHERE timestamp >= $1 AND timestamp < $2 "
                                      "AND remote_ip = $3 ORDER BY timestamp DESC, id DESC LIMIT 50",
                                      true};

const SqlStatement kAddressBans{
    "securityLog.addressBans",
    "SELECT " KS_BAN_COLUMNS " FROM ip_ban b WHERE network >>= $1 ORDER BY created_at DESC, id DESC LIMIT 50",
    true};

const SqlStatement kResolve{
    "securityLog.resolve",
    "WITH a AS (UPDATE suspicious_activity SET resolved = $2, resolved_at = CASE WHEN $2 THEN $4 END, "
    "resolved_by = CASE WHEN $2 THEN $3::uuid END WHERE id = $1 AND resolved <> $2 RETURNING *), "
    "audited AS (" KS_NOTE_AUDIT("$5", "a") "), "
    "found AS (SELECT * FROM a UNION ALL SELECT * FROM suspicious_activity WHERE id = $1 "
    "AND NOT EXISTS (SELECT FROM a)) SELECT " KS_ACTIVITY_COLUMNS " FROM found a"};

}  // namespace ks::securityLogStatements
