#pragma once
#include <memory>
#include <vector>

#include "persistence/memory/memoryDatabase.hpp"
#include "persistence/storageEngineInterface.hpp"

namespace ks {

/// A MemoryDatabase, for simulations: the same answers as PostgreSQL's, without a clock, threads or
/// randomness. Several engines may share one, as several connections share a server.
class MemoryStorageEngine final
    : public Implements<MemoryStorageEngine, StorageEngineInterface, StorageOperations> {
 public:
  explicit MemoryStorageEngine(std::shared_ptr<MemoryDatabase> database);

  template <class Op>
  void answer(Op operation, Reply<typename Op::Out> reply);
  /// Runs what is queued, in order. What the replies queue waits for the next call.
  void flush() override;
  [[nodiscard]] std::string lastError() const override { return {}; }

 private:
  std::shared_ptr<MemoryDatabase> database_;
  std::vector<std::function<void(MemoryDatabase&)>> queue_;
};

}  // namespace ks
