#include <algorithm>
#include <utility>

#include "persistence/memory/memoryCalls.hpp"
#include "persistence/memory/memoryRules.hpp"

namespace ks {
namespace {

/// Whole seconds until `then`, rounded up, at least one.
std::int32_t secondsLeft(TimePoint then, TimePoint now) {
  const auto left = std::chrono::ceil<std::chrono::seconds>(then - now).count();
  return static_cast<std::int32_t>(std::max<std::int64_t>(left, 1));
}

std::optional<TimePoint> endOfLock(std::int32_t seconds, TimePoint now) {
  if (seconds == 0) {
    return std::nullopt;
  }
  return seconds == LockStep::kForever ? TimePoint::max() : now + std::chrono::seconds{seconds};
}

}  // namespace

Result<Admission> runInMemory(MemoryDatabase& database, const AdmitAttempt& attempt) {
  auto& row = database.throttles[attempt.key];
  if (row.failures > 0 && row.lastTry == attempt.tryId) {
    return Admission{true, false, row.failures, row.lockSeconds, row.endedLockSeconds};
  }
  if (row.lockedUntil && *row.lockedUntil > attempt.now) {
    return Admission{false, !row.judged && row.lastAt > attempt.judgedSince, row.failures,
                     row.lockSeconds == LockStep::kForever ? LockStep::kForever
                                                           : secondsLeft(*row.lockedUntil, attempt.now),
                     row.endedLockSeconds};
  }
  row.endedLockSeconds = row.lockedUntil ? row.lockSeconds : 0;
  row.failures = row.lastAt < attempt.countedSince ? 1 : row.failures + 1;
  row.userId = attempt.userId;
  row.lastTry = attempt.tryId;
  row.lastAt = attempt.now;
  row.lockSeconds = lockAfter(attempt.ladder, row.failures);
  row.lockedUntil = endOfLock(row.lockSeconds, attempt.now);
  row.judged = row.lockSeconds == 0;
  return Admission{true, false, row.failures, row.lockSeconds, row.endedLockSeconds};
}

Result<Done> runInMemory(MemoryDatabase& database, const SettleAttempt& verdict) {
  const auto found = database.throttles.find(verdict.key);
  if (found == database.throttles.end()) {
    return Done{};
  }
  auto& row = found->second;
  const bool last = row.lastTry == verdict.tryId;
  row.judged = row.judged || last;
  if (!verdict.wrong) {
    row.failures -= std::min(row.failures, 1);
    if (last) {
      row.lockSeconds = 0;
      row.lockedUntil.reset();
    }
  }
  return Done{};
}

Result<Done> runInMemory(MemoryDatabase& database, const ClearAttempts& operation) {
  database.throttles.erase(operation.key);
  return Done{};
}

Result<std::int64_t> runInMemory(MemoryDatabase& database, const CountAttempts& count) {
  std::int64_t wait = 0;
  for (const auto& limit : count.limits) {
    auto& window = database.attemptWindows[limit.key];
    if (window.attempts == 0 || window.endsAt <= count.now) {
      window = {count.now + std::chrono::seconds{limit.seconds}, 0};
    }
    if (++window.attempts > limit.limit) {
      wait = std::max<std::int64_t>(wait, secondsLeft(window.endsAt, count.now));
    }
  }
  return wait;
}

Result<Done> runInMemory(MemoryDatabase& database, const ReportLock& report) {
  const auto user = report.tell ? database.users.find(*report.tell) : database.users.end();
  if (user != database.users.end() && user->second.status != UserStatus::deleted) {
    memoryRules::storeMail(database, report.mail, report.now);
  }
  memoryRules::noteAudit(database, report.audit);
  return Done{};
}

}  // namespace ks
