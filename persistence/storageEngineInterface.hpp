#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "core/result.hpp"
#include "persistence/accountRepositoryInterface.hpp"
#include "persistence/deviceRepositoryInterface.hpp"
#include "persistence/factorRepositoryInterface.hpp"
#include "persistence/keyRepositoryInterface.hpp"
#include "persistence/personalDataRepositoryInterface.hpp"
#include "persistence/recoveryRepositoryInterface.hpp"
#include "persistence/throttleRepositoryInterface.hpp"

namespace ks {

/// What a storage engine tells about itself, for `kctl` and metrics.
struct StorageEngineStatus {
  bool connected = false;
  std::uint64_t statements = 0;
  std::uint64_t failures = 0;
  std::uint64_t reconnects = 0;
  std::string lastError;
};

/// One connection to the storage. Belongs to one thread (a detached storage actor). What the repositories
/// over it are asked is queued until flush().
class StorageConnectionInterface {
 public:
  virtual ~StorageConnectionInterface() = default;

  /// Runs everything queued in one pipeline and calls every reply before it returns. Reconnects first when
  /// the connection is gone (with backoff: while that lasts replies get `dependencyUnavailable` at once).
  /// Bounded by the database timeout.
  virtual void flush() = 0;
  [[nodiscard]] virtual bool idle() const = 0;
  [[nodiscard]] virtual StorageEngineStatus status() const = 0;
};

/// What both processes keep in the storage.
class StorageEngineInterface : public StorageConnectionInterface {
 public:
  virtual AccountRepositoryInterface& accounts() = 0;
  virtual ThrottleRepositoryInterface& throttle() = 0;
  virtual RecoveryRepositoryInterface& recovery() = 0;
  virtual KeyRepositoryInterface& keys() = 0;
  virtual DeviceRepositoryInterface& devices() = 0;
  virtual FactorRepositoryInterface& factors() = 0;
  virtual PersonalDataRepositoryInterface& personalData() = 0;
  /// A round trip (`SELECT 1`).
  virtual void ping(Reply<Done> reply) = 0;
};

/// The repository of an engine by its type; one overload each.
inline AccountRepositoryInterface& repositoryOf(StorageEngineInterface& engine, AccountRepositoryInterface*) {
  return engine.accounts();
}
inline ThrottleRepositoryInterface& repositoryOf(StorageEngineInterface& engine,
                                                 ThrottleRepositoryInterface*) {
  return engine.throttle();
}
inline RecoveryRepositoryInterface& repositoryOf(StorageEngineInterface& engine,
                                                 RecoveryRepositoryInterface*) {
  return engine.recovery();
}
inline DeviceRepositoryInterface& repositoryOf(StorageEngineInterface& engine, DeviceRepositoryInterface*) {
  return engine.devices();
}
inline KeyRepositoryInterface& repositoryOf(StorageEngineInterface& engine, KeyRepositoryInterface*) {
  return engine.keys();
}
inline FactorRepositoryInterface& repositoryOf(StorageEngineInterface& engine, FactorRepositoryInterface*) {
  return engine.factors();
}
inline PersonalDataRepositoryInterface& repositoryOf(StorageEngineInterface& engine,
                                                     PersonalDataRepositoryInterface*) {
  return engine.personalData();
}
inline StorageEngineInterface& repositoryOf(StorageEngineInterface& engine, StorageEngineInterface*) {
  return engine;
}

using StorageEngineFactory = std::function<std::unique_ptr<StorageEngineInterface>()>;

}  // namespace ks
