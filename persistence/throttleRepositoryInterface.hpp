#pragma once
#include "core/result.hpp"
#include "messages/account/recoveryRecords.hpp"

namespace ks {

/// Counts of attempts, so that guessing and flooding have limits. As AccountRepositoryInterface in all else.
class ThrottleRepositoryInterface {
 public:
  virtual ~ThrottleRepositoryInterface() = default;

  /// Decides in one step whether the attempt may be made, and counts it as a failure.
  virtual void admitAttempt(AdmitAttempt attempt, Reply<Admission> reply) = 0;
  /// Makes the lock of a wrong try final, or takes back one that nobody has judged.
  virtual void settleAttempt(SettleAttempt verdict, Reply<Done> reply) = 0;
  /// After a right secret.
  virtual void clearAttempts(Bytes key, Reply<Done> reply) = 0;
  /// Counts against every limit; 0, or the seconds to wait. Not repeatable: each call counts.
  virtual void countAttempts(CountAttempts count, Reply<std::int64_t> reply) = 0;
  virtual void reportLock(ReportLock report, Reply<Done> reply) = 0;
};

}  // namespace ks
