#include <atomic>
#include <barrier>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <functional>
#include <thread>

#include "test/contract/persistence/testStorage.hpp"

// Several engines, each in its own thread, do the same at the same time.

using namespace ks;
using namespace ks::contract;

namespace {

constexpr int kEngines = 6;
constexpr int kRounds = 15;

StorageKind eachRacedStorage() { return GENERATE(StorageKind::memory, StorageKind::postgres); }

/// Runs `work(engine, index)` on kEngines engines at once, kRounds times; `settle` after each round.
void race(const TestStorage& storage,
          const std::function<void(StorageEngineInterface&, int round, int index)>& work,
          const std::function<void(int round)>& settle) {
  std::vector<std::unique_ptr<StorageEngineInterface>> engines;
  for (int i = 0; i < kEngines; ++i) {
    engines.push_back(storage.engine());
    valueOf(*engines.back(), PingStorage{});
  }
  for (int round = 0; round < kRounds; ++round) {
    std::barrier together(kEngines);
    std::vector<std::thread> threads;
    std::atomic<int> broken{0};
    for (int i = 0; i < kEngines; ++i) {
      threads.emplace_back([&, i] {
        together.arrive_and_wait();
        try {
          work(*engines[static_cast<std::size_t>(i)], round, i);
        } catch (const std::exception&) {
          ++broken;
        }
      });
    }
    for (auto& thread : threads) {
      thread.join();
    }
    REQUIRE(broken == 0);
    settle(round);
  }
}

}  // namespace

TEST_CASE("Proving claims of one address at once gives one account", "[accounts][claims][race]") {
  const TestStorage storage(eachRacedStorage());
  std::atomic<int> registered{0};
  std::atomic<int> verified{0};
  race(
      storage,
      [&](StorageEngineInterface& engine, int round, int) {
        const auto account = newAccount("same" + std::to_string(round) + "@example.org");
        registered += valueOf(engine, account) != RegisterOutcome::usernameTaken;
        VerifyEmailToken token{{account.verifyTokenHash}, account.now, {}};
        token.audit.id = freshId();
        verified += valueOf(engine, token) == VerifyEmailOutcome::verified;
      },
      [&](int round) {
        CHECK(verified == round + 1);
        CHECK(registered == (round + 1) * kEngines);
      });
  if (storage.kind() == StorageKind::postgres) {
    CHECK(countOf("SELECT count(*) FROM users WHERE NOT is_claim") == kRounds);
    CHECK(countOf("SELECT count(*) FROM users") == kRounds * kEngines);
  }
}

TEST_CASE("Registering one user name at once gives one account", "[accounts][race]") {
  const TestStorage storage(eachRacedStorage());
  std::atomic<int> created{0};
  std::atomic<int> taken{0};
  race(
      storage,
      [&](StorageEngineInterface& engine, int round, int index) {
        const std::string name = "name" + std::to_string(round);
        const auto result =
            valueOf(engine, newAccount(name + "." + std::to_string(index) + "@example.org", name));
        created += result == RegisterOutcome::created ? 1 : 0;
        taken += result == RegisterOutcome::usernameTaken ? 1 : 0;
      },
      [&](int round) {
        CHECK(created == round + 1);
        CHECK(created + taken == (round + 1) * kEngines);
      });
}

TEST_CASE("Advancing one counter at once succeeds once", "[sessions][race]") {
  const TestStorage storage(eachRacedStorage());
  const auto engine = storage.engine();
  const Uuid user = activeUser(*engine, "ann@example.org");
  const auto session = newSession(user, startTime());
  valueOf(*engine, OpenSession{session});
  std::atomic<int> advanced{0};
  race(
      storage,
      [&](StorageEngineInterface& each, int round, int) {
        advanced +=
            valueOf(each, AdvanceRefresh{session.id, round, startTime(), session.idleExpiresAt, "", ""});
      },
      [&](int round) { CHECK(advanced == round + 1); });
}

TEST_CASE("Only one first administrator at once", "[accounts][race]") {
  const TestStorage storage(eachRacedStorage());
  std::atomic<int> created{0};
  race(
      storage,
      [&](StorageEngineInterface& engine, int round, int index) {
        const std::string email =
            "root" + std::to_string(round) + "." + std::to_string(index) + "@example.org";
        const auto result =
            valueOf(engine, CreateAdministrator{freshId(), email, "x", "superadmin", true, startTime()});
        created += result == CreateAdministratorOutcome::created ? 1 : 0;
      },
      [&](int) { CHECK(created == 1); });
}

TEST_CASE("One current signing key, told to all at once", "[accounts][race]") {
  const TestStorage storage(eachRacedStorage());
  std::atomic<int> same{0};
  std::string first;
  std::mutex mutex;
  race(
      storage,
      [&](StorageEngineInterface& engine, int round, int index) {
        const auto keys =
            valueOf(engine, EnsureSigningKey{{"key" + std::to_string(round) + "." + std::to_string(index),
                                              {1},
                                              {2},
                                              "current",
                                              startTime(),
                                              std::nullopt},
                                             startTime()});
        const std::lock_guard lock(mutex);
        if (first.empty()) {
          first = keys.at(0).keyId;
        }
        same += keys.size() == 1 && keys[0].keyId == first ? 1 : 0;
      },
      [&](int round) { CHECK(same == (round + 1) * kEngines); });
}

TEST_CASE("Claiming mails at once gives each to one", "[accounts][race]") {
  const TestStorage storage(eachRacedStorage());
  const auto engine = storage.engine();
  for (int i = 0; i < 60; ++i) {
    engine->run(newAccount("m" + std::to_string(i) + "@example.org"), [](Result<RegisterOutcome>) {});
  }
  engine->flush();
  std::atomic<int> claims{0};
  race(
      storage,
      [&](StorageEngineInterface& each, int, int) {
        claims += static_cast<int>(
            valueOf(each, ClaimMails{2, startTime(), startTime() + std::chrono::hours(1)}).size());
      },
      [](int) {});
  CHECK(claims == 60);
}
