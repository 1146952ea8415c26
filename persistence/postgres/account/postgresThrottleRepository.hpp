#pragma once
#include "persistence/throttleRepositoryInterface.hpp"

namespace ks {

class PostgresPipeline;

/// ThrottleRepositoryInterface on a PostgreSQL pipeline, which must outlive it.
class PostgresThrottleRepository final : public ThrottleRepositoryInterface {
 public:
  explicit PostgresThrottleRepository(PostgresPipeline& pipeline) : pipeline_(pipeline) {}

  void admitAttempt(AdmitAttempt attempt, Reply<Admission> reply) override;
  void settleAttempt(SettleAttempt verdict, Reply<Done> reply) override;
  void clearAttempts(Bytes key, Reply<Done> reply) override;
  void countAttempts(CountAttempts count, Reply<std::int64_t> reply) override;
  void reportLock(ReportLock report, Reply<Done> reply) override;

 private:
  PostgresPipeline& pipeline_;
};

}  // namespace ks
