#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "core/result.hpp"
#include "persistence/storageOperations.hpp"

namespace ks {

/// Statistics of a storage engine, for `kctl` and metrics.
struct StorageEngineStatus {
  bool connected = false;
  std::uint64_t statements = 0;
  std::uint64_t failures = 0;
  std::uint64_t reconnects = 0;
  std::string lastError;
};

/// One connection to the storage. Belongs to one thread (a detached storage actor). What it is asked is
/// queued until flush().
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

/// The repositories of both processes.
class StorageEngineInterface : public StorageConnectionInterface, public RunsOperations<StorageOperations> {};

using StorageEngineFactory = std::function<std::unique_ptr<StorageEngineInterface>()>;

}  // namespace ks
