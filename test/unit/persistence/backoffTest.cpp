#include "persistence/backoff.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace ks;

TEST_CASE("Backoff doubles with jitter up to its limit and starts anew after success", "[backoff]") {
  Backoff backoff;
  const Backoff::Time now(std::chrono::hours(1));
  CHECK_FALSE(backoff.waiting(now));
  std::int64_t step = 50;
  for (int i = 0; i < 12; ++i) {
    backoff.failed(now);
    CHECK(backoff.waiting(now + std::chrono::milliseconds(step * 3 / 4 - 1)));
    CHECK_FALSE(backoff.waiting(now + std::chrono::milliseconds(step * 5 / 4)));
    step = step * 2 < 2'000 ? step * 2 : 2'000;
  }
  backoff.succeeded();
  CHECK_FALSE(backoff.waiting(now));
  backoff.failed(now);
  CHECK_FALSE(backoff.waiting(now + std::chrono::milliseconds(63)));
}
