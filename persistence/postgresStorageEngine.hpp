#pragma once
#include "persistence/postgresAccountRepository.hpp"
#include "persistence/postgresDeviceRepository.hpp"
#include "persistence/postgresEngineStatus.hpp"
#include "persistence/postgresFactorRepository.hpp"
#include "persistence/postgresKeyRepository.hpp"
#include "persistence/postgresPersonalDataRepository.hpp"
#include "persistence/postgresPipeline.hpp"
#include "persistence/postgresRecoveryRepository.hpp"
#include "persistence/postgresThrottleRepository.hpp"
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
