#pragma once
#include "persistence/requestLogRepositoryInterface.hpp"
#include "persistence/sql/postgresPipeline.hpp"

namespace ks {

/// Reads metric_snapshot over a pipelined connection.
class PostgresRequestLogRepository final : public RequestLogRepositoryInterface {
 public:
  explicit PostgresRequestLogRepository(PostgresPipeline& pipeline) : pipeline_(pipeline) {}

  void list(RequestLogQuery query, Reply<RequestLogPage> reply) override;
  void verify(VerifyHour hour, Reply<HourVerification> reply) override;

 private:
  PostgresPipeline& pipeline_;
};

}  // namespace ks
