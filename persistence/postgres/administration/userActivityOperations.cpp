#include <memory>
#include <utility>

#include "core/text/pageCursor.hpp"
#include "persistence/postgres/monitoring/rollupQueries.hpp"
#include "persistence/postgres/monitoringCalls.hpp"
#include "persistence/sql/auditRows.hpp"

namespace ks {
namespace {

const SqlStatement kUserTotals{"users.totals", R"sql(
SELECT count(*) FILTER (WHERE status = 'pending'), count(*) FILTER (WHERE status = 'active'),
       count(*) FILTER (WHERE status = 'suspended'), count(*) FILTER (WHERE status = 'deleted'),
       (SELECT count(*) FROM sessions WHERE revoked_at IS NULL AND idle_expires_at > $2 AND absolute_expires_at > $2),
       (SELECT count(*) FROM users WHERE coalesce(last_login_at, 'epoch'::timestamptz) >= $1)
FROM users)sql",
                               true};

const SqlStatement kSignInCounts{"users.signInCounts", R"sql(
SELECT date_bin($3 * interval '1 second', at, $1), count(*) FILTER (WHERE action = 'auth.login' AND outcome = 'ok'),
       count(*) FILTER (WHERE action = 'auth.login' AND outcome <> 'ok'), count(*) FILTER (WHERE action = 'auth.register' AND outcome = 'ok')
FROM audit_log WHERE at >= $1 AND at < $2 AND action IN ('auth.login', 'auth.register') GROUP BY 1 ORDER BY 1)sql",
                                 true};

}  // namespace

SqlCall<UserActivityQuery> sqlCall(const UserActivityQuery& query) {
  constexpr const char* kSql = "SELECT " KS_AUDIT_COLUMNS R"sql( FROM audit_log WHERE seq IN (
  (SELECT seq FROM audit_log WHERE actor_id = $1 AND ($2::int8 IS NULL OR seq < $2) ORDER BY seq DESC LIMIT $3)
  UNION (SELECT seq FROM audit_log WHERE target_id = $1 AND ($2::int8 IS NULL OR seq < $2) ORDER BY seq DESC LIMIT $3))
ORDER BY seq DESC LIMIT $3)sql";
  if (auto fault = checkLimit(query.limit)) {
    return std::move(*fault);
  }
  const auto list = "activity|" + query.id.toString();
  std::optional<std::int64_t> before;
  if (!query.cursor.empty()) {
    const auto cursor = readPageCursor(list, query.cursor);
    if (!cursor) {
      return fieldFault(ErrorCode::cursorInvalid, "cursor", "the cursor is not one that this list gave out");
    }
    before = cursor->at.time_since_epoch().count();
  }
  SqlParameters parameters;
  parameters.text(query.id.toString()).optionalInt8(before).int8(static_cast<std::int64_t>(query.limit) + 1);
  return {repeatable(kSql), std::move(parameters), [list, limit = query.limit](const SqlRows& rows) {
            AuditPage page;
            page.rows = readAll<AuditEntry>(rows, readAuditEntry);
            if (page.rows.size() > limit) {
              page.rows.resize(limit);
              page.nextCursor = writePageCursor(list, {TimePoint{Milliseconds{page.rows.back().seq}}, {}});
            }
            return page;
          }};
}

void runStatements(PostgresPipeline& pipeline, UserStatisticsQuery query, Reply<UserStatistics> reply) {
  const auto statistics = std::make_shared<UserStatistics>();
  pipeline.enqueue(kUserTotals, std::move(SqlParameters().time(query.from).time(query.to)),
                   decodeRows<Done>(
                       kUserTotals.name, [](const Result<Done>&) {},
                       [statistics](const SqlRows& rows) {
                         const auto row = rows.row(0);
                         statistics->pending = row.count(0);
                         statistics->active = row.count(1);
                         statistics->suspended = row.count(2);
                         statistics->deleted = row.count(3);
                         statistics->total = statistics->pending + statistics->active + statistics->suspended;
                         statistics->activeSessions = row.count(4);
                         statistics->signedInSince = row.count(5);
                         return Done{};
                       }));
  pipeline.enqueue(
      kSignInCounts, std::move(SqlParameters().time(query.from).time(query.to).int8(query.intervalS)),
      decodeRows<UserStatistics>(kSignInCounts.name, std::move(reply), [statistics](const SqlRows& rows) {
        for (const auto row : rows) {
          statistics->intervals.push_back({row.time(0), row.count(1), row.count(2), row.count(3)});
        }
        return std::move(*statistics);
      }));
}

}  // namespace ks
