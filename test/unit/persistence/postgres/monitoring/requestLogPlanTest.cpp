#include <catch2/catch_test_macros.hpp>

#include "persistence/postgres/monitoring/requestLogAnswers.hpp"
#include "persistence/postgres/monitoring/verificationAnswers.hpp"

using namespace ks;

namespace {

const TimePoint kPlanEnd{Milliseconds{1'790'000'000'123}};

RequestLogQuery plannedQuery() {
  RequestLogQuery query;
  query.range = {kPlanEnd - std::chrono::hours{24}, kPlanEnd};
  query.service = "all";
  return query;
}

}  // namespace

TEST_CASE("a page of requests is looked for in parts that cover the range, the newest first",
          "[persistence]") {
  const auto query = plannedQuery();
  const auto plan = planRequestLog(query);
  REQUIRE(plan.ok());
  const auto& [since, until] = std::pair(plan.value().since, plan.value().until);
  REQUIRE(since.size() == until.size());
  CHECK(until.front() == query.range.to);
  CHECK(since.back() == query.range.from);
  CHECK(since.size() <= 12);
  for (std::size_t i = 0; i < since.size(); ++i) {
    CHECK(since[i] < until[i]);
    CHECK((i == 0 || until[i] == since[i - 1]));
  }
}

TEST_CASE("one request is looked for in the whole range at once, an address in parts", "[persistence]") {
  auto query = plannedQuery();
  query.remoteIp = "2001:DB8::0:7";
  const auto address = planRequestLog(query);
  REQUIRE(address.ok());
  CHECK(address.value().address == "2001:db8::7");
  CHECK(address.value().since.size() > 1);
  query.remoteIp = "2001:db8::/32";
  CHECK(planRequestLog(query).value().network == "2001:db8::/32");
  CHECK(planRequestLog(query).value().since.size() > 1);
  query.requestId = "r1";
  CHECK(planRequestLog(query).value().since.size() == 1);
}

TEST_CASE("the page after a row begins at that row's time", "[persistence]") {
  auto query = plannedQuery();
  query.limit = 1;
  RequestLogRow row;
  row.timestamp = kPlanEnd - std::chrono::hours{3};
  row.id = *Uuid::parse("01900000-0000-7000-8000-000000000001");
  const auto page = requestLogPageOf(planRequestLog(query).value(), {row, row});
  CHECK(page.rows.size() == 1);
  query.cursor = page.nextCursor;
  const auto next = planRequestLog(query);
  REQUIRE(next.ok());
  CHECK(next.value().after->at == row.timestamp);
  CHECK(next.value().afterId == row.id);
  CHECK(next.value().until.front() == row.timestamp + Milliseconds{1});
  // The range of a "last 24 hours" moves on between two pages.
  query.range.from += std::chrono::hours{22};
  query.range.to += std::chrono::hours{22};
  const auto moved = planRequestLog(query);
  REQUIRE(moved.ok());
  CHECK(moved.value().since.empty());
}

TEST_CASE("a comparison of rollups counts what differs and how far estimates are off", "[persistence]") {
  HourComparison comparison(kPlanEnd);
  VerifiedFigures raw;
  raw.counts.fill(10);
  raw.p95Ms = 100;
  raw.uniqueIps = 1000;
  auto rollup = raw;
  comparison.addHour("all", "", rollup, raw);
  comparison.addMinute(kPlanEnd, "all", "", rollup, raw);
  CHECK(comparison.found().differences == 0);
  CHECK(comparison.found().requests == 10);

  rollup.p95Ms = 100.9;
  rollup.uniqueIps = 985;
  comparison.addHour("auth", "", rollup, raw);
  CHECK(comparison.found().differences == 0);
  CHECK(comparison.found().worstP95Error > 0.0089);
  CHECK(comparison.found().worstUniqueError > 0.0149);

  rollup.p95Ms = 101.1;
  rollup.uniqueIps = 979;
  rollup.counts[3] = 11;
  comparison.addHour("auth", "/x", rollup, raw);
  comparison.addMinute(kPlanEnd, "auth", "/x", rollup, raw);
  CHECK(comparison.found().differences == 4);
  CHECK(comparison.found().examples.front().figure == "status_4xx");
  CHECK(comparison.found().hourRows == 3);
  CHECK(comparison.found().minuteRows == 2);

  comparison.addHour("auth", "/only/in/rollup", raw, VerifiedFigures{});
  CHECK(comparison.found().differences == 4 + 10 + 2);
}
