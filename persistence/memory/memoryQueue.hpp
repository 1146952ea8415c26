#pragma once
#include <functional>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "core/result.hpp"
#include "persistence/memory/memoryDatabase.hpp"

namespace ks {

/// What the repositories over a MemoryDatabase were asked, in order; runs with the engine's flush.
class MemoryQueue {
 public:
  explicit MemoryQueue(std::shared_ptr<MemoryDatabase> database) : database_(std::move(database)) {}

  /// Queues `work`, which reads or changes the database under its lock; the reply is called without it.
  template <class T>
  void add(Reply<T> reply, std::function<Result<T>(MemoryDatabase&)> work) {
    queue_.push_back([reply = std::move(reply), work = std::move(work)](MemoryDatabase& database) {
      Result<T> result = [&]() -> Result<T> {
        const std::lock_guard lock(database.mutex);
        if (!database.reachable) {
          Fault fault = makeFault(ErrorCode::dependencyUnavailable, "the memory database is set unreachable");
          fault.retryAfterS = 1;
          return fault;
        }
        return work(database);
      }();
      reply(std::move(result));
    });
  }
  /// Runs what is queued, in order. What the replies queue waits for the next call.
  void run() {
    for (auto& operation : std::exchange(queue_, {})) {
      operation(*database_);
    }
  }
  [[nodiscard]] bool idle() const noexcept { return queue_.empty(); }

 private:
  std::shared_ptr<MemoryDatabase> database_;
  std::vector<std::function<void(MemoryDatabase&)>> queue_;
};

}  // namespace ks
