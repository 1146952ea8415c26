#pragma once
#include "persistence/securityLogRepositoryInterface.hpp"
#include "persistence/sql/postgresPipeline.hpp"

namespace ks {

/// Violations, activities and bans (migrations 0002 and 0004) over a pipelined connection.
class PostgresSecurityLogRepository final : public SecurityLogRepositoryInterface {
 public:
  explicit PostgresSecurityLogRepository(PostgresPipeline& pipeline) : pipeline_(pipeline) {}

  void violations(ViolationQuery query, Reply<ViolationPage> reply) override;
  void activities(ActivityQuery query, Reply<ActivityPage> reply) override;
  void bans(BanQuery query, Reply<BanPage> reply) override;
  void topViolators(TopViolatorQuery query, Reply<TopViolators> reply) override;
  void address(AddressQuery query, Reply<AddressReport> reply) override;
  void resolve(ResolveActivity change, Reply<ActivityRow> reply) override;

 private:
  PostgresPipeline& pipeline_;
};

}  // namespace ks
