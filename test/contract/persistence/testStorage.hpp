#pragma once
#include <atomic>
#include <barrier>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "core/result.hpp"
#include "core/uuid.hpp"
#include "persistence/memory/memoryDatabase.hpp"
#include "persistence/sql/postgresConfig.hpp"
#include "persistence/storageEngineInterface.hpp"

namespace ks::contract {

enum class StorageKind { memory, postgres };

/// A database of its own for this test program, made on K_TEST_DATABASE_URL's server, migrated, and dropped
/// at the end. Skips the test when the variable is not set.
const std::string& testDatabaseUrl();
/// An empty database on the same server, dropped when the object ends.
class ScratchDatabase {
 public:
  ScratchDatabase();
  ~ScratchDatabase();
  ScratchDatabase(const ScratchDatabase&) = delete;
  ScratchDatabase& operator=(const ScratchDatabase&) = delete;
  [[nodiscard]] PostgresConfig config() const;

 private:
  std::string name_;
};
PostgresConfig testPostgresConfig(Milliseconds timeout = Milliseconds(10'000));
/// Runs SQL text on the test database, to prepare and inspect it.
void runSql(const std::string& text);
std::int64_t countOf(const char* sql);

/// One storage, empty at the start, that several engines may work on.
class TestStorage {
 public:
  explicit TestStorage(StorageKind kind);
  [[nodiscard]] std::unique_ptr<StorageEngineInterface> engine() const;
  [[nodiscard]] StorageKind kind() const { return kind_; }
  /// Operations of the administration, which have no repository in memory.
  void takeRoles(const Uuid& userId) const;
  void setStatus(const Uuid& userId, UserStatus status) const;

 private:
  StorageKind kind_;
  std::shared_ptr<MemoryDatabase> memory_;
};

/// Runs one operation, flushes, and gives what was replied, exactly once.
template <class Op>
Result<typename Op::Out> outcome(StorageEngineInterface& engine, Op operation) {
  using Out = typename Op::Out;
  std::optional<Result<Out>> replied;
  int replies = 0;
  engine.run(std::move(operation), Reply<Out>([&](Result<Out> result) {
               ++replies;
               replied.emplace(std::move(result));
             }));
  engine.flush();
  if (replies != 1) {
    throw std::logic_error("the reply was called " + std::to_string(replies) + " times");
  }
  return std::move(*replied);
}

/// As outcome(), for operations that must succeed.
template <class Op>
typename Op::Out valueOf(StorageEngineInterface& engine, Op operation) {
  auto result = outcome(engine, std::move(operation));
  if (!result.ok()) {
    throw std::runtime_error("unexpected fault: " + result.fault().detail);
  }
  return std::move(result.value());
}

/// `work(engine, number)` queues an operation: a hundred at once, ten on each of ten connections.
template <class Work>
void hundredAtOnce(const TestStorage& storage, Work work) {
  constexpr int kEngines = 10;
  constexpr int kEach = 10;
  std::vector<std::unique_ptr<StorageEngineInterface>> engines;
  for (int i = 0; i < kEngines; ++i) {
    engines.push_back(storage.engine());
    valueOf(*engines.back(), PingStorage{});
  }
  std::barrier together(kEngines);
  std::vector<std::thread> threads;
  for (int i = 0; i < kEngines; ++i) {
    threads.emplace_back([&, i] {
      auto& engine = *engines[static_cast<std::size_t>(i)];
      together.arrive_and_wait();
      for (int j = 0; j < kEach; ++j) {
        work(engine, i * kEach + j);
      }
      engine.flush();
    });
  }
  for (auto& thread : threads) {
    thread.join();
  }
}

/// Different at each call, also across threads.
Uuid freshId();
TimePoint startTime();

// Records with everything filled.
RegisterAccount newAccount(const std::string& email, const std::string& username = "");
NewSession newSession(const Uuid& userId, TimePoint createdAt);
OutboxMail newMail(const std::string& mailTemplate);
/// Registers and verifies; the user's id.
Uuid activeUser(StorageEngineInterface& engine, const std::string& email, const std::string& username = "");

}  // namespace ks::contract
