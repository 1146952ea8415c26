#include "persistence/memory/memoryStorageEngine.hpp"

#include <utility>

namespace ks {

MemoryStorageEngine::MemoryStorageEngine(std::shared_ptr<MemoryDatabase> database)
    : database_(std::move(database)), queue_(database_) {}

bool MemoryStorageEngine::reachable() const {
  const std::lock_guard lock(database_->mutex);
  return database_->reachable;
}

void MemoryStorageEngine::ping(Reply<Done> reply) { pings_.push_back(std::move(reply)); }

void MemoryStorageEngine::flush() {
  queue_.run();
  for (auto& reply : std::exchange(pings_, {})) {
    reply(reachable() ? Result<Done>(Done{}) : Result<Done>(ErrorCode::dependencyUnavailable));
  }
}

StorageEngineStatus MemoryStorageEngine::status() const {
  StorageEngineStatus status;
  status.connected = reachable();
  return status;
}

}  // namespace ks
