#include "monitoring/live/liveSummary.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace ks;
using namespace std::chrono_literals;

namespace {

constexpr TimePoint kNow{std::chrono::milliseconds{1'770'114'645'123}};

IngestBatch batchOf(int lines, TimePoint at, std::uint16_t status, std::uint64_t microseconds) {
  IngestBatch batch;
  for (int i = 0; i < lines; ++i) {
    HttpLogEntry entry;
    entry.at = at + Milliseconds{i};
    entry.status = status;
    entry.gatewayUs = microseconds;
    entry.method = "GET";
    entry.route = "/api/auth/me";
    entry.address = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 192, 0, 2, 1};
    entry.hasAddress = true;
    batch.entries.push_back(entry);
  }
  return batch;
}

}  // namespace

TEST_CASE("a live summary counts what came since the one before", "[monitoring]") {
  LiveSummaryBuilder builder;
  builder.add(batchOf(30, kNow - 1s, 200, 2'000), kNow);
  builder.add(batchOf(3, kNow, 404, 2'000), kNow);
  builder.add(batchOf(2, kNow + 100ms, 503, 2'000), kNow);
  auto limited = batchOf(4, kNow + 200ms, 429, 2'000);
  for (auto& entry : limited.entries) {
    entry.rateLimited = true;
  }
  builder.add(limited, kNow);
  const auto first = builder.take(kNow, true);
  CHECK(first.at == kNow);
  CHECK(first.collecting);
  CHECK(first.requests == 39);
  CHECK(first.clientErrors == 3);
  CHECK(first.serverErrors == 2);
  CHECK(first.rateLimited == 4);
  CHECK(first.late == 0);
  CHECK(first.latencyMs.p50 > 1.98);
  CHECK(first.latencyMs.p99 < 2.02);
  REQUIRE(first.recent.size() == LiveSummaryBuilder::kRecent);
  CHECK(first.recent.front().status == 429);
  CHECK(first.recent.front().at > first.recent.back().at);
  CHECK(first.recent.front().remoteIp == "192.0.2.1");
  CHECK(first.recent.front().latencyMs == 2.0);

  const auto second = builder.take(kNow + 1s, false);
  CHECK_FALSE(second.collecting);
  CHECK(second.requests == 0);
  CHECK(second.recent.size() == LiveSummaryBuilder::kRecent);
  CHECK(second.latencyMs.p50 == first.latencyMs.p50);
}

TEST_CASE("lines that come late are no live traffic", "[monitoring]") {
  LiveSummaryBuilder builder;
  builder.add(batchOf(1'000, kNow - 1h, 200, 1'000'000), kNow);
  builder.add(batchOf(1, kNow, 200, 1'000), kNow);
  builder.addLate(7);
  const auto summary = builder.take(kNow, true);
  CHECK(summary.requests == 1);
  CHECK(summary.late == 1'007);
  CHECK(summary.recent.size() == 1);
  CHECK(summary.latencyMs.p99 < 2);
}

TEST_CASE("latencies are those of the last ten seconds", "[monitoring]") {
  LiveSummaryBuilder builder;
  builder.add(batchOf(1, kNow, 200, 50'000), kNow);
  for (std::size_t i = 0; i < LiveSummaryBuilder::kLatencySpan; ++i) {
    CHECK(builder.take(kNow, true).latencyMs.p50 > 49);
  }
  CHECK(builder.take(kNow, true).latencyMs.p50 == 0);
}
