#include "core/text/timeText.hpp"

#include <catch2/catch_test_macros.hpp>

#include "test/unit/core/testSources.hpp"

using namespace ks;

TEST_CASE("time: known instants", "[core]") {
  CHECK(formatTime(TimePoint{}) == "1970-01-01T00:00:00.000Z");
  CHECK(formatTime(TimePoint{Milliseconds{1'770'114'645'123}}) == "2026-02-03T10:30:45.123Z");
  CHECK(formatTime(TimePoint{Milliseconds{-1}}) == "1969-12-31T23:59:59.999Z");
  CHECK(formatTime(TimePoint::max()) == "9999-12-31T23:59:59.999Z");
  CHECK(formatTime(TimePoint::min()) == "0000-01-01T00:00:00.000Z");
}

TEST_CASE("time: what is written is read", "[core]") {
  CountingRandom random;
  for (int i = 0; i < 2000; ++i) {
    const TimePoint time{Milliseconds{static_cast<std::int64_t>(random.next() % 253'402'300'800'000ULL)}};
    CHECK(parseTime(formatTime(time)) == time);
  }
}

TEST_CASE("time: RFC 3339 forms", "[core]") {
  const TimePoint noon{Milliseconds{1'770'120'000'000}};  // 2026-02-03T12:00:00Z
  CHECK(parseTime("2026-02-03T12:00:00Z") == noon);
  CHECK(parseTime("2026-02-03T12:00:00.0Z") == noon);
  CHECK(parseTime("2026-02-03T19:00:00+07:00") == noon);
  CHECK(parseTime("2026-02-03T04:30:00.000000000-07:30") == noon);
  CHECK(parseTime("2026-02-03T12:00:00.1239Z") == noon + Milliseconds{123});
  CHECK(parseTime("2024-02-29T00:00:00Z"));
}

TEST_CASE("time: anything else is refused", "[core]") {
  for (const char* bad : {"",
                          "2026-02-03",
                          "2026-02-03T12:00:00",
                          "2026-02-03 12:00:00Z",
                          "2026-02-03t12:00:00Z",
                          "2026-02-03T12:00:00z",
                          "2026-02-30T12:00:00Z",
                          "2025-02-29T12:00:00Z",
                          "2026-13-03T12:00:00Z",
                          "2026-00-03T12:00:00Z",
                          "2026-02-03T24:00:00Z",
                          "2026-02-03T12:60:00Z",
                          "2026-02-03T12:00:60Z",
                          "2026-02-03T12:00:00.Z",
                          "2026-02-03T12:00:00.1234567890Z",
                          "2026-02-03T12:00:00+24:00",
                          "2026-02-03T12:00:00+0700",
                          "2026-02-03T12:00:00ZZ",
                          " 2026-02-03T12:00:00Z",
                          "+026-02-03T12:00:00Z",
                          "2026-2-3T12:00:00Z"}) {
    CAPTURE(bad);
    CHECK_FALSE(parseTime(bad));
  }
}
