#include "persistence/postgres/security/postgresSecurityLogRepository.hpp"

#include <utility>

#include "core/logging/eventRows.hpp"
#include "core/network/ipAddress.hpp"
#include "core/text/pageCursor.hpp"
#include "persistence/postgres/monitoring/rollupQueries.hpp"
#include "persistence/postgres/security/banRows.hpp"
#include "persistence/postgres/security/securityLogStatements.hpp"
#include "persistence/sql/combinedQuery.hpp"

namespace ks {
namespace {

namespace securityLogSql = securityLogStatements;

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
  activity.count = static_cast<std::uint64_t>(row.int64(6));
  activity.windowS = static_cast<std::uint64_t>(row.int64(7));
  activity.ban = row.text(8);
  activity.banNote = row.text(9);
  activity.addresses = row.textArray(10);
  activity.resolved = row.boolean(11);
  activity.resolvedAt = row.optionalTime(12);
  activity.resolvedBy = row.optionalUuid(13);
  return activity;
}

ViolationRow readViolation(const SqlRow& row) {
  return {row.uuid(0),        row.time(1),        std::string{row.text(2)},
          row.inetOrEmpty(3), row.textOrEmpty(4), static_cast<std::uint64_t>(row.int64(5)),
          row.textOrEmpty(6)};
}

void takeTotals(AddressReport& report, const SqlRows& rows) {
  const auto row = rows.row(0);
  const auto count = [&row](int column) { return static_cast<std::uint64_t>(row.int64(column)); };
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

void PostgresSecurityLogRepository::violations(ViolationQuery query, Reply<ViolationPage> reply) {
  auto address = addressFilter(query.remoteIp);
  if (!address.ok()) {
    reply(std::move(address.fault()));
    return;
  }
  auto plan = planRangePage(query.page, "violations|" + query.service + "|" + address.value());
  if (!plan.ok()) {
    reply(std::move(plan.fault()));
    return;
  }
  auto parameters = pageParameters(query.page, plan.value());
  parameters.text(query.service).inetOrNull(address.value());
  pipeline_.enqueue(
      securityLogSql::kViolations, std::move(parameters),
      decodeRows<ViolationPage>(
          securityLogSql::kViolations.name, std::move(reply), [plan = plan.value()](const SqlRows& rows) {
            return cutPage(plan, ViolationPage{readAll<ViolationRow>(rows, readViolation), {}},
                           [](const ViolationRow& row) { return row.at; });
          }));
}

void PostgresSecurityLogRepository::activities(ActivityQuery query, Reply<ActivityPage> reply) {
  auto address = addressFilter(query.remoteIp);
  if (!address.ok()) {
    reply(std::move(address.fault()));
    return;
  }
  const std::string resolved = query.resolved ? (*query.resolved ? "yes" : "no") : "";
  auto plan = planRangePage(
      query.page, "activities|" + query.type + "|" + query.severity + "|" + address.value() + "|" + resolved);
  if (!plan.ok()) {
    reply(std::move(plan.fault()));
    return;
  }
  auto parameters = pageParameters(query.page, plan.value());
  parameters.text(query.type).text(query.severity).inetOrNull(address.value());
  if (query.resolved) {
    parameters.boolean(*query.resolved);
  } else {
    parameters.null(SqlType::boolean);
  }
  pipeline_.enqueue(
      securityLogSql::kActivities, std::move(parameters),
      decodeRows<ActivityPage>(
          securityLogSql::kActivities.name, std::move(reply), [plan = plan.value()](const SqlRows& rows) {
            return cutPage(plan, ActivityPage{readAll<ActivityRow>(rows, readActivity), {}},
                           [](const ActivityRow& row) { return row.at; });
          }));
}

void PostgresSecurityLogRepository::bans(BanQuery query, Reply<BanPage> reply) {
  // Bans are kept for months: the list has no range, and any time may stand in its cursors.
  query.page.range = {TimePoint{}, query.now + std::chrono::hours{1}};
  auto planned = planPage(query.page, query.standing ? "bans|standing" : "bans|all");
  if (!planned.ok()) {
    reply(std::move(planned.fault()));
    return;
  }
  const auto plan = std::move(planned.value());
  SqlParameters parameters;
  parameters.optionalTime(plan.afterTime)
      .optionalUuid(plan.afterId)
      .int8(static_cast<std::int64_t>(plan.limit) + 1)
      .boolean(query.standing)
      .time(query.now);
  pipeline_.enqueue(
      securityLogSql::kBans, std::move(parameters),
      decodeRows<BanPage>(securityLogSql::kBans.name, std::move(reply), [plan](const SqlRows& rows) {
        return cutPage(plan, BanPage{readAll<IpBan>(rows, readBan), {}},
                       [](const IpBan& ban) { return ban.createdAt; });
      }));
}

void PostgresSecurityLogRepository::topViolators(TopViolatorQuery query, Reply<TopViolators> reply) {
  auto fault = checkRange(query.range, kWidestSecurityLog);
  if (!fault) {
    fault = checkLimit(query.limit);
  }
  if (fault) {
    reply(std::move(*fault));
    return;
  }
  pipeline_.enqueue(
      securityLogSql::kTopViolators,
      std::move(
          SqlParameters().time(query.range.from).time(query.range.to).int8(query.limit).time(query.now)),
      decodeRows<TopViolators>(securityLogSql::kTopViolators.name, std::move(reply), [](const SqlRows& rows) {
        return TopViolators{readAll<TopViolator>(rows, [](const SqlRow& row) {
          return TopViolator{
              row.inetOrEmpty(0), static_cast<std::uint64_t>(row.int64(1)), row.time(2),   row.time(3),
              row.textArray(4),   static_cast<std::uint64_t>(row.int64(5)), row.boolean(6)};
        })};
      }));
}

void PostgresSecurityLogRepository::address(AddressQuery query, Reply<AddressReport> reply) {
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
  add(single ? securityLogSql::kAddressTotals : securityLogSql::kNetworkTotals, ofRequests(), takeTotals);
  add(single ? securityLogSql::kAddressRequests : securityLogSql::kNetworkRequests, ofRequests(),
      [](AddressReport& made, const SqlRows& rows) {
        made.requests = readAll<AddressRequest>(rows, readRequest);
      });
  add(securityLogSql::kClientActivities, ofNetwork(), [](AddressReport& made, const SqlRows& rows) {
    made.activities = readAll<ActivityRow>(rows, readActivity);
  });
  add(securityLogSql::kClientBans, std::move(SqlParameters().text(report.network)),
      [](AddressReport& made, const SqlRows& rows) { made.bans = readAll<IpBan>(rows, readBan); });
  runCombinedQuery(pipeline_, std::move(statements), std::move(report), std::move(reply));
}

void PostgresSecurityLogRepository::resolve(ResolveActivity change, Reply<ActivityRow> reply) {
  pipeline_.enqueue(securityLogSql::kResolve,
                    std::move(SqlParameters()
                                  .uuid(change.id)
                                  .boolean(change.resolved)
                                  .optionalUuid(change.by)
                                  .time(change.now)
                                  .jsonbOrNull(formatAuditJson(change.audit))),
                    decodeRows<std::optional<ActivityRow>>(
                        securityLogSql::kResolve.name,
                        [reply](Result<std::optional<ActivityRow>> found) {
                          if (!found.ok()) {
                            reply(std::move(found.fault()));
                          } else if (!found.value()) {
                            reply(makeFault(ErrorCode::notFound));
                          } else {
                            reply(std::move(*found.value()));
                          }
                        },
                        [](const SqlRows& rows) {
                          return rows.empty() ? std::nullopt : std::optional(readActivity(rows.row(0)));
                        }));
}

}  // namespace ks
