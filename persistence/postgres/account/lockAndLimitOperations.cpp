#include <span>
#include <utility>
#include <vector>

#include "core/logging/eventRows.hpp"
#include "persistence/postgres/storageCalls.hpp"
#include "persistence/sql/auditStatements.hpp"
#include "persistence/sql/repositorySteps.hpp"

/// Seconds of the ladder $6, $7 for `failures`; -1: permanent. lockAfter() of core/settings/lockLadder.hpp is
/// the same rule, for the engine in memory.
#define KS_LOCK_SECONDS(failures)                                            \
  "coalesce((SELECT step.s FROM unnest($6::int4[], $7::int4[]) step (f, s) " \
  "WHERE step.f <= " failures " ORDER BY step.f DESC LIMIT 1), 0)"

#define KS_LOCKED_UNTIL(seconds)                      \
  "CASE WHEN " seconds " = 0 THEN NULL WHEN " seconds \
  " < 0 THEN 'infinity'::timestamptz "                \
  "ELSE $4 + " seconds " * interval '1 second' END"

namespace ks {

// The row's lock makes parallel attempts wait for each other's count. An attempt that is repeated after a
// lost answer knows itself by its id, unless another came between: then it counts twice. Refused without a
// lock in the statement's own snapshot: another attempt has just made it, and may be right.
SqlCall<AdmitAttempt> sqlCall(const AdmitAttempt& attempt) {
  constexpr const char* kSql = "WITH admitted AS ("
    "INSERT INTO login_throttle AS t (key, user_id, failures, last_try, last_at, lock_seconds, locked_until, "
    "judged) "
    "SELECT $1, $2, 1, $3, $4, w.s, " KS_LOCKED_UNTIL("w.s") ", w.s = 0 FROM (SELECT " KS_LOCK_SECONDS("1")
    " AS s) w "
    "ON CONFLICT (key) DO UPDATE SET (user_id, failures, last_try, last_at, lock_seconds, locked_until, "
    "judged, ended_lock_seconds) = ("
    "SELECT $2, n.failures, $3, $4, n.s, " KS_LOCKED_UNTIL("n.s")
    ", n.s = 0, CASE WHEN t.locked_until IS NULL THEN 0 ELSE t.lock_seconds END "
    "FROM (SELECT c.failures, " KS_LOCK_SECONDS("c.failures")
    " AS s FROM (SELECT CASE WHEN t.last_at < $5 THEN 1 ELSE t.failures + 1 END AS failures) c) n) "
    "WHERE t.last_try <> $3 AND (t.locked_until IS NULL OR t.locked_until <= $4) "
    "RETURNING true, false, failures, lock_seconds, ended_lock_seconds) "
    "SELECT * FROM admitted UNION ALL "
    "SELECT t.last_try = $3, "
    "t.last_try <> $3 AND (t.locked_until IS NULL OR t.locked_until <= $4 OR (NOT t.judged AND t.last_at > "
    "$8)), t.failures, "
    "CASE WHEN t.last_try = $3 THEN t.lock_seconds WHEN t.locked_until = 'infinity' THEN -1 "
    "ELSE greatest(1, ceil(extract(epoch FROM t.locked_until - $4))::int4) END, "
    "t.ended_lock_seconds "
    "FROM login_throttle t WHERE t.key = $1 AND NOT EXISTS (SELECT FROM admitted)";
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
  return {repeatable(kSql), std::move(parameters), [](const SqlRows& rows) {
            if (rows.empty()) {
              return Admission{false, true, 0, 1, 0};
            }
            const auto row = rows.row(0);
            return Admission{row.boolean(0), row.boolean(1), static_cast<std::int32_t>(row.int64(2)),
                             static_cast<std::int32_t>(row.int64(3)),
                             static_cast<std::int32_t>(row.int64(4))};
          }};
}

// A verdict on a try other than the last one decides no lock.
SqlCall<SettleAttempt> sqlCall(const SettleAttempt& verdict) {
  constexpr const char* kSql =
      "UPDATE login_throttle SET failures = failures - CASE WHEN $3 THEN 0 ELSE least(failures, 1) END, "
      "judged = judged OR last_try = $2, "
      "lock_seconds = CASE WHEN $3 OR last_try <> $2 THEN lock_seconds ELSE 0 END, "
      "locked_until = CASE WHEN $3 OR last_try <> $2 THEN locked_until END "
      "WHERE key = $1 AND (last_try = $2 OR NOT $3)";
  return {once(kSql),
          std::move(SqlParameters().bytea(verdict.key).uuid(verdict.tryId).boolean(verdict.wrong)), readDone};
}

SqlCall<ClearAttempts> sqlCall(const ClearAttempts& operation) {
  constexpr const char* kSql = "DELETE FROM login_throttle WHERE key = $1";
  return {repeatable(kSql), std::move(SqlParameters().bytea(operation.key)), readDone};
}

SqlCall<CountAttempts> sqlCall(const CountAttempts& count) {
  constexpr const char* kSql = R"sql(
WITH asked AS (
  SELECT * FROM unnest($1::bytea[], $2::int4[], $3::int4[]) a (key, most, seconds)
), counted AS (
  INSERT INTO attempt_window AS w (key, ends_at, attempts)
  SELECT key, $4 + seconds * interval '1 second', 1 FROM asked
  ON CONFLICT (key) DO UPDATE SET attempts = CASE WHEN w.ends_at <= $4 THEN 1 ELSE least(w.attempts, 1000000) + 1 END,
                                  ends_at = CASE WHEN w.ends_at <= $4 THEN excluded.ends_at ELSE w.ends_at END
  RETURNING key, ends_at, attempts
)
SELECT coalesce(max(greatest(1, ceil(extract(epoch FROM counted.ends_at - $4)))) FILTER (WHERE counted.attempts > asked.most), 0)::int8
FROM counted JOIN asked USING (key))sql";
  std::vector<std::span<const std::uint8_t>> keys;
  std::vector<std::int32_t> most;
  std::vector<std::int32_t> seconds;
  for (const auto& limit : count.limits) {
    keys.emplace_back(limit.key);
    most.push_back(limit.limit);
    seconds.push_back(limit.seconds);
  }
  return {once(kSql),
          std::move(SqlParameters().byteaArray(keys).int4Array(most).int4Array(seconds).time(count.now)),
          [](const SqlRows& rows) { return rows.row(0).int64(0); }};
}

SqlCall<ReportLock> sqlCall(const ReportLock& report) {
  constexpr const char* kSql = R"sql(
WITH account AS (
  SELECT locale FROM users WHERE id = $1 AND deleted_at IS NULL
), mail AS (
  INSERT INTO email_outbox (id, template, locale, to_enc, payload_enc, next_at, created_at)
  SELECT $2, $3, coalesce(account.locale, $4), $5, $6, $7, $7 FROM account ON CONFLICT DO NOTHING
), audit AS ()sql" KS_AUDIT_CTE("$8", "(VALUES (1)) one") R"sql()
SELECT 1)sql";
  SqlParameters parameters;
  parameters.optionalUuid(report.tell);
  addMail(parameters, report.mail).time(report.now).jsonbOrNull(formatAuditJson(report.audit));
  return {repeatable(kSql), std::move(parameters), readDone};
}

}  // namespace ks
