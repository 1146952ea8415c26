#include <charconv>
#include <utility>

#include "core/network/ipAddress.hpp"
#include "core/text/pageCursor.hpp"
#include "core/text/timeText.hpp"
#include "persistence/postgres/monitoring/healthHistory.hpp"
#include "persistence/postgres/monitoring/rollupQueries.hpp"
#include "persistence/postgres/monitoringCalls.hpp"
#include "persistence/sql/auditRows.hpp"

#define KS_COMPONENT(name)                                                                                  \
  ", (count(*) FILTER (WHERE " name "_status = 'up'))::int8, (avg(" name "_latency_ms) FILTER (WHERE " name \
  "_status = 'up'))::float8"

namespace ks {
namespace {

constexpr std::int64_t kMostTraceEntries = 500;
constexpr std::chrono::days kMostTraceDays{31};

/// The list name of its cursors.
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

SqlCall<AuditQuery> sqlCall(const AuditQuery& query) {
  constexpr const char* kSql = "SELECT " KS_AUDIT_COLUMNS
                               " FROM audit_log WHERE ($1::text IS NULL OR actor_id = $1) "
                               "AND ($2::text IS NULL OR action = $2) AND ($3::text IS NULL OR outcome = $3) "
                               "AND ($4::inet IS NULL OR ip = $4) AND ($5::timestamptz IS NULL OR at >= $5) "
                               "AND ($6::timestamptz IS NULL OR at < $6) AND ($7::int8 IS NULL OR seq < $7) "
                               "ORDER BY seq DESC LIMIT $8";
  if (auto fault = checkAuditQuery(query)) {
    return std::move(*fault);
  }
  const auto after = takeAuditCursor(query);
  if (!after.ok()) {
    return after.fault();
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
  return {repeatable(kSql), std::move(parameters), [query](const SqlRows& rows) {
            AuditPage page;
            for (const auto row : rows) {
              page.rows.push_back(readAuditEntry(row));
            }
            if (page.rows.size() > query.limit) {
              page.rows.resize(query.limit);
              const auto& last = page.rows.back();
              page.nextCursor = writePageCursor(auditListOf(query), {last.at, std::to_string(last.seq)});
            }
            return page;
          }};
}

SqlCall<FindAuditEntry> sqlCall(const FindAuditEntry& query) {
  constexpr const char* kSql = "SELECT " KS_AUDIT_COLUMNS " FROM audit_log WHERE id = $1";
  return {repeatable(kSql), std::move(SqlParameters().uuid(query.id)), [](const SqlRows& rows) {
            return rows.empty() ? std::nullopt : std::optional{readAuditEntry(rows.row(0))};
          }};
}

// nginx writes its line at the end of a request; the trace begins with the request.
SqlCall<TraceQuery> sqlCall(const TraceQuery& query) {
  constexpr const char* kSql = R"sql(
WITH requests AS (
  SELECT $1::text AS id
  UNION SELECT request_id FROM audit_log
  WHERE $6::uuid IS NOT NULL AND target_id = $6::text AND target_type = 'payment' AND request_id IS NOT NULL
)
SELECT * FROM (
  SELECT timestamp - nginx_latency_ms * interval '1 millisecond' AS at, 'gateway' AS source, service,
         method || ' ' || url AS summary, status::text AS state,
         jsonb_strip_nulls(jsonb_build_object('route', route, 'remote_ip', host(remote_ip), 'user_id', user_id,
           'user_agent', user_agent, 'rate_limited', rate_limited, 'honeypot', honeypot, 'bytes_sent', bytes_sent,
           'latency_ms', nginx_latency_ms, 'backend_latency_ms', backend_latency_ms, 'logged_at', timestamp))::text AS details
  FROM metric_snapshot WHERE request_id IN (SELECT id FROM requests) AND timestamp >= $2 AND timestamp < $3
  UNION ALL
  SELECT timestamp, 'log', service, message, level,
         jsonb_strip_nulls(jsonb_build_object('id', id, 'label', label, 'type', type, 'process', process, 'user_id', user_id,
           'remote_ip', host(remote_ip), 'subject', subject, 'duration_ms', duration_ms, 'context', context))::text
  FROM system_log WHERE request_id IN (SELECT id FROM requests) AND timestamp >= $2 AND timestamp < $3
  UNION ALL
  SELECT at, 'audit', actor_type, action, outcome,
         jsonb_strip_nulls(jsonb_build_object('id', id, 'seq', seq, 'actor_id', actor_id, 'reason', reason, 'target_type', target_type,
           'target_id', target_id, 'session_id', session_id, 'remote_ip', host(ip), 'before', before, 'after', after))::text
  FROM audit_log WHERE $5 AND at >= $2 AND at < $3
    AND (request_id = $1 OR ($6::uuid IS NOT NULL AND target_id = $6::text AND target_type = 'payment'))
  UNION ALL
  SELECT at, 'payment', actor, type, to_status, jsonb_build_object('seq', seq, 'cause', cause, 'detail', detail)::text
  FROM payment_events WHERE payment_id = $6 AND at >= $2 AND at < $3
  UNION ALL
  SELECT sent_at, 'bank', partner, operation, coalesce(outcome, 'unanswered'),
         jsonb_strip_nulls(jsonb_build_object('external_id', external_id, 'status', http_status, 'code', code, 'message', message,
           'duration_ms', took_us / 1000.0))::text
  FROM bank_calls WHERE payment_id = $6 AND sent_at >= $2 AND sent_at < $3
  UNION ALL
  SELECT received_at, 'notice', 'bank', service, coalesce(answer_status::text, 'unanswered'),
         jsonb_build_object('id', id, 'external_id', external_id, 'processed_at', processed_at)::text
  FROM bank_notices WHERE payment_id = $6 AND received_at >= $2 AND received_at < $3
) entries ORDER BY at, array_position(ARRAY['gateway', 'audit', 'payment', 'log', 'bank', 'notice'], source) LIMIT $4)sql";
  if (query.range.to - query.range.from > kMostTraceDays) {
    return fieldFault(ErrorCode::rangeTooWide, "from", "the range may be at most 31 days");
  }
  SqlParameters parameters;
  parameters.text(query.requestId)
      .time(query.range.from)
      .time(query.range.to)
      .int8(kMostTraceEntries + 1)
      .boolean(query.withAudit)
      .optionalUuid(query.withPayments ? Uuid::parse(query.requestId).value_or(Uuid{}) : Uuid{});
  return {
      repeatable(kSql), std::move(parameters), [query](const SqlRows& rows) {
        Trace trace{query.requestId, query.range.from, query.range.to, {}, rows.size() > kMostTraceEntries};
        for (int i = 0; i < rows.size() && i < kMostTraceEntries; ++i) {
          const auto row = rows.row(i);
          trace.entries.push_back({row.time(0), row.textOrEmpty(1), row.textOrEmpty(2), row.textOrEmpty(3),
                                   row.textOrEmpty(4), JsonText{row.textOrEmpty(5)}});
        }
        return trace;
      }};
}

SqlCall<HealthHistoryQuery> sqlCall(const HealthHistoryQuery& query) {
  constexpr const char* kSql = "SELECT process, date_bin($3 * interval '1 second', at, $1), count(*)::int8" KS_COMPONENT(
        "db") KS_COMPONENT("redis")
        KS_COMPONENT("crypto") " FROM system_health_snapshot WHERE at >= $1 AND at < $2 "
                               "AND ($4::text IS NULL OR process = $4) GROUP BY 1, 2 ORDER BY 1, 2";
  auto planned = planHealthHistory(query);
  if (!planned.ok()) {
    return std::move(planned.fault());
  }
  const auto plan = planned.value();
  SqlParameters parameters;
  parameters.time(plan.range.from)
      .time(plan.range.to)
      .int8(static_cast<std::int64_t>(plan.intervalS))
      .textOrNull(query.process);
  return {repeatable(kSql), std::move(parameters), [plan](const SqlRows& rows) {
            std::vector<HealthBucket> buckets;
            for (const auto row : rows) {
              HealthBucket bucket{std::string{row.text(0)}, row.time(1), row.int64(2), {}};
              for (std::size_t part = 0; part < bucket.parts.size(); ++part) {
                const int column = 3 + 2 * static_cast<int>(part);
                bucket.parts[part] = {row.int64(column), row.optionalReal(column + 1)};
              }
              buckets.push_back(std::move(bucket));
            }
            return healthHistoryOf(plan, buckets);
          }};
}

}  // namespace ks
