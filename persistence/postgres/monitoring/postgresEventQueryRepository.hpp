#pragma once
#include <memory>
#include <utility>

#include "core/auditSealerInterface.hpp"
#include "persistence/eventQueryRepositoryInterface.hpp"
#include "persistence/sql/postgresPipeline.hpp"

namespace ks {

/// Reads the events of migration 0003 over a pipelined connection.
class PostgresEventQueryRepository final : public EventQueryRepositoryInterface {
 public:
  PostgresEventQueryRepository(PostgresPipeline& pipeline, std::shared_ptr<const AuditSealerInterface> sealer)
      : pipeline_(pipeline), sealer_(std::move(sealer)) {}

  void audit(AuditQuery query, Reply<AuditPage> reply) override;
  void auditEntry(FindAuditEntry query, Reply<std::optional<AuditEntry>> reply) override;
  void verifyAudit(VerifyAudit query, Reply<AuditStep> reply) override;
  void trace(TraceQuery query, Reply<Trace> reply) override;
  void healthHistory(HealthHistoryQuery query, Reply<HealthHistory> reply) override;

 private:
  PostgresPipeline& pipeline_;
  std::shared_ptr<const AuditSealerInterface> sealer_;
};

}  // namespace ks
