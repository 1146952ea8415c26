#pragma once
#include "persistence/eventRepositoryInterface.hpp"
#include "persistence/sql/auditSealing.hpp"
#include "persistence/sql/postgresSession.hpp"

namespace ks {

/// Fills system_log and audit_log (migration 0003) over a connection of its own, and keeps the audit chain's
/// seal.
class PostgresEventRepository final : public EventRepositoryInterface {
 public:
  PostgresEventRepository(PostgresConfig config, std::shared_ptr<const AuditSealerInterface> sealer)
      : session_(std::move(config)), sealing_(session_, std::move(sealer)) {}

  Result<Done> store(const std::string& process, const EventInbox::Batch& batch) override;
  Result<bool> chainAudit() override;

 private:
  PostgresSession session_;
  AuditSealing sealing_;
  bool maySeal_ = true;  ///< something was chained, here or before this process, that may not be sealed yet
};

}  // namespace ks
