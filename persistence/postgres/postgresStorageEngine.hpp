#pragma once
#include "persistence/postgres/account/postgresAccountRepository.hpp"
#include "persistence/postgres/account/postgresDeviceRepository.hpp"
#include "persistence/postgres/account/postgresFactorRepository.hpp"
#include "persistence/postgres/account/postgresKeyRepository.hpp"
#include "persistence/postgres/account/postgresPersonalDataRepository.hpp"
#include "persistence/postgres/account/postgresRecoveryRepository.hpp"
#include "persistence/postgres/account/postgresThrottleRepository.hpp"
#include "persistence/sql/postgresEngineStatus.hpp"
#include "persistence/sql/postgresPipeline.hpp"
#include "persistence/storageEngineInterface.hpp"

namespace ks {

/// The repositories over one PostgreSQL connection.
class PostgresStorageEngine final : public StorageEngineInterface {
 public:
  explicit PostgresStorageEngine(PostgresConfig config);

  AccountRepositoryInterface& accounts() override { return accounts_; }
  ThrottleRepositoryInterface& throttle() override { return throttle_; }
  RecoveryRepositoryInterface& recovery() override { return recovery_; }
  KeyRepositoryInterface& keys() override { return keys_; }
  DeviceRepositoryInterface& devices() override { return devices_; }
  FactorRepositoryInterface& factors() override { return factors_; }
  PersonalDataRepositoryInterface& personalData() override { return personalData_; }
  void ping(Reply<Done> reply) override;
  void flush() override { pipeline_.flush(); }
  [[nodiscard]] bool idle() const override { return pipeline_.idle(); }
  [[nodiscard]] StorageEngineStatus status() const override { return engineStatusOf(pipeline_); }

 private:
  PostgresPipeline pipeline_;
  PostgresAccountRepository accounts_{pipeline_};
  PostgresThrottleRepository throttle_{pipeline_};
  PostgresRecoveryRepository recovery_{pipeline_};
  PostgresKeyRepository keys_{pipeline_};
  PostgresDeviceRepository devices_{pipeline_};
  PostgresFactorRepository factors_{pipeline_};
  PostgresPersonalDataRepository personalData_{pipeline_};
};

}  // namespace ks
