#include "persistence/memory/memoryStorageEngine.hpp"

#include <utility>

#include "persistence/memory/memoryCalls.hpp"

namespace ks {
namespace {

/// The database changes under its lock; the reply is called without it.
template <class Op>
Result<typename Op::Out> runLocked(MemoryDatabase& database, const Op& operation) {
  const std::lock_guard lock(database.mutex);
  if (!database.reachable) {
    return retryFault(ErrorCode::dependencyUnavailable, 1, "the memory database is set unreachable");
  }
  return runInMemory(database, operation);
}

}  // namespace

Result<Done> runInMemory(MemoryDatabase&, const PingStorage&) { return Done{}; }

MemoryStorageEngine::MemoryStorageEngine(std::shared_ptr<MemoryDatabase> database)
    : database_(std::move(database)) {}

template <class Op>
void MemoryStorageEngine::answer(Op operation, Reply<typename Op::Out> reply) {
  queue_.push_back([operation = std::move(operation), reply = std::move(reply)](MemoryDatabase& database) {
    reply(runLocked(database, operation));
  });
}

void MemoryStorageEngine::flush() {
  for (auto& operation : std::exchange(queue_, {})) {
    operation(*database_);
  }
}

// Other files see the declaration only.
#define KS_ANSWER(Op) template void MemoryStorageEngine::answer<Op>(Op, Reply<Op::Out>);
KS_STORAGE_OPERATIONS(KS_ANSWER)
#undef KS_ANSWER

}  // namespace ks
