#pragma once
#include <utility>

#include "persistence/monitoringEngineInterface.hpp"
#include "persistence/postgres/administration/postgresUserAdministrationRepository.hpp"
#include "persistence/postgres/monitoring/postgresEventQueryRepository.hpp"
#include "persistence/postgres/monitoring/postgresMonitoringRepository.hpp"
#include "persistence/postgres/monitoring/postgresRequestLogRepository.hpp"
#include "persistence/postgres/security/postgresSecurityLogRepository.hpp"
#include "persistence/sql/postgresEngineStatus.hpp"
#include "persistence/sql/postgresPipeline.hpp"

namespace ks {

/// The repositories of the admin process over one PostgreSQL connection.
class PostgresMonitoringEngine final : public MonitoringEngineInterface {
 public:
  PostgresMonitoringEngine(PostgresConfig config, std::shared_ptr<const AuditSealerInterface> sealer)
      : pipeline_(std::move(config)),
        monitoring_(pipeline_),
        requestLog_(pipeline_),
        securityLog_(pipeline_),
        events_(pipeline_, std::move(sealer)),
        users_(pipeline_) {}

  MonitoringRepositoryInterface& monitoring() override { return monitoring_; }
  RequestLogRepositoryInterface& requestLog() override { return requestLog_; }
  SecurityLogRepositoryInterface& securityLog() override { return securityLog_; }
  EventQueryRepositoryInterface& events() override { return events_; }
  UserAdministrationRepositoryInterface& users() override { return users_; }
  void flush() override { pipeline_.flush(); }
  [[nodiscard]] bool idle() const override { return pipeline_.idle(); }
  [[nodiscard]] StorageEngineStatus status() const override { return engineStatusOf(pipeline_); }

 private:
  PostgresPipeline pipeline_;
  PostgresMonitoringRepository monitoring_;
  PostgresRequestLogRepository requestLog_;
  PostgresSecurityLogRepository securityLog_;
  PostgresEventQueryRepository events_;
  PostgresUserAdministrationRepository users_;
};

}  // namespace ks
