#pragma once
#include "persistence/eventRepositoryInterface.hpp"
#include "persistence/postgresSession.hpp"

namespace ks {

/// Fills system_log and audit_log (migration 0003) over a connection of its own.
class PostgresEventRepository final : public EventRepositoryInterface {
 public:
  explicit PostgresEventRepository(PostgresConfig config) : session_(std::move(config)) {}

  Result<Done> store(const std::string& process, const EventInbox::Batch& batch) override;
  Result<bool> chainAudit() override;

 private:
  PostgresSession session_;
};

}  // namespace ks
