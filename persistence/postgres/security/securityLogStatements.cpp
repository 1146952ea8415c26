#include "persistence/postgres/security/securityLogStatements.hpp"

#include "persistence/postgres/security/banRows.hpp"
#include "persistence/sql/auditStatements.hpp"
#include "persistence/sql/clientNetwork.hpp"

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
    R"sql(
SELECT remote_ip, violations, first_seen, last_seen, services,
       (SELECT count(*) FROM suspicious_activity a WHERE a.timestamp >= $1 AND a.timestamp < $2 AND a.remote_ip <<= client),
       EXISTS (SELECT FROM ip_ban b WHERE b.network >>= client AND b.lifted_at IS NULL AND b.expires_at > $4)
FROM (SELECT )sql" KS_CLIENT_OF(
        "remote_ip") R"sql( AS client, (array_agg(remote_ip ORDER BY timestamp DESC))[1] AS remote_ip,
             count(*) AS violations, min(timestamp) AS first_seen, max(timestamp) AS last_seen, array_agg(DISTINCT service) AS services
      FROM rate_limit_violation WHERE timestamp >= $1 AND timestamp < $2 AND remote_ip IS NOT NULL
      GROUP BY client ORDER BY violations DESC, last_seen DESC, client LIMIT $3) v
ORDER BY violations DESC, last_seen DESC, client)sql",
    true};

// One class a request, as in the rollups.
#define KS_CLIENT_TOTALS(of_client)                                                                    \
  "SELECT count(*), count(*) FILTER (WHERE NOT rate_limited AND status < 300), "                       \
  "count(*) FILTER (WHERE NOT rate_limited AND status BETWEEN 300 AND 399), "                          \
  "count(*) FILTER (WHERE NOT rate_limited AND status BETWEEN 400 AND 499), "                          \
  "count(*) FILTER (WHERE NOT rate_limited AND status >= 500), count(*) FILTER (WHERE rate_limited), " \
  "count(*) FILTER (WHERE honeypot), count(*) FILTER (WHERE route = '{banned}'), min(timestamp), "     \
  "max(timestamp) FROM metric_snapshot WHERE timestamp >= $1 AND timestamp < $2 AND remote_ip " of_client
#define KS_CLIENT_REQUESTS(of_client)                                                          \
  "SELECT timestamp, request_id, method, url, status, rate_limited, honeypot, remote_ip FROM " \
  "metric_snapshot WHERE timestamp >= $1 AND timestamp < $2 AND remote_ip " of_client          \
  " ORDER BY timestamp DESC, id DESC LIMIT 50"

// Equality is what the bloom index answers; a network is looked for row by row.
const SqlStatement kAddressTotals{"securityLog.addressTotals", KS_CLIENT_TOTALS("= $3"), true};
const SqlStatement kAddressRequests{"securityLog.addressRequests", KS_CLIENT_REQUESTS("= $3"), true};
const SqlStatement kNetworkTotals{"securityLog.networkTotals", KS_CLIENT_TOTALS("<<= $3::text::cidr"), true};
const SqlStatement kNetworkRequests{"securityLog.networkRequests", KS_CLIENT_REQUESTS("<<= $3::text::cidr"),
                                    true};

const SqlStatement kClientActivities{"securityLog.clientActivities",
                                     "SELECT " KS_ACTIVITY_COLUMNS
                                     " FROM suspicious_activity a WHERE timestamp >= $1 AND timestamp < $2 "
                                     "AND remote_ip <<= $3::text::cidr "
                                     "ORDER BY timestamp DESC, id DESC LIMIT 50",
                                     true};

const SqlStatement kClientBans{"securityLog.clientBans",
                               "SELECT " KS_BAN_COLUMNS
                               " FROM ip_ban b WHERE network >>= $1::text::cidr "
                               "ORDER BY created_at DESC, id DESC LIMIT 50",
                               true};

const SqlStatement kResolve{
    "securityLog.resolve",
    "WITH a AS (UPDATE suspicious_activity SET resolved = $2, resolved_at = CASE WHEN $2 THEN $4 END, "
    "resolved_by = CASE WHEN $2 THEN $3::uuid END WHERE id = $1 AND resolved <> $2 RETURNING *), "
    "audited AS (" KS_AUDIT_CTE("$5", "a") "), "
    "found AS (SELECT * FROM a UNION ALL SELECT * FROM suspicious_activity WHERE id = $1 "
    "AND NOT EXISTS (SELECT FROM a)) SELECT " KS_ACTIVITY_COLUMNS " FROM found a"};

}  // namespace ks::securityLogStatements
