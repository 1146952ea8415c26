#include "persistence/postgres/account/postgresThrottleRepository.hpp"

#include <utility>

#include "core/logging/eventRows.hpp"
#include "persistence/postgres/account/throttleStatements.hpp"
#include "persistence/sql/postgresPipeline.hpp"
#include "persistence/sql/repositorySteps.hpp"

namespace ks {

void PostgresThrottleRepository::admitAttempt(AdmitAttempt attempt, Reply<Admission> reply) {
  const auto& statement = throttleStatements::kAdmitAttempt;
  std::vector<std::int32_t> failures;
  std::vector<std::int32_t> seconds;
  for (const auto& step : attempt.ladder) {
    failures.push_back(step.failures);
    seconds.push_back(step.seconds);
  }
  SqlParameters parameters;
  parameters.bytea(attempt.key)
      .optionalUuid(attempt.userId)
      .uuid(attempt.tryId)
      .time(attempt.now)
      .time(attempt.countedSince)
      .int4Array(failures)
      .int4Array(seconds)
      .time(attempt.judgedSince);
  pipeline_.enqueue(statement, std::move(parameters),
                    decodeRows<Admission>(statement.name, std::move(reply), [](const SqlRows& rows) {
                      if (rows.empty()) {
                        return Admission{false, true, 0, 1, 0};
                      }
                      const auto row = rows.row(0);
                      return Admission{
                          row.boolean(0), row.boolean(1), static_cast<std::int32_t>(row.int64(2)),
                          static_cast<std::int32_t>(row.int64(3)), static_cast<std::int32_t>(row.int64(4))};
                    }));
}

void PostgresThrottleRepository::settleAttempt(SettleAttempt verdict, Reply<Done> reply) {
  const auto& statement = throttleStatements::kSettleAttempt;
  pipeline_.enqueue(statement,
                    std::move(SqlParameters().bytea(verdict.key).uuid(verdict.tryId).boolean(verdict.wrong)),
                    decodeDone(statement, std::move(reply)));
}

void PostgresThrottleRepository::clearAttempts(Bytes key, Reply<Done> reply) {
  const auto& statement = throttleStatements::kClearAttempts;
  pipeline_.enqueue(statement, std::move(SqlParameters().bytea(key)),
                    decodeDone(statement, std::move(reply)));
}

void PostgresThrottleRepository::countAttempts(CountAttempts count, Reply<std::int64_t> reply) {
  const auto& statement = throttleStatements::kCountAttempts;
  std::vector<Bytes> keys;
  std::vector<std::int32_t> most;
  std::vector<std::int32_t> seconds;
  for (auto& limit : count.limits) {
    keys.push_back(std::move(limit.key));
    most.push_back(limit.limit);
    seconds.push_back(limit.seconds);
  }
  pipeline_.enqueue(
      statement,
      std::move(SqlParameters().byteaArray(keys).int4Array(most).int4Array(seconds).time(count.now)),
      decodeRows<std::int64_t>(statement.name, std::move(reply),
                               [](const SqlRows& rows) { return rows.row(0).int64(0); }));
}

void PostgresThrottleRepository::reportLock(ReportLock report, Reply<Done> reply) {
  const auto& statement = throttleStatements::kReportLock;
  SqlParameters parameters;
  parameters.optionalUuid(report.tell);
  addMail(parameters, report.mail).time(report.now).jsonbOrNull(formatAuditJson(report.audit));
  pipeline_.enqueue(statement, std::move(parameters), decodeDone(statement, std::move(reply)));
}

}  // namespace ks
