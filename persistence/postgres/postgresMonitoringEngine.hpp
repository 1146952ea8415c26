#pragma once
#include <memory>

#include "core/auditSealerInterface.hpp"
#include "persistence/monitoringEngineInterface.hpp"
#include "persistence/sql/postgresPipeline.hpp"

namespace ks {

/// One PostgreSQL connection of the admin process.
class PostgresMonitoringEngine final
    : public Implements<PostgresMonitoringEngine, MonitoringEngineInterface, MonitoringOperations> {
 public:
  PostgresMonitoringEngine(PostgresConfig config, std::shared_ptr<const AuditSealerInterface> sealer);

  template <class Op>
  void answer(Op operation, Reply<typename Op::Out> reply);
  void flush() override;
  [[nodiscard]] std::string lastError() const override;

 private:
  PostgresPipeline pipeline_;
  std::shared_ptr<const AuditSealerInterface> sealer_;
};

}  // namespace ks
