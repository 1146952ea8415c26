#pragma once
#include "persistence/postgresAccountRepository.hpp"
#include "persistence/postgresPipeline.hpp"
#include "persistence/storageEngineInterface.hpp"

#if __has_include("persistence/postgresMonitoringRepository.hpp")
#include "persistence/postgresMonitoringRepository.hpp"
#define KS_HAS_POSTGRES_MONITORING 1
#else
#include <stdexcept>
#endif

namespace ks {

/// The repositories over one PostgreSQL connection.
class PostgresStorageEngine final : public StorageEngineInterface {
 public:
  explicit PostgresStorageEngine(PostgresConfig config);

  AccountRepositoryInterface& accounts() override { return accounts_; }
#ifdef KS_HAS_POSTGRES_MONITORING
  MonitoringRepositoryInterface& monitoring() override { return monitoring_; }
#else
  MonitoringRepositoryInterface& monitoring() override { throw std::logic_error("no monitoring repository yet"); }
#endif
  void ping(Reply<Done> reply) override;
  void flush() override { pipeline_.flush(); }
  [[nodiscard]] bool idle() const override { return pipeline_.idle(); }
  [[nodiscard]] StorageEngineStatus status() const override;

 private:
  PostgresPipeline pipeline_;
  PostgresAccountRepository accounts_;
#ifdef KS_HAS_POSTGRES_MONITORING
  PostgresMonitoringRepository monitoring_;
#endif
};

}  // namespace ks
