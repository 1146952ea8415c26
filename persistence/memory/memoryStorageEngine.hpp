#pragma once
#include <memory>
#include <vector>

#include "persistence/memory/memoryAccountRepository.hpp"
#include "persistence/memory/memoryDeviceRepository.hpp"
#include "persistence/memory/memoryFactorRepository.hpp"
#include "persistence/memory/memoryKeyRepository.hpp"
#include "persistence/memory/memoryPersonalDataRepository.hpp"
#include "persistence/memory/memoryRecoveryRepository.hpp"
#include "persistence/memory/memoryThrottleRepository.hpp"
#include "persistence/storageEngineInterface.hpp"

namespace ks {

/// The repositories over a MemoryDatabase; several engines may share one, as several connections share a
/// server.
class MemoryStorageEngine final : public StorageEngineInterface {
 public:
  explicit MemoryStorageEngine(std::shared_ptr<MemoryDatabase> database);

  AccountRepositoryInterface& accounts() override { return accounts_; }
  PersonalDataRepositoryInterface& personalData() override { return personalData_; }
  FactorRepositoryInterface& factors() override { return factors_; }
  ThrottleRepositoryInterface& throttle() override { return throttle_; }
  RecoveryRepositoryInterface& recovery() override { return recovery_; }
  KeyRepositoryInterface& keys() override { return keys_; }
  DeviceRepositoryInterface& devices() override { return devices_; }
  void ping(Reply<Done> reply) override;
  void flush() override;
  [[nodiscard]] bool idle() const override { return queue_.idle() && pings_.empty(); }
  [[nodiscard]] StorageEngineStatus status() const override;

 private:
  [[nodiscard]] bool reachable() const;

  std::shared_ptr<MemoryDatabase> database_;
  MemoryQueue queue_;
  MemoryAccountRepository accounts_{queue_};
  MemoryThrottleRepository throttle_{queue_};
  MemoryRecoveryRepository recovery_{queue_};
  MemoryKeyRepository keys_{queue_};
  MemoryDeviceRepository devices_{queue_};
  MemoryFactorRepository factors_{queue_};
  MemoryPersonalDataRepository personalData_{queue_};
  std::vector<Reply<Done>> pings_;
};

}  // namespace ks
