#pragma once
#include <functional>
#include <memory>
#include <string>

#include "core/result.hpp"
#include "persistence/storageOperations.hpp"

namespace ks {

/// One connection to the storage. Belongs to one thread (a detached storage actor). What it is asked is
/// queued until flush().
class StorageConnectionInterface {
 public:
  virtual ~StorageConnectionInterface() = default;

  /// Runs everything queued in one pipeline and calls every reply before it returns. Reconnects first when
  /// the connection is gone (with backoff: while that lasts replies get `dependencyUnavailable` at once).
  /// Bounded by the database timeout.
  virtual void flush() = 0;
  /// Why the connection was last lost or could not be made; empty: never.
  [[nodiscard]] virtual std::string lastError() const = 0;
};

/// The repositories of both processes.
class StorageEngineInterface : public StorageConnectionInterface, public RunsOperations<StorageOperations> {};

using StorageEngineFactory = std::function<std::unique_ptr<StorageEngineInterface>()>;

}  // namespace ks
