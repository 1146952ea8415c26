#pragma once
#include <memory>
#include <vector>

#include "persistence/memoryAccountRepository.hpp"
#include "persistence/storageEngineInterface.hpp"

#if __has_include("persistence/memoryMonitoringRepository.hpp")
#include "persistence/memoryMonitoringRepository.hpp"
#define KS_HAS_MEMORY_MONITORING 1
#else
#include <stdexcept>
#endif

namespace ks {

/// The repositories over a MemoryDatabase; several engines may share one, as several connections share a
/// server.
class MemoryStorageEngine final : public StorageEngineInterface {
 public:
  explicit MemoryStorageEngine(std::shared_ptr<MemoryDatabase> database);

  AccountRepositoryInterface& accounts() override { return accounts_; }
#ifdef KS_HAS_MEMORY_MONITORING
  MonitoringRepositoryInterface& monitoring() override { return monitoring_; }
#else
  MonitoringRepositoryInterface& monitoring() override { throw std::logic_error("no monitoring repository yet"); }
#endif
  void ping(Reply<Done> reply) override;
  void flush() override;
  [[nodiscard]] bool idle() const override { return accounts_.idle() && pings_.empty(); }
  [[nodiscard]] StorageEngineStatus status() const override;

 private:
  [[nodiscard]] bool reachable() const;

  std::shared_ptr<MemoryDatabase> database_;
  MemoryAccountRepository accounts_;
#ifdef KS_HAS_MEMORY_MONITORING
  MemoryMonitoringRepository monitoring_;
#endif
  std::vector<Reply<Done>> pings_;
};

}  // namespace ks
