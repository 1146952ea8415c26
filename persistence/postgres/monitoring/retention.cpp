#include "persistence/postgres/monitoring/retention.hpp"

#include <cstdio>
#include <string>
#include <utility>

#include "persistence/sql/auditSealing.hpp"

namespace ks {
namespace {

// What is deleted where whole partitions do not do it: $1 is the time before which rows go.
const SqlStatement kCleanViolationDefault{"collector.cleanViolationDefault",
                                          "DELETE FROM rate_limit_violation_default WHERE timestamp < $1"};
const SqlStatement kCleanRowDefault{"collector.cleanRowDefault",
                                    "DELETE FROM metric_snapshot_default WHERE timestamp < $1"};
const SqlStatement kCleanMinuteDefault{"collector.cleanMinuteDefault",
                                       "DELETE FROM metric_rollup_minute_default WHERE bucket_start < $1"};
const SqlStatement kCleanHours{"collector.cleanHours",
                               "DELETE FROM metric_rollup_hour WHERE hour_start < $1"};
const SqlStatement kCleanTokens{"collector.cleanTokens", "DELETE FROM violation_drain WHERE stored_at < $1"};
const SqlStatement kCleanBadLines{"collector.cleanBadLines", "DELETE FROM log_bad_line WHERE at < $1"};
const SqlStatement kCleanHealthDefault{"collector.cleanHealthDefault",
                                       "DELETE FROM system_health_snapshot_default WHERE at < $1"};
const SqlStatement kCleanActivityDefault{"collector.cleanActivityDefault",
                                         "DELETE FROM suspicious_activity_default WHERE timestamp < $1"};
const SqlStatement kCleanBans{"collector.cleanBans", "DELETE FROM ip_ban WHERE expires_at < $1"};
const SqlStatement kCleanLogDefault{"collector.cleanLogDefault",
                                    "DELETE FROM system_log_default WHERE timestamp < $1"};
const SqlStatement kCleanLinks{"collector.cleanLinks", "DELETE FROM one_time_tokens WHERE expires_at < $1"};
/// Counts are useless after a day. Permanent locks stay long, whether the account exists
/// or not: different treatment would reveal which.
const SqlStatement kCleanThrottle{
    "collector.cleanThrottle",
    "DELETE FROM login_throttle WHERE last_at < $1 "
    "AND (locked_until IS DISTINCT FROM 'infinity' OR last_at < $1 - interval '400 days')"};
/// The account side treats them as expired long before (AuthPolicy::pendingFactorLife).
const SqlStatement kCleanPendingFactors{
    "collector.cleanPendingFactors", "DELETE FROM mfa_factors WHERE status = 'pending' AND created_at < $1"};
const SqlStatement kCleanAttempts{"collector.cleanAttempts", "DELETE FROM attempt_window WHERE ends_at < $1"};
const SqlStatement kCleanEmailChanges{
    "collector.cleanEmailChanges",
    "WITH account AS (UPDATE users SET pending_email = NULL, version = version + 1 FROM email_changes c "
    "WHERE users.id = c.user_id AND c.state = 'open' AND c.undo_expires_at < $1) "
    "DELETE FROM email_changes WHERE undo_expires_at < $1"};
const SqlStatement kCleanChallenges{"collector.cleanChallenges",
                                    "DELETE FROM mfa_challenges WHERE expires_at < $1"};
const SqlStatement kCleanPaymentKeys{"collector.cleanPaymentKeys",
                                     "DELETE FROM payment_idempotency_keys WHERE created_at < $1"};
const SqlStatement kCleanBankCalls{"collector.cleanBankCalls", "DELETE FROM bank_calls WHERE sent_at < $1"};
/// A run that found something stays with it.
const SqlStatement kCleanReconciliations{
    "collector.cleanReconciliations",
    "DELETE FROM reconciliation_runs r WHERE r.created_at < $1 "
    "AND NOT EXISTS (SELECT FROM reconciliation_items i WHERE i.run_id = r.id)"};
const SqlStatement kCleanGrants{"collector.cleanGrants",
                                "DELETE FROM superadmin_grants WHERE expires_at < $1"};
/// One process at a time; released when the database session ends.
const SqlStatement kLockAccounts{"collector.lockAccounts",
                                 "SELECT pg_try_advisory_lock(hashtextextended('retention.accounts', 0))"};
const SqlStatement kUnlockAccounts{"collector.unlockAccounts",
                                   "SELECT pg_advisory_unlock(hashtextextended('retention.accounts', 0))"};
/// $1 ended before, $2 ids above, $3 most rows to look at, $4 ids below (of the time $1: no younger session
/// can be over); gives how many went, how many were looked at and the last of them. Ids are in the order of
/// time, so that those which have ended come first; an index on their end would cost every refresh more than
/// it is worth here.
const SqlStatement kCleanSessions{"collector.cleanSessions", R"sql(
WITH page AS (
  SELECT id, revoked_at < $1 OR least(idle_expires_at, absolute_expires_at) < $1 AS over FROM sessions
  WHERE id > $2 AND id < $4 ORDER BY id LIMIT $3
), gone AS (
  DELETE FROM sessions USING page WHERE sessions.id = page.id AND page.over RETURNING sessions.id
)
SELECT (SELECT count(*) FROM gone)::int8, (SELECT count(*) FROM page)::int8, (SELECT id FROM page ORDER BY id DESC LIMIT 1))sql"};
/// $1 registered before, $2 now, $3 most rows; returns the number deleted. One with a valid link, even if
/// requested again recently or sent by an administrator, is kept.
const SqlStatement kCleanRegistrations{"collector.cleanRegistrations", R"sql(
WITH gone AS (
  DELETE FROM users WHERE id IN (
    SELECT u.id FROM users u WHERE u.registered_at < $1 AND u.status = 'pending' AND u.email_verified_at IS NULL
      AND NOT EXISTS (SELECT FROM one_time_tokens t WHERE t.user_id = u.id AND t.consumed_at IS NULL AND t.expires_at > $2)
    ORDER BY u.registered_at LIMIT $3 FOR UPDATE SKIP LOCKED)
  RETURNING id
)
SELECT count(*)::int8 FROM gone)sql"};
const SqlStatement kCleanFiles{"collector.cleanFiles",
                               "DELETE FROM log_file WHERE state = 'done' AND updated_at < $1"};
const SqlStatement kCleanBankTokens{"collector.cleanBankTokens",
                                    "DELETE FROM bank_tokens WHERE expires_at < $1"};
/// By their day, which the index of the external ids begins with.
const SqlStatement kCleanBankNotices{
    "collector.cleanBankNotices",
    "DELETE FROM bank_notices WHERE day < ($1::timestamptz AT TIME ZONE 'Asia/Jakarta')::date"};
const SqlStatement kSummarize{"collector.summarize", "SELECT monitoring_summarize()"};

const SqlStatement kMakePartition{"collector.makePartition",
                                  "SELECT monitoring_make_partition($1, $2, 'epoch'::date + $3)"};
const SqlStatement kDropPartitions{"collector.dropPartitions",
                                   "SELECT monitoring_drop_partitions($1, $2, 'epoch'::date + $3)"};

/// Rotated files may come back for import for this long.
constexpr std::chrono::days kKeepFiles{400};
constexpr std::chrono::days kKeepTokens{2};
constexpr std::chrono::days kKeepBankTokens{1};
/// Longer than a bank is asked about a payment.
constexpr std::chrono::days kKeepBankNotices{400};
constexpr std::chrono::hours kKeepPendingFactors{1};
/// After their expiry, so a late click gets "expired" and not "unknown".
constexpr std::chrono::days kKeepLinks{30};
/// After their end.
constexpr std::chrono::days kKeepBans{90};
/// A request that comes again after this time is a new one; its merchant reference still finds the payment.
constexpr std::chrono::days kKeepPaymentKeys{30};
/// A year of the bank's, and time to look into it.
constexpr std::chrono::days kKeepBankCalls{400};
/// As long as the calls of it.
constexpr std::chrono::days kKeepReconciliations{400};
/// Audit rows that one statement deletes, so that who writes waits for milliseconds only.
constexpr std::int32_t kAuditStep = 5000;
/// Sessions or registrations that one statement looks at, and statements in a run; the next run continues.
constexpr std::int32_t kAccountStep = 2000;
constexpr int kMostAccountSteps = 250;

Result<Done> turnPartitions(PostgresSession& session, const PartitionedTable& parent, std::int64_t today,
                            std::int64_t oldest, RetentionReport& report) {
  for (const auto day : {today, today + 1}) {
    auto made = makePartition(session, parent, day);
    if (!made.ok()) {
      return std::move(made.fault());
    }
    if (made.value()) {
      report.created.push_back(std::string(parent.table) + " day " + std::to_string(day));
    }
  }
  auto dropped = session.exec(
      kDropPartitions,
      SqlParameters().text(parent.table).text(parent.timeColumn).int4(static_cast<std::int32_t>(oldest)));
  if (!dropped.ok()) {
    return std::move(dropped.fault());
  }
  for (const auto row : dropped.value()) {
    report.dropped.emplace_back(row.text(0));
  }
  return Done{};
}

Result<Done> retainAudit(AuditSealing sealing, const RetentionPlan& plan, RetentionReport& report) {
  const TimePoint before = plan.now - std::chrono::days{plan.keepAuditDays};
  for (std::int64_t gone = kAuditStep; gone == kAuditStep;) {
    auto retained = sealing.retain(before, kAuditStep);
    if (!retained.ok()) {
      return std::move(retained.fault());
    }
    gone = retained.value();
    report.deletedRows += static_cast<std::uint64_t>(gone);
  }
  return Done{};
}

Result<Done> cleanSessions(PostgresSession& session, const RetentionPlan& plan, RetentionReport& report) {
  const TimePoint before = plan.now - std::chrono::days{plan.keepSessionDays};
  Uuid above = plan.sessionsLookedAt;
  for (int step = 0; step < kMostAccountSteps; ++step) {
    auto cleaned =
        session.exec(kCleanSessions,
                     SqlParameters().time(before).uuid(above).int4(kAccountStep).uuid(Uuid::firstOf(before)));
    if (!cleaned.ok()) {
      return std::move(cleaned.fault());
    }
    const auto row = cleaned.value().row(0);
    report.sessions += row.count(0);
    if (row.int64(1) < kAccountStep) {
      return Done{};
    }
    above = row.uuid(2);
  }
  report.sessionsLookedAt = above;
  report.unfinished = true;
  return Done{};
}

Result<Done> cleanRegistrations(PostgresSession& session, const RetentionPlan& plan,
                                RetentionReport& report) {
  const TimePoint before = plan.now - std::chrono::days{plan.keepRegistrationDays};
  for (int step = 0; step < kMostAccountSteps; ++step) {
    auto cleaned =
        session.exec(kCleanRegistrations, SqlParameters().time(before).time(plan.now).int4(kAccountStep));
    if (!cleaned.ok()) {
      return std::move(cleaned.fault());
    }
    const auto gone = cleaned.value().row(0).int64(0);
    report.registrations += static_cast<std::uint64_t>(gone);
    if (gone < kAccountStep) {
      return Done{};
    }
  }
  report.unfinished = true;
  return Done{};
}

/// Leftover rows of accounts. If another process is deleting them, this one does nothing.
Result<Done> retainAccounts(PostgresSession& session, const RetentionPlan& plan, RetentionReport& report) {
  auto locked = session.exec(kLockAccounts);
  if (!locked.ok()) {
    return std::move(locked.fault());
  }
  if (!locked.value().row(0).boolean(0)) {
    return Done{};
  }
  auto cleaned = cleanSessions(session, plan, report);
  if (cleaned.ok()) {
    cleaned = cleanRegistrations(session, plan, report);
  }
  if (auto unlocked = session.exec(kUnlockAccounts); cleaned.ok() && !unlocked.ok()) {
    return std::move(unlocked.fault());
  }
  return cleaned;
}

}  // namespace

std::string partitionOf(const PartitionedTable& parent, std::int64_t day) {
  const std::chrono::year_month_day date{std::chrono::sys_days{std::chrono::days{day}}};
  char text[16];
  std::snprintf(text, sizeof text, "_%04d%02u%02u", static_cast<int>(date.year()),
                static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
  return parent.table + std::string(text);
}

Result<bool> makePartition(PostgresSession& session, const PartitionedTable& parent, std::int64_t day) {
  auto made = session.exec(
      kMakePartition,
      SqlParameters().text(parent.table).text(parent.timeColumn).int4(static_cast<std::int32_t>(day)));
  if (!made.ok()) {
    return std::move(made.fault());
  }
  return made.value().row(0).boolean(0);
}

Result<RetentionReport> retainData(PostgresSession& session, const RetentionPlan& plan,
                                   const std::shared_ptr<const AuditSealerInterface>& sealer) {
  RetentionReport report;
  const std::int64_t today = dayOf(plan.now);
  const std::int64_t oldest = today - static_cast<std::int64_t>(plan.keepDays);
  std::vector<PartitionedTable> tables{kCollectorTables.begin(), kCollectorTables.end()};
  tables.insert(tables.end(), kEventTables.begin(), kEventTables.end());
  for (const auto& parent : tables) {
    if (auto turned = turnPartitions(session, parent, today, oldest, report); !turned.ok()) {
      return std::move(turned.fault());
    }
  }
  const TimePoint cut{std::chrono::days{oldest}};
  const std::array<std::pair<const SqlStatement*, TimePoint>, 23> cleanings{
      {{&kCleanRowDefault, cut},
       {&kCleanMinuteDefault, cut},
       {&kCleanViolationDefault, cut},
       {&kCleanLogDefault, cut},
       {&kCleanHealthDefault, cut},
       {&kCleanActivityDefault, cut},
       {&kCleanBans, plan.now - kKeepBans},
       {&kCleanBadLines, cut},
       {&kCleanHours, TimePoint{std::chrono::days{today}} - std::chrono::days{plan.keepHourDays}},
       {&kCleanTokens, plan.now - kKeepTokens},
       {&kCleanLinks, plan.now - kKeepLinks},
       {&kCleanThrottle, plan.now - kKeepTokens},
       {&kCleanPendingFactors, plan.now - kKeepPendingFactors},
       {&kCleanAttempts, plan.now - kKeepTokens},
       {&kCleanChallenges, plan.now - kKeepTokens},
       {&kCleanPaymentKeys, plan.now - kKeepPaymentKeys},
       {&kCleanBankCalls, plan.now - kKeepBankCalls},
       {&kCleanReconciliations, plan.now - kKeepReconciliations},
       {&kCleanGrants, plan.now},
       {&kCleanEmailChanges, plan.now},
       {&kCleanFiles, plan.now - kKeepFiles},
       {&kCleanBankTokens, plan.now - kKeepBankTokens},
       {&kCleanBankNotices, plan.now - kKeepBankNotices}}};
  for (const auto& [statement, before] : cleanings) {
    auto cleaned = session.exec(*statement, SqlParameters().time(before));
    if (!cleaned.ok()) {
      return std::move(cleaned.fault());
    }
    report.deletedRows += static_cast<std::uint64_t>(cleaned.value().affected());
  }
  if (auto retained = retainAccounts(session, plan, report); !retained.ok()) {
    return std::move(retained.fault());
  }
  if (auto retained = retainAudit({session, sealer}, plan, report); !retained.ok()) {
    return std::move(retained.fault());
  }
  if (auto summarized = session.exec(kSummarize); !summarized.ok()) {
    return std::move(summarized.fault());
  }
  return report;
}

}  // namespace ks
