#include "bank/snap/callBreaker.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace ks;

TEST_CASE("breaker: eight failures in a row stop the calls, one is tried after each pause", "[bank]") {
  CallBreaker breaker;
  auto now = CallBreaker::Time{} + std::chrono::hours{1};
  const auto fail = [&](unsigned times) {
    for (unsigned i = 0; i < times; ++i) {
      REQUIRE(breaker.admit(now));
      breaker.failed(now);
    }
  };
  fail(7);
  breaker.answered();
  fail(8);
  CHECK_FALSE(breaker.admit(now));
  breaker.failed(now);  // begun before the pause: changes nothing
  CHECK_FALSE(breaker.admit(now + std::chrono::milliseconds{4999}));
  for (const int pause : {5, 10, 20, 40, 60, 60}) {
    CAPTURE(pause);
    CHECK_FALSE(breaker.admit(now + std::chrono::milliseconds{pause * 1000 - 1}));
    now += std::chrono::seconds{pause};
    REQUIRE(breaker.admit(now));
    CHECK_FALSE(breaker.admit(now));
    breaker.failed(now);
    breaker.failed(now);
  }
  now += std::chrono::seconds{60};
  REQUIRE(breaker.admit(now));
  breaker.answered();
  fail(7);
  CHECK(breaker.admit(now));
  fail(1);
  CHECK_FALSE(breaker.admit(now + std::chrono::milliseconds{4999}));
  CHECK(breaker.admit(now + std::chrono::seconds{5}));
}

TEST_CASE("breaker: a trial that never ends does not stop the next one", "[bank]") {
  CallBreaker breaker;
  auto now = CallBreaker::Time{} + std::chrono::hours{1};
  for (int i = 0; i < 8; ++i) {
    breaker.failed(now);
  }
  now += std::chrono::seconds{5};
  REQUIRE(breaker.admit(now));
  CHECK_FALSE(breaker.admit(now + std::chrono::milliseconds{4999}));
  CHECK(breaker.admit(now + std::chrono::seconds{5}));
}
