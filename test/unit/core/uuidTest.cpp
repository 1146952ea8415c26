#include "core/uuid.hpp"

#include <algorithm>
#include <array>
#include <catch2/catch_test_macros.hpp>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "test/unit/core/testSources.hpp"

using namespace ks;

TEST_CASE("uuid: RFC 9562 appendix A.6", "[core]") {
  const auto uuid = Uuid::parse("017F22E2-79B0-7CC3-98C4-DC0C0C07398F");
  REQUIRE(uuid);
  CHECK(uuid->toString() == "017f22e2-79b0-7cc3-98c4-dc0c0c07398f");
  CHECK(uuid->time().time_since_epoch().count() == 0x017F22E279B0);
}

TEST_CASE("uuid: only the 36-character form is read", "[core]") {
  const std::string good = "017f22e2-79b0-7cc3-98c4-dc0c0c07398f";
  CHECK(Uuid::parse(good));
  CHECK_FALSE(Uuid::parse(""));
  CHECK_FALSE(Uuid::parse("{" + good + "}"));
  CHECK_FALSE(Uuid::parse(good + "0"));
  CHECK_FALSE(Uuid::parse(good.substr(1)));
  CHECK_FALSE(Uuid::parse("017f22e279b07cc398c4dc0c0c07398f"));
  for (std::size_t i = 0; i < good.size(); ++i) {
    std::string bad = good;
    bad[i] = good[i] == '-' ? '0' : 'g';
    CHECK_FALSE(Uuid::parse(bad));
    bad[i] = '\0';
    CHECK_FALSE(Uuid::parse(bad));
  }
}

TEST_CASE("uuid: text and bytes agree for many values", "[core]") {
  CountingRandom random;
  for (int i = 0; i < 1000; ++i) {
    Uuid uuid;
    random.fill(std::as_writable_bytes(std::span(uuid.bytes)));
    CHECK(Uuid::parse(uuid.toString()) == uuid);
  }
}

TEST_CASE("uuid: version 7, grows within a millisecond and when the clock steps back", "[core]") {
  SteppedClock clock;
  CountingRandom random;
  UuidGenerator generator(clock, random);
  Uuid last = generator.next();
  CHECK(last.time() == clock.now());
  for (int i = 0; i < 5000; ++i) {
    if (i % 7 == 0) {
      clock.step(Milliseconds{1});
    }
    if (i % 1000 == 999) {
      clock.step(Milliseconds{-3'600'000});
    }
    const Uuid next = generator.next();
    REQUIRE(next > last);
    REQUIRE((next.bytes[6] >> 4U) == 7);
    REQUIRE((next.bytes[8] >> 6U) == 2);
    last = next;
  }
}

TEST_CASE("uuid: the time is the clock's when it moves on", "[core]") {
  SteppedClock clock;
  CountingRandom random;
  UuidGenerator generator(clock, random);
  for (int i = 0; i < 100; ++i) {
    clock.step(Milliseconds{1});
    CHECK(generator.next().time() == clock.now());
  }
}

TEST_CASE("uuid: a clock before 1970 still gives growing values", "[core]") {
  SteppedClock clock;
  clock.step(-clock.now().time_since_epoch() - Milliseconds{5});
  CountingRandom random;
  UuidGenerator generator(clock, random);
  const Uuid first = generator.next();
  CHECK_FALSE(first.isNil());
  CHECK(generator.next() > first);
}

TEST_CASE("uuid: many threads share one generator", "[core][threads]") {
  const SystemClock clock;
  LockedRandom random;
  UuidGenerator generator(clock, random);
  constexpr std::size_t kThreads = 4;
  constexpr std::size_t kEach = 5000;
  std::array<std::vector<Uuid>, kThreads> made;
  {
    std::vector<std::jthread> threads;
    for (auto& list : made) {
      threads.emplace_back([&generator, &list] {
        for (std::size_t i = 0; i < kEach; ++i) {
          list.push_back(generator.next());
        }
      });
    }
  }
  std::set<Uuid> all;
  for (const auto& list : made) {
    CHECK(std::is_sorted(list.begin(), list.end()));
    all.insert(list.begin(), list.end());
  }
  CHECK(all.size() == kThreads * kEach);
}
