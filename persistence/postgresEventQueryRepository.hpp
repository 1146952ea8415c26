#pragma once
#include "persistence/eventQueryRepositoryInterface.hpp"
#include "persistence/postgresPipeline.hpp"

namespace ks {

/// Reads the events of migration 0003 over a pipelined connection.
class PostgresEventQueryRepository final : public EventQueryRepositoryInterface {
 public:
  explicit PostgresEventQueryRepository(PostgresPipeline& pipeline) : pipeline_(pipeline) {}

  void audit(AuditQuery query, Reply<AuditPage> reply) override;
  void auditEntry(FindAuditEntry query, Reply<std::optional<AuditEntry>> reply) override;
  void verifyAudit(VerifyAudit query, Reply<AuditStep> reply) override;
  void trace(TraceQuery query, Reply<Trace> reply) override;
  void healthHistory(HealthHistoryQuery query, Reply<HealthHistory> reply) override;

 private:
  PostgresPipeline& pipeline_;
};

}  // namespace ks
