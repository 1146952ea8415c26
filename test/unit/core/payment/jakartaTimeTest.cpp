#include "core/payment/jakartaTime.hpp"

#include <catch2/catch_test_macros.hpp>

#include "core/text/timeText.hpp"
#include "test/unit/core/testSources.hpp"

using namespace ks;

namespace {

TimePoint utc(const char* text) { return parseTime(text).value(); }

}  // namespace

TEST_CASE("jakarta: the day begins at 17:00 UTC, all year", "[core][payment]") {
  CHECK(jakartaDay(utc("2026-02-03T16:59:59.999Z")) == "2026-02-03");
  CHECK(jakartaDay(utc("2026-02-03T17:00:00Z")) == "2026-02-04");
  CHECK(jakartaDay(utc("2026-07-31T16:59:59.999Z")) == "2026-07-31");
  CHECK(jakartaDay(utc("2026-07-31T17:00:00Z")) == "2026-08-01");
  CHECK(jakartaDay(utc("2025-12-31T17:00:00Z")) == "2026-01-01");
  CHECK(jakartaDay(utc("2024-02-28T17:00:00Z")) == "2024-02-29");
  CHECK(jakartaDay(TimePoint{}) == "1970-01-01");
  CHECK(jakartaDay(TimePoint::max()) == "9999-12-31");
  CHECK(jakartaDay(TimePoint::min()) == "0000-01-01");
}

TEST_CASE("snap time: written with milliseconds and Jakarta's offset", "[core][payment]") {
  CHECK(formatSnapTime(utc("2023-11-28T02:19:52.896Z")) == "2023-11-28T09:19:52.896+07:00");
  CHECK(formatSnapTime(utc("2021-11-02T20:00:00Z")) == "2021-11-03T03:00:00.000+07:00");
  CHECK(formatSnapTime(TimePoint::max()) == "9999-12-31T23:59:59.999+07:00");
}

TEST_CASE("snap time: what is written is read", "[core][payment]") {
  CountingRandom random;
  for (int i = 0; i < 2000; ++i) {
    const TimePoint time{Milliseconds{static_cast<std::int64_t>(random.next() % 253'402'300'000'000ULL)}};
    REQUIRE(parseSnapTime(formatSnapTime(time)) == time);
    REQUIRE(formatSnapTime(time).starts_with(jakartaDay(time)));
  }
}

TEST_CASE("snap time: offsets and fractions that partners send", "[core][payment]") {
  const auto time = utc("2026-10-08T03:00:00Z");
  for (const char* text :
       {"2026-10-08T10:00:00.000+07:00", "2026-10-08T10:00:00+07:00", "2026-10-08T10:00:00+0700",
        "2026-10-08T10:00:00.0+07", "2026-10-08T03:00:00Z", "2026-10-08T03:00:00.000Z",
        "2026-10-08T03:00:00+00:00", "2026-10-07T20:00:00-0700", "2026-10-08T10:00:00.000000+07:00"}) {
    CAPTURE(text);
    CHECK(parseSnapTime(text) == time);
  }
  CHECK(parseSnapTime("2021-11-29T09:22:18.172+07:00") == utc("2021-11-29T02:22:18.172Z"));
}

TEST_CASE("snap time: anything else is refused", "[core][payment]") {
  for (const char* text :
       {"", "2026-10-08", "2026-10-08T10:00:00", "2026-10-08T10:00:00.000", "2026-10-08 10:00:00+07:00",
        "2026-10-08T10:00+07:00", "2026-02-30T10:00:00+07:00", "2026-10-08T24:00:00+07:00",
        "2026-10-08T10:00:00+", "2026-10-08T10:00:00+7", "2026-10-08T10:00:00+070",
        "2026-10-08T10:00:00+07000", "2026-10-08T10:00:00+24", "2026-10-08T10:00:00+0760",
        "2026-10-08T10:00:00+07:00Z", "2026-10-08T10:00:00Z+07", "2026-10-08T10:00:00,000+07:00",
        "20261008T100000+0700", "1790000000"}) {
    CAPTURE(text);
    CHECK_FALSE(parseSnapTime(text));
  }
}

TEST_CASE("jakarta day: it begins at 17:00 UTC, and is read as it is written", "[core][payment]") {
  const auto begins = utc("2026-10-07T17:00:00Z");
  CHECK(jakartaDayStart(begins) == begins);
  CHECK(jakartaDayStart(begins - std::chrono::milliseconds{1}) == begins - std::chrono::days{1});
  CHECK(jakartaDayStart(begins + std::chrono::hours{24} - std::chrono::milliseconds{1}) == begins);
  CHECK(jakartaDayFrom("2026-10-08") == begins);
  CHECK(jakartaDayFrom(jakartaDay(begins)) == begins);
  for (const char* text :
       {"", "2026-02-30", "2026-1-1", "2026-10-08T", "20261008", "2026-13-01", "tomorrow!!"}) {
    CAPTURE(text);
    CHECK_FALSE(jakartaDayFrom(text));
  }
}
