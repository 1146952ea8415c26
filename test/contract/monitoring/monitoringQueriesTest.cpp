#include <catch2/catch_test_macros.hpp>
#include <cmath>

#include "persistence/postgresMonitoringRepository.hpp"
#include "test/contract/monitoring/collectorDatabase.hpp"
#include "test/contract/monitoring/filledTraffic.hpp"

using namespace ks;
using ks::test::between;
using ks::test::CollectorDatabase;
using ks::test::fillTraffic;
using ks::test::take;

namespace {

const TimePoint kNow = ks::test::trafficEnd();

}  // namespace

TEST_CASE("monitoring queries answer what SQL over the raw rows answers") {
  if (!ks::test::hasTestDatabase()) {
    SKIP("K_TEST_DATABASE_URL is not set");
  }
  CollectorDatabase database;
  fillTraffic(database, 30'000, std::chrono::hours{60});
  PostgresPipeline pipeline(database.config());
  PostgresMonitoringRepository repository(pipeline);

  for (const std::string service : {"all", "auth", "gateway"}) {
    for (const std::chrono::hours back :
         {std::chrono::hours{1}, std::chrono::hours{24}, std::chrono::hours{72}}) {
      CAPTURE(service, back.count());
      std::optional<Result<DashboardSummary>> answer;
      repository.dashboardSummary({service, {kNow - back, kNow}, kNow},
                                  [&](auto result) { answer.emplace(std::move(result)); });
      const auto summary = take(pipeline, answer);
      const std::string where =
          between({summary.from, summary.to}) + (service == "all" ? "" : " AND service = '" + service + "'");
      const auto count = [&](const std::string& what) {
        return database.number("SELECT " + what + " FROM metric_snapshot WHERE " + where);
      };
      CHECK(summary.totalRequests.value == static_cast<double>(count("count(*)")));
      CHECK(static_cast<std::int64_t>(summary.serverErrors) ==
            count("count(*) FILTER (WHERE status >= 500 AND NOT rate_limited)"));
      CHECK(static_cast<std::int64_t>(summary.clientErrors) ==
            count("count(*) FILTER (WHERE status BETWEEN 400 AND 499 AND NOT rate_limited)"));
      CHECK(static_cast<std::int64_t>(summary.rateLimitViolations) ==
            count("count(*) FILTER (WHERE rate_limited)"));
      const auto exact =
          static_cast<double>(
              count("(1000 * percentile_cont(0.95) WITHIN GROUP (ORDER BY nginx_latency_ms))::int8")) /
          1000;
      CHECK(std::abs(summary.p95LatencyMs.value - exact) <= exact * 0.01);
      const auto addresses = static_cast<double>(count("count(DISTINCT remote_ip)"));
      CHECK(std::abs(static_cast<double>(summary.uniqueIps) - addresses) <= addresses * 0.02);
      CHECK(summary.totalRequests.spark.size() == 24);
      CHECK(!summary.topEndpoints.empty());
    }
  }

  for (const auto metric : {TimeseriesMetric::requests, TimeseriesMetric::latency, TimeseriesMetric::errors,
                            TimeseriesMetric::uniqueIps}) {
    std::optional<Result<Timeseries>> answer;
    repository.timeseries({metric, "all", {kNow - std::chrono::hours{24}, kNow}, 0, "", kNow},
                          [&](auto result) { answer.emplace(std::move(result)); });
    const auto series = take(pipeline, answer);
    CHECK(series.labels.size() <= 300);
    CHECK(series.intervalS == 300);
    double sum = 0;
    for (const auto& dataset : series.datasets) {
      REQUIRE(dataset.data.size() == series.labels.size());
      for (const auto& value : dataset.data) {
        sum += metric == TimeseriesMetric::requests ? value.value_or(0) : 0;
      }
    }
    if (metric == TimeseriesMetric::requests) {
      CHECK(sum == static_cast<double>(database.number("SELECT count(*) FROM metric_snapshot WHERE " +
                                                       between({series.from, series.to}))));
    }
  }

  std::string cursor;
  std::uint64_t total = 0;
  std::size_t pages = 0;
  do {
    std::optional<Result<HourlyPage>> answer;
    repository.hourly({"all", {kNow - std::chrono::hours{72}, kNow}, 50, cursor},
                      [&](auto result) { answer.emplace(std::move(result)); });
    const auto page = take(pipeline, answer);
    for (const auto& row : page.rows) {
      total += row.totalRequests;
    }
    cursor = page.nextCursor;
    ++pages;
  } while (!cursor.empty() && pages < 100);
  CHECK(total == 30'000);
  CHECK(pages > 3);

  std::optional<Result<CollectorStatus>> collector;
  repository.collectorStatus({kNow}, [&](auto result) { collector.emplace(std::move(result)); });
  const auto status = take(pipeline, collector);
  REQUIRE(status.files.size() == 1);
  CHECK(status.lines == 30'000);
  CHECK(status.lagBytes == 0);

  std::optional<Result<CurrentHealth>> health;
  repository.currentHealth({kNow}, [&](auto result) { health.emplace(std::move(result)); });
  CHECK(take(pipeline, health).processes.empty());
}

TEST_CASE("monitoring queries refuse bad input by field") {
  if (!ks::test::hasTestDatabase()) {
    SKIP("K_TEST_DATABASE_URL is not set");
  }
  CollectorDatabase database;
  PostgresPipeline pipeline(database.config());
  PostgresMonitoringRepository repository(pipeline);
  const auto codeOf = [&](HourlyQuery query) {
    ErrorCode code = ErrorCode::none;
    repository.hourly(std::move(query),
                      [&](auto result) { code = result.ok() ? ErrorCode::none : result.fault().code; });
    pipeline.flush();
    return code;
  };
  const TimeRange day{kNow - std::chrono::hours{24}, kNow};
  CHECK(codeOf({"all", day, 50, ""}) == ErrorCode::none);
  CHECK(codeOf({"other", day, 50, ""}) == ErrorCode::outOfRange);
  CHECK(codeOf({"all", {day.to, day.from}, 50, ""}) == ErrorCode::outOfRange);
  CHECK(codeOf({"all", {kNow - std::chrono::days{100}, kNow}, 50, ""}) == ErrorCode::rangeTooWide);
  CHECK(codeOf({"all", day, 501, ""}) == ErrorCode::outOfRange);
  for (const char* cursor :
       {"x", "1.auth", "99999999999999999999.auth", "1770072671123", "1770072671123.other"}) {
    CHECK(codeOf({"all", day, 50, cursor}) == ErrorCode::cursorInvalid);
  }
}

TEST_CASE("retention makes today's and tomorrow's partitions and drops old days") {
  if (!ks::test::hasTestDatabase()) {
    SKIP("K_TEST_DATABASE_URL is not set");
  }
  CollectorDatabase database;
  fillTraffic(database, 1000, std::chrono::hours{60});
  auto repository = database.repository();
  RetentionPlan plan;
  plan.now = kNow;
  const auto first = repository->retain(plan);
  REQUIRE(first.ok());
  CHECK(first.value().dropped.empty());
  CHECK(database.number("SELECT count(*) FROM metric_snapshot") == 1000);
  plan.now = kNow + std::chrono::days{20};
  const auto later = repository->retain(plan);
  REQUIRE(later.ok());
  CHECK(later.value().dropped.size() >= 6);
  CHECK(database.number("SELECT count(*) FROM metric_snapshot") == 0);
  CHECK(database.number("SELECT sum(total_requests)::int8 FROM metric_rollup_hour WHERE service = 'all'") ==
        1000);

  ViolationBatch batch;
  batch.token = database.uuids().next();
  batch.now = kNow;
  batch.violations.push_back({kNow, "auth", "2001:db8::1", true, 6});
  batch.violations.push_back({kNow, "payment", "user_123", false, 101});
  batch.badEntries.push_back({0, BadLineReason::badViolation, "rubbish"});
  CHECK(repository->storeViolations(batch).ok());
  CHECK(repository->storeViolations(batch).ok());
  CHECK(database.number("SELECT count(*) FROM rate_limit_violation") == 2);
  CHECK(database.number("SELECT count(*) FROM rate_limit_violation WHERE remote_ip = '2001:db8::1'") == 1);
}
