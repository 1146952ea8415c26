#include "persistence/postgres/monitoring/postgresEventQueryRepository.hpp"

#include <charconv>
#include <utility>

#include "core/network/ipAddress.hpp"
#include "core/text/pageCursor.hpp"
#include "core/text/timeText.hpp"
#include "persistence/postgres/monitoring/eventQueryStatements.hpp"
#include "persistence/postgres/monitoring/healthHistory.hpp"
#include "persistence/postgres/monitoring/rollupQueries.hpp"
#include "persistence/sql/auditRows.hpp"
#include "persistence/sql/auditVerification.hpp"

namespace ks {
namespace {

namespace eventSql = eventQueryStatements;

constexpr std::int64_t kMostTraceEntries = 500;
constexpr std::chrono::days kMostTraceDays{31};

/// What its cursors belong to.
std::string auditListOf(const AuditQuery& query) {
  const auto timeText = [](const std::optional<TimePoint>& time) { return time ? formatTime(*time) : ""; };
  std::string list = "audit";
  for (const auto& filter :
       {query.actor, query.action, query.outcome, query.ip, timeText(query.from), timeText(query.to)}) {
    list.append("\n").append(filter);
  }
  return list;
}

/// The last entry that was seen; nothing: from the newest.
Result<std::optional<std::int64_t>> takeAuditCursor(const AuditQuery& query) {
  if (query.cursor.empty()) {
    return std::optional<std::int64_t>{};
  }
  const auto cursor = readPageCursor(auditListOf(query), query.cursor);
  std::int64_t seq = 0;
  if (!cursor ||
      std::from_chars(cursor->key.data(), cursor->key.data() + cursor->key.size(), seq).ec != std::errc{}) {
    return fieldFault(ErrorCode::cursorInvalid, "cursor",
                      "the cursor is not one that this list gave out for these filters");
  }
  return std::optional{seq};
}

std::optional<Fault> checkAuditQuery(const AuditQuery& query) {
  if (!query.ip.empty() && !IpAddress::parse(query.ip)) {
    return fieldFault(ErrorCode::invalidFormat, "ip", "ip must be an IPv4 or IPv6 address");
  }
  if (query.from && query.to && *query.from >= *query.to) {
    return fieldFault(ErrorCode::outOfRange, "from", "from must be before to");
  }
  return checkLimit(query.limit);
}

}  // namespace

void PostgresEventQueryRepository::audit(AuditQuery query, Reply<AuditPage> reply) {
  if (auto fault = checkAuditQuery(query)) {
    reply(std::move(*fault));
    return;
  }
  const auto after = takeAuditCursor(query);
  if (!after.ok()) {
    reply(after.fault());
    return;
  }
  SqlParameters parameters;
  parameters.textOrNull(query.actor)
      .textOrNull(query.action)
      .textOrNull(query.outcome)
      .inetOrNull(query.ip)
      .optionalTime(query.from)
      .optionalTime(query.to)
      .optionalInt8(after.value())
      .int8(static_cast<std::int64_t>(query.limit) + 1);
  pipeline_.enqueue(
      eventSql::kAudit, std::move(parameters),
      decodeRows<AuditPage>(eventSql::kAudit.name, std::move(reply), [query](const SqlRows& rows) {
        AuditPage page;
        page.limit = query.limit;
        for (int i = 0; i < rows.size(); ++i) {
          page.entries.push_back(readAuditEntry(rows.row(i)));
        }
        if (page.entries.size() > query.limit) {
          page.entries.resize(query.limit);
          const auto& last = page.entries.back();
          page.nextCursor = writePageCursor(auditListOf(query), {last.at, std::to_string(last.seq)});
        }
        return page;
      }));
}

void PostgresEventQueryRepository::auditEntry(FindAuditEntry query, Reply<std::optional<AuditEntry>> reply) {
  pipeline_.enqueue(eventSql::kAuditEntry, std::move(SqlParameters().uuid(query.id)),
                    decodeRows<std::optional<AuditEntry>>(
                        eventSql::kAuditEntry.name, std::move(reply), [](const SqlRows& rows) {
                          return rows.empty() ? std::nullopt : std::optional{readAuditEntry(rows.row(0))};
                        }));
}

void PostgresEventQueryRepository::verifyAudit(VerifyAudit query, Reply<AuditStep> reply) {
  pipeline_.enqueue(
      kVerifyAudit,
      std::move(SqlParameters().int8(query.fromSeq).int8(static_cast<std::int64_t>(query.most))),
      decodeRows<AuditStep>(
          kVerifyAudit.name, std::move(reply),
          [query, sealer = sealer_](const SqlRows& rows) { return verifyAuditRows(rows, query, *sealer); }));
}

void PostgresEventQueryRepository::trace(TraceQuery query, Reply<Trace> reply) {
  if (query.range.to - query.range.from > kMostTraceDays) {
    reply(fieldFault(ErrorCode::rangeTooWide, "from", "the range may be at most 31 days"));
    return;
  }
  SqlParameters parameters;
  parameters.text(query.requestId)
      .time(query.range.from)
      .time(query.range.to)
      .int8(kMostTraceEntries + 1)
      .boolean(query.withAudit);
  pipeline_.enqueue(
      eventSql::kTrace, std::move(parameters),
      decodeRows<Trace>(eventSql::kTrace.name, std::move(reply), [query](const SqlRows& rows) {
        Trace trace{query.requestId, query.range.from, query.range.to, {}, rows.size() > kMostTraceEntries};
        for (int i = 0; i < rows.size() && i < kMostTraceEntries; ++i) {
          const auto row = rows.row(i);
          trace.entries.push_back({row.time(0), row.textOrEmpty(1), row.textOrEmpty(2), row.textOrEmpty(3),
                                   row.textOrEmpty(4), JsonText{row.textOrEmpty(5)}});
        }
        return trace;
      }));
}

void PostgresEventQueryRepository::healthHistory(HealthHistoryQuery query, Reply<HealthHistory> reply) {
  auto planned = planHealthHistory(query);
  if (!planned.ok()) {
    reply(std::move(planned.fault()));
    return;
  }
  const auto plan = planned.value();
  SqlParameters parameters;
  parameters.time(plan.range.from)
      .time(plan.range.to)
      .int8(static_cast<std::int64_t>(plan.intervalS))
      .textOrNull(query.process);
  pipeline_.enqueue(
      eventSql::kHealthHistory, std::move(parameters),
      decodeRows<HealthHistory>(eventSql::kHealthHistory.name, std::move(reply), [plan](const SqlRows& rows) {
        std::vector<HealthBucket> buckets;
        for (int i = 0; i < rows.size(); ++i) {
          const auto row = rows.row(i);
          HealthBucket bucket{std::string{row.text(0)}, row.time(1), row.int64(2), {}};
          for (std::size_t part = 0; part < bucket.parts.size(); ++part) {
            const int column = 3 + 2 * static_cast<int>(part);
            bucket.parts[part] = {row.int64(column), row.optionalReal(column + 1)};
          }
          buckets.push_back(std::move(bucket));
        }
        return healthHistoryOf(plan, buckets);
      }));
}

}  // namespace ks
