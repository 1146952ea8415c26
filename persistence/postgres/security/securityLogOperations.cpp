#include <utility>

#include "core/logging/eventRows.hpp"
#include "core/network/ipAddress.hpp"
#include "core/text/pageCursor.hpp"
#include "persistence/postgres/monitoring/rollupQueries.hpp"
#include "persistence/postgres/monitoringCalls.hpp"
#include "persistence/postgres/security/banRows.hpp"
#include "persistence/sql/auditStatements.hpp"
#include "persistence/sql/clientNetwork.hpp"
#include "persistence/sql/combinedQuery.hpp"

// Lists: $1..$2 the range, $3 and $4 time and id of the last row seen (or NULL), $5 most rows; an empty text
// filters nothing.
#define KS_PAGE \
  "timestamp >= $1 AND timestamp < $2 AND ($3::timestamptz IS NULL OR (timestamp, id) < ($3, $4::uuid)) "

#define KS_NEWEST " ORDER BY timestamp DESC, id DESC LIMIT $5"

#define KS_ACTIVITY_COLUMNS                                                                       \
  "a.id, a.timestamp, a.remote_ip, a.activity_type, a.severity, a.subject, "                      \
  "coalesce((a.details->>'count')::int8, 0), coalesce((a.details->>'window_s')::int8, 0), "       \
  "coalesce(a.details->>'ban', ''), coalesce(a.details->>'ban_note', ''), "                       \
  "ARRAY(SELECT jsonb_array_elements_text(coalesce(a.details->'addresses', '[]'))), a.resolved, " \
  "a.resolved_at, a.resolved_by"

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

namespace ks {
namespace {

// The bloom index answers equality only; a network is searched row by row.
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

constexpr std::chrono::hours kWidestSecurityLog{31 * 24};
/// Raw rows are looked through.
constexpr std::chrono::hours kWidestAddressLog{7 * 24};

/// A page's place in its list, checked.
struct SecurityPagePlan {
  std::string list;
  std::uint32_t limit = 50;
  std::optional<TimePoint> afterTime;
  std::optional<Uuid> afterId;
};

std::optional<Fault> checkRange(const TimeRange& range, std::chrono::hours widest) {
  return checkQuery(std::string{kAllServices}, range, widest);
}

/// `page.range` is of times that may stand in its cursors.
Result<SecurityPagePlan> planPage(const SecurityPageQuery& page, std::string list) {
  if (auto fault = checkLimit(page.limit)) {
    return std::move(*fault);
  }
  auto after = takeCursor(list, page.cursor, page.range);
  if (!after.ok()) {
    return std::move(after.fault());
  }
  SecurityPagePlan plan;
  plan.list = std::move(list);
  plan.limit = page.limit;
  if (after.value()) {
    plan.afterTime = after.value()->at;
    plan.afterId = Uuid::parse(after.value()->key);
    if (!plan.afterId) {
      return fieldFault(ErrorCode::cursorInvalid, "cursor", "the cursor is not one that this list gave out");
    }
  }
  return plan;
}

Result<SecurityPagePlan> planRangePage(const SecurityPageQuery& page, std::string list) {
  if (auto fault = checkRange(page.range, kWidestSecurityLog)) {
    return std::move(*fault);
  }
  return planPage(page, std::move(list));
}

SqlParameters pageParameters(const SecurityPageQuery& page, const SecurityPagePlan& plan) {
  return std::move(SqlParameters()
                       .time(page.range.from)
                       .time(page.range.to)
                       .optionalTime(plan.afterTime)
                       .optionalUuid(plan.afterId)
                       .int8(static_cast<std::int64_t>(plan.limit) + 1));
}

/// A filter by one address; empty: none.
Result<std::string> addressFilter(const std::string& text) {
  if (text.empty()) {
    return std::string{};
  }
  const auto address = IpAddress::parse(text);
  if (!address) {
    return fieldFault(ErrorCode::invalidFormat, "remote_ip", "remote_ip must be an IPv4 or IPv6 address");
  }
  return address->toString();
}

template <class Page, class Time>
Page cutPage(const SecurityPagePlan& plan, Page page, Time timeOf) {
  if (page.rows.size() > plan.limit) {
    page.rows.resize(plan.limit);
    page.nextCursor = writePageCursor(plan.list, {timeOf(page.rows.back()), page.rows.back().id.toString()});
  }
  return page;
}

ActivityRow readActivity(const SqlRow& row) {
  ActivityRow activity;
  activity.id = row.uuid(0);
  activity.at = row.time(1);
  activity.remoteIp = row.inetOrEmpty(2);
  activity.type = row.text(3);
  activity.severity = row.text(4);
  activity.subject = row.text(5);
  activity.count = row.count(6);
  activity.windowS = row.count(7);
  activity.ban = row.text(8);
  activity.banNote = row.text(9);
  activity.addresses = row.textArray(10);
  activity.resolved = row.boolean(11);
  activity.resolvedAt = row.optionalTime(12);
  activity.resolvedBy = row.optionalUuid(13);
  return activity;
}

ViolationRow readViolation(const SqlRow& row) {
  return {row.uuid(0),        row.time(1),  std::string{row.text(2)}, row.inetOrEmpty(3),
          row.textOrEmpty(4), row.count(5), row.textOrEmpty(6)};
}

void takeTotals(AddressReport& report, const SqlRows& rows) {
  const auto row = rows.row(0);
  const auto count = [&row](int column) { return row.count(column); };
  report.total = count(0);
  report.status2xx = count(1);
  report.status3xx = count(2);
  report.status4xx = count(3);
  report.status5xx = count(4);
  report.rateLimited = count(5);
  report.honeypot = count(6);
  report.banned = count(7);
  report.firstSeen = row.optionalTime(8);
  report.lastSeen = row.optionalTime(9);
}

AddressRequest readRequest(const SqlRow& row) {
  return {row.time(0),
          std::string{row.text(1)},
          std::string{row.text(2)},
          std::string{row.text(3)},
          static_cast<std::uint32_t>(row.int64(4)),
          row.boolean(5),
          row.boolean(6),
          row.inetOrEmpty(7)};
}

}  // namespace

SqlCall<ViolationQuery> sqlCall(const ViolationQuery& query) {
  constexpr const char* kSql =
      "SELECT id, timestamp, service, remote_ip, user_id, violation_count, request_id "
      "FROM rate_limit_violation WHERE " KS_PAGE
      "AND ($6 = '' OR service = $6) AND ($7::inet IS NULL OR remote_ip = $7)" KS_NEWEST;
  const std::string service = query.service == kAllServices ? "" : query.service;
  auto address = addressFilter(query.remoteIp);
  if (!address.ok()) {
    return std::move(address.fault());
  }
  auto plan = planRangePage(query, "violations|" + service + "|" + address.value());
  if (!plan.ok()) {
    return std::move(plan.fault());
  }
  auto parameters = pageParameters(query, plan.value());
  parameters.text(service).inetOrNull(address.value());
  return {repeatable(kSql), std::move(parameters), [plan = plan.value()](const SqlRows& rows) {
            return cutPage(plan, ViolationPage{readAll<ViolationRow>(rows, readViolation), {}},
                           [](const ViolationRow& row) { return row.at; });
          }};
}

SqlCall<ActivityQuery> sqlCall(const ActivityQuery& query) {
  constexpr const char* kSql = "SELECT " KS_ACTIVITY_COLUMNS " FROM suspicious_activity a WHERE " KS_PAGE
                               "AND ($6 = '' OR activity_type = $6) AND ($7 = '' OR severity = $7) "
                               "AND ($8::inet IS NULL OR remote_ip = $8) "
                               "AND ($9::boolean IS NULL OR resolved = $9)" KS_NEWEST;
  auto address = addressFilter(query.remoteIp);
  if (!address.ok()) {
    return std::move(address.fault());
  }
  const std::string resolved = query.resolved ? (*query.resolved ? "yes" : "no") : "";
  auto plan = planRangePage(
      query, "activities|" + query.type + "|" + query.severity + "|" + address.value() + "|" + resolved);
  if (!plan.ok()) {
    return std::move(plan.fault());
  }
  auto parameters = pageParameters(query, plan.value());
  parameters.text(query.type)
      .text(query.severity)
      .inetOrNull(address.value())
      .optionalBoolean(query.resolved);
  return {repeatable(kSql), std::move(parameters), [plan = plan.value()](const SqlRows& rows) {
            return cutPage(plan, ActivityPage{readAll<ActivityRow>(rows, readActivity), {}},
                           [](const ActivityRow& row) { return row.at; });
          }};
}

SqlCall<BanQuery> sqlCall(const BanQuery& query) {
  constexpr const char* kSql =
      "SELECT " KS_BAN_COLUMNS
      " FROM ip_ban b WHERE ($1::timestamptz IS NULL OR (created_at, id) < ($1, $2::uuid)) "
      "AND (NOT $4 OR (lifted_at IS NULL AND expires_at > $5)) "
      "ORDER BY created_at DESC, id DESC LIMIT $3";
  // Bans are kept for months: the list has no range, and any time may stand in its cursors.
  SecurityPageQuery page = query;
  page.range = {TimePoint{}, query.now + std::chrono::hours{1}};
  auto planned = planPage(page, query.standing ? "bans|standing" : "bans|all");
  if (!planned.ok()) {
    return std::move(planned.fault());
  }
  const auto plan = std::move(planned.value());
  SqlParameters parameters;
  parameters.optionalTime(plan.afterTime)
      .optionalUuid(plan.afterId)
      .int8(static_cast<std::int64_t>(plan.limit) + 1)
      .boolean(query.standing)
      .time(query.now);
  return {repeatable(kSql), std::move(parameters), [plan](const SqlRows& rows) {
            return cutPage(plan, BanPage{readAll<IpBan>(rows, readBan), {}},
                           [](const IpBan& ban) { return ban.createdAt; });
          }};
}

SqlCall<TopViolatorQuery> sqlCall(const TopViolatorQuery& query) {
  constexpr const char* kSql = R"sql(
SELECT remote_ip, violations, first_seen, last_seen, services,
       (SELECT count(*) FROM suspicious_activity a WHERE a.timestamp >= $1 AND a.timestamp < $2 AND a.remote_ip <<= client),
       EXISTS (SELECT FROM ip_ban b WHERE b.network >>= client AND b.lifted_at IS NULL AND b.expires_at > $4)
FROM (SELECT )sql" KS_CLIENT_OF(
      "remote_ip") R"sql( AS client, (array_agg(remote_ip ORDER BY timestamp DESC))[1] AS remote_ip,
             count(*) AS violations, min(timestamp) AS first_seen, max(timestamp) AS last_seen, array_agg(DISTINCT service) AS services
      FROM rate_limit_violation WHERE timestamp >= $1 AND timestamp < $2 AND remote_ip IS NOT NULL
      GROUP BY client ORDER BY violations DESC, last_seen DESC, client LIMIT $3) v
ORDER BY violations DESC, last_seen DESC, client)sql";
  auto fault = checkRange(query.range, kWidestSecurityLog);
  if (!fault) {
    fault = checkLimit(query.limit);
  }
  if (fault) {
    return std::move(*fault);
  }
  return {repeatable(kSql),
          std::move(
              SqlParameters().time(query.range.from).time(query.range.to).int8(query.limit).time(query.now)),
          [](const SqlRows& rows) {
            return TopViolators{readAll<TopViolator>(rows, [](const SqlRow& row) {
              return TopViolator{row.inetOrEmpty(0), row.count(1), row.time(2),   row.time(3),
                                 row.textArray(4),   row.count(5), row.boolean(6)};
            })};
          }};
}

void runStatements(PostgresPipeline& pipeline, const AddressQuery& query, Reply<AddressReport> reply) {
  const auto address = IpAddress::parse(query.remoteIp);
  auto fault = checkRange(query.range, kWidestAddressLog);
  if (!address) {
    fault = fieldFault(ErrorCode::invalidFormat, "ip", "ip must be an IPv4 or IPv6 address");
  }
  if (fault) {
    reply(std::move(*fault));
    return;
  }
  AddressReport report;
  report.remoteIp = address->toString();
  report.network = address->countingPrefix();
  report.from = query.range.from;
  report.to = query.range.to;
  const auto ofRange = [&query] { return SqlParameters().time(query.range.from).time(query.range.to); };
  const auto ofNetwork = [&] { return std::move(ofRange().text(report.network)); };
  const bool single = address->isV4();
  const auto ofRequests = [&] {
    return single ? std::move(ofRange().inetOrNull(report.remoteIp)) : ofNetwork();
  };
  std::vector<CombinedStatement<AddressReport>> statements;
  const auto add = [&statements](const SqlStatement& statement, SqlParameters&& parameters, auto take) {
    statements.push_back({&statement, std::move(parameters), std::move(take)});
  };
  add(single ? kAddressTotals : kNetworkTotals, ofRequests(), takeTotals);
  add(single ? kAddressRequests : kNetworkRequests, ofRequests(),
      [](AddressReport& made, const SqlRows& rows) {
        made.requests = readAll<AddressRequest>(rows, readRequest);
      });
  add(kClientActivities, ofNetwork(), [](AddressReport& made, const SqlRows& rows) {
    made.activities = readAll<ActivityRow>(rows, readActivity);
  });
  add(kClientBans, std::move(SqlParameters().text(report.network)),
      [](AddressReport& made, const SqlRows& rows) { made.bans = readAll<IpBan>(rows, readBan); });
  runCombinedQuery(pipeline, std::move(statements), std::move(report), std::move(reply));
}

SqlCall<ResolveActivity> sqlCall(const ResolveActivity& change) {
  constexpr const char* kSql = "WITH a AS (UPDATE suspicious_activity SET resolved = $2, resolved_at = CASE WHEN $2 THEN $4 END, "
    "resolved_by = CASE WHEN $2 THEN $3::uuid END WHERE id = $1 AND resolved <> $2 RETURNING *), "
    "audited AS (" KS_AUDIT_CTE("$5", "a") "), "
    "found AS (SELECT * FROM a UNION ALL SELECT * FROM suspicious_activity WHERE id = $1 "
    "AND NOT EXISTS (SELECT FROM a)) SELECT " KS_ACTIVITY_COLUMNS " FROM found a";
  SqlParameters parameters;
  parameters.uuid(change.id)
      .boolean(change.resolved)
      .optionalUuid(change.by)
      .time(change.now)
      .jsonbOrNull(formatAuditJson(change.audit));
  return {once(kSql), std::move(parameters), [](const SqlRows& rows) {
            return readFirst<ActivityRow>(rows, readActivity, ErrorCode::notFound);
          }};
}

}  // namespace ks
