#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "core/result.hpp"
#include "persistence/accountRepositoryInterface.hpp"

namespace ks {

class MonitoringRepositoryInterface;

/// What a storage engine tells about itself, for `kctl` and metrics.
struct StorageEngineStatus {
  bool connected = false;
  std::uint64_t statements = 0;
  std::uint64_t failures = 0;
  std::uint64_t reconnects = 0;
  std::string lastError;
};

/// One connection to the storage and the repositories that work over it. Belongs to one thread (a detached
/// storage actor).
class StorageEngineInterface {
 public:
  virtual ~StorageEngineInterface() = default;

  virtual AccountRepositoryInterface& accounts() = 0;
  /// nullptr: this storage keeps no traffic (the one in memory).
  virtual MonitoringRepositoryInterface* monitoring() = 0;
  /// A round trip (`SELECT 1`).
  virtual void ping(Reply<Done> reply) = 0;

  /// Runs everything queued in one pipeline and calls every reply before it returns. Reconnects first when
  /// the connection is gone (with backoff: while that lasts replies get `dependencyUnavailable` at once).
  /// Bounded by the database timeout.
  virtual void flush() = 0;
  [[nodiscard]] virtual bool idle() const = 0;
  [[nodiscard]] virtual StorageEngineStatus status() const = 0;
};

using StorageEngineFactory = std::function<std::unique_ptr<StorageEngineInterface>()>;

}  // namespace ks
