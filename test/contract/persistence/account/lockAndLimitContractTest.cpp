#include <atomic>
#include <barrier>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <thread>

#include "test/contract/persistence/testStorage.hpp"

using namespace ks;
using namespace ks::contract;

namespace {

StorageKind eachThrottleStorage() { return GENERATE(StorageKind::memory, StorageKind::postgres); }

const LockLadder kLadder{{3, 1}, {5, 60}, {8, LockStep::kForever}};

constexpr std::chrono::seconds kJudging{10};

AdmitAttempt attemptAt(const Bytes& key, TimePoint now) {
  return {key, std::nullopt, freshId(), kLadder, now - std::chrono::hours(24), now, now - kJudging};
}

Admission admit(StorageEngineInterface& engine, const AdmitAttempt& attempt) {
  return valueOf(engine, attempt);
}

void settle(StorageEngineInterface& engine, const AdmitAttempt& attempt, bool wrong) {
  valueOf(engine, SettleAttempt{attempt.key, attempt.tryId, wrong});
}

/// A try that is admitted and found to be wrong.
Admission failAt(StorageEngineInterface& engine, const Bytes& key, TimePoint now) {
  const auto attempt = attemptAt(key, now);
  const auto admission = admit(engine, attempt);
  settle(engine, attempt, true);
  return admission;
}

std::int64_t countedWait(StorageEngineInterface& engine, const std::vector<AttemptLimit>& limits,
                         TimePoint now) {
  return valueOf(engine, CountAttempts{limits, now});
}

}  // namespace

TEST_CASE("The ladder: free tries, growing locks that end by time, and a last one that does not",
          "[throttle]") {
  const TestStorage storage(eachThrottleStorage());
  const auto engine = storage.engine();
  const Bytes key{1, 2, 3};
  auto now = startTime();
  for (int i = 1; i <= 2; ++i) {
    const auto free = admit(*engine, attemptAt(key, now));
    CHECK(free.admitted);
    CHECK(free.failures == i);
    CHECK(free.lockSeconds == 0);
  }
  auto last = attemptAt(key, now);
  CHECK(admit(*engine, last).lockSeconds == 1);
  CHECK(admit(*engine, last).admitted);  // the same call repeated
  CHECK(admit(*engine, last).failures == 3);
  settle(*engine, last, true);
  auto refused = admit(*engine, attemptAt(key, now));
  CHECK_FALSE(refused.admitted);
  CHECK_FALSE(refused.undecided);
  CHECK(refused.lockSeconds == 1);
  CHECK(refused.failures == 3);
  now += std::chrono::seconds(1);
  CHECK(failAt(*engine, key, now).failures == 4);
  now += std::chrono::seconds(1);
  const auto fifth = failAt(*engine, key, now);
  CHECK(fifth.lockSeconds == 60);
  CHECK(fifth.endedLockSeconds == 1);
  refused = admit(*engine, attemptAt(key, now + std::chrono::milliseconds(30'500)));
  CHECK_FALSE(refused.admitted);
  CHECK(refused.lockSeconds == 30);
  CHECK(admit(*engine, attemptAt({9}, now)).failures == 1);  // counts of others are separate
  for (int i = 6; i <= 8; ++i) {
    now += std::chrono::seconds(60);
    const auto next = failAt(*engine, key, now);
    CHECK(next.admitted);
    CHECK(next.endedLockSeconds == 60);
    CHECK(next.lockSeconds == (i == 8 ? LockStep::kForever : 60));
  }
  refused = admit(*engine, attemptAt(key, now + std::chrono::hours(24 * 365)));
  CHECK_FALSE(refused.admitted);
  CHECK(refused.lockSeconds == LockStep::kForever);
  valueOf(*engine, ClearAttempts{key});
  CHECK(admit(*engine, attemptAt(key, now)).failures == 1);
}

TEST_CASE("A lock holds when its try was wrong: until then others are told to ask again", "[throttle]") {
  const TestStorage storage(eachThrottleStorage());
  const auto engine = storage.engine();
  const Bytes key{1, 7};
  const auto now = startTime();
  CHECK(admit(*engine, attemptAt(key, now)).admitted);
  CHECK(admit(*engine, attemptAt(key, now)).admitted);
  const auto locking = attemptAt(key, now);
  CHECK(admit(*engine, locking).lockSeconds == 1);
  auto other = admit(*engine, attemptAt(key, now));
  CHECK_FALSE(other.admitted);
  CHECK(other.undecided);

  SECTION("wrong") {
    settle(*engine, locking, true);
    other = admit(*engine, attemptAt(key, now));
    CHECK_FALSE(other.admitted);
    CHECK_FALSE(other.undecided);
    CHECK(other.lockSeconds == 1);
  }
  SECTION("right") {
    valueOf(*engine, ClearAttempts{key});
    CHECK(admit(*engine, attemptAt(key, now)).failures == 1);
  }
  SECTION("judged by nobody") {
    settle(*engine, locking, false);
    const auto next = attemptAt(key, now);
    other = admit(*engine, next);
    CHECK(other.admitted);
    CHECK(other.failures == 3);
    settle(*engine, next, true);
    settle(*engine, locking, true);  // late, and of no try that locks
    CHECK(admit(*engine, attemptAt(key, now)).lockSeconds == 1);
  }
  SECTION("no verdict in time is a wrong one") {
    for (int i = 4; i <= 5; ++i) {
      CHECK(failAt(*engine, key, now + std::chrono::seconds(i)).failures == i);
    }
    const auto sixth = attemptAt(key, now + std::chrono::seconds(65));
    CHECK(admit(*engine, sixth).lockSeconds == 60);
    CHECK(admit(*engine, attemptAt(key, sixth.now + kJudging - std::chrono::milliseconds(1))).undecided);
    other = admit(*engine, attemptAt(key, sixth.now + kJudging));
    CHECK_FALSE(other.undecided);
    CHECK(other.lockSeconds == 50);
  }
}

TEST_CASE("Failures are forgotten after a day without one", "[throttle]") {
  const TestStorage storage(eachThrottleStorage());
  const auto engine = storage.engine();
  const Bytes key{4, 5};
  CHECK(admit(*engine, attemptAt(key, startTime())).failures == 1);
  CHECK(admit(*engine, attemptAt(key, startTime() + std::chrono::hours(23))).failures == 2);
  CHECK(admit(*engine, attemptAt(key, startTime() + std::chrono::hours(47) + std::chrono::seconds(1)))
            .failures == 1);
}

TEST_CASE("No ladder, no lock", "[throttle]") {
  const TestStorage storage(eachThrottleStorage());
  const auto engine = storage.engine();
  for (int i = 1; i <= 50; ++i) {
    auto attempt = attemptAt({7}, startTime());
    attempt.ladder.clear();
    CHECK(admit(*engine, attempt).admitted);
  }
}

TEST_CASE("A hundred attempts at once: as many pass as the ladder allows, each counted once",
          "[throttle][race]") {
  const TestStorage storage(eachThrottleStorage());
  const auto engine = storage.engine();
  std::atomic<int> admitted{0};
  std::atomic<int> counted{0};
  std::atomic<int> undecided{0};
  hundredAtOnce(storage, [&](StorageEngineInterface& own, int) {
    own.run(attemptAt({1}, startTime()), [&](Result<Admission> result) {
      admitted += result.ok() && result.value().admitted ? 1 : 0;
      undecided += result.ok() && result.value().undecided ? 1 : 0;
    });
    auto free = attemptAt({2}, startTime());
    free.ladder.clear();
    own.run(free,
            [&](Result<Admission> result) { counted += result.ok() && result.value().admitted ? 1 : 0; });
  });
  CHECK(admitted == 3);  // two free ones, and the one that locks
  CHECK(undecided == 97);
  CHECK(counted == 100);
  auto free = attemptAt({2}, startTime());
  free.ladder.clear();
  CHECK(admit(*engine, free).failures == 100 + 1);
}

TEST_CASE("Limits within a window: the longest wait of those that are passed", "[throttle]") {
  const TestStorage storage(eachThrottleStorage());
  const auto engine = storage.engine();
  const std::vector<AttemptLimit> both{{{1}, 3, 100}, {{2}, 2, 3600}};
  const auto now = startTime();
  CHECK(countedWait(*engine, both, now) == 0);
  CHECK(countedWait(*engine, both, now + std::chrono::seconds(1)) == 0);
  CHECK(countedWait(*engine, both, now + std::chrono::seconds(2)) == 3598);
  CHECK(countedWait(*engine, {{{1}, 3, 100}}, now + std::chrono::seconds(3)) == 97);
  CHECK(countedWait(*engine, {{{1}, 3, 100}}, now + std::chrono::seconds(100)) == 0);
  CHECK(countedWait(*engine, {{{3}, 3, 100}}, now) == 0);
}

TEST_CASE("A lock is noted, and told where there is somebody to tell", "[throttle]") {
  const TestStorage storage(eachThrottleStorage());
  const auto engine = storage.engine();
  const Uuid user = activeUser(*engine, "ann@example.org");
  const auto now = startTime() + std::chrono::hours(1);
  for (const auto& tell : {std::optional(user), std::optional(freshId()), std::optional<Uuid>()}) {
    valueOf(*engine, ReportLock{tell, newMail("accountLocked"), now});
  }
  const auto mails = valueOf(*engine, ClaimMails{10, now, now});
  CHECK(std::count_if(mails.begin(), mails.end(),
                      [](const auto& mail) { return mail.mailTemplate == "accountLocked"; }) == 1);
}
