#include "persistence/postgres/monitoring/retention.hpp"

#include <cstdio>
#include <string>
#include <utility>

#include "persistence/postgres/monitoring/retentionStatements.hpp"
#include "persistence/sql/auditSealing.hpp"

namespace ks {
namespace {

const SqlStatement kMakePartition{"collector.makePartition",
                                  "SELECT monitoring_make_partition($1, $2, 'epoch'::date + $3)"};
const SqlStatement kDropPartitions{"collector.dropPartitions",
                                   "SELECT monitoring_drop_partitions($1, $2, 'epoch'::date + $3)"};

/// Rotated files may come back for import for this long.
constexpr std::chrono::days kKeepFiles{400};
constexpr std::chrono::days kKeepTokens{2};
constexpr std::chrono::hours kKeepPendingFactors{1};
/// After their expiry, so that a late click is told "expired" and not "unknown".
constexpr std::chrono::days kKeepLinks{30};
/// After their end.
constexpr std::chrono::days kKeepBans{90};
/// Audit rows that one statement deletes, so that who writes waits for milliseconds only.
constexpr std::int32_t kAuditStep = 5000;
/// Sessions or registrations that one statement looks at, and statements in a run; the next run goes on.
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
  for (int i = 0; i < dropped.value().size(); ++i) {
    report.dropped.emplace_back(dropped.value().row(i).text(0));
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
    report.sessions += static_cast<std::uint64_t>(row.int64(0));
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

/// What people leave behind. Another process may be at it; then this one leaves it to that.
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
  const std::array<std::pair<const SqlStatement*, TimePoint>, 18> cleanings{
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
       {&kCleanGrants, plan.now},
       {&kCleanEmailChanges, plan.now},
       {&kCleanFiles, plan.now - kKeepFiles}}};
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
