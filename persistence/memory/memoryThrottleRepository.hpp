#pragma once
#include "persistence/memory/memoryQueue.hpp"
#include "persistence/throttleRepositoryInterface.hpp"

namespace ks {

/// ThrottleRepositoryInterface on a MemoryDatabase; see MemoryAccountRepository.
class MemoryThrottleRepository final : public ThrottleRepositoryInterface {
 public:
  explicit MemoryThrottleRepository(MemoryQueue& queue) : queue_(queue) {}

  void admitAttempt(AdmitAttempt attempt, Reply<Admission> reply) override;
  void settleAttempt(SettleAttempt verdict, Reply<Done> reply) override;
  void clearAttempts(Bytes key, Reply<Done> reply) override;
  void countAttempts(CountAttempts count, Reply<std::int64_t> reply) override;
  void reportLock(ReportLock report, Reply<Done> reply) override;

 private:
  MemoryQueue& queue_;
};

}  // namespace ks
