#include <cmath>
#include <numeric>

#include "test/contract/persistence/monitoring/filledTraffic.hpp"

using namespace ks;
using ks::test::between;
using ks::test::FilledTraffic;
using ks::test::trafficEnd;
using ks::test::valueOf;

namespace {

Timeseries seriesOver(PostgresMonitoringEngine& engine, TimeseriesQuery query) {
  return valueOf(engine, std::move(query));
}

std::uint64_t sumOfCounts(const Heatmap& heatmap) {
  std::uint64_t sum = 0;
  for (const auto& column : heatmap.counts) {
    if (column) {
      sum += std::accumulate(column->begin(), column->end(), std::uint64_t{0});
    }
  }
  return sum;
}

}  // namespace

TEST_CASE("the heatmap's cells are the requests of the raw rows") {
  FilledTraffic traffic(20'000, std::chrono::hours{60});
  auto& database = traffic.database;
  auto& engine = traffic.engine;
  for (const std::string service : {"all", "auth"}) {
    for (const std::string route : {"", "/api/auth/me"}) {
      for (const std::chrono::hours back :
           {std::chrono::hours{1}, std::chrono::hours{24}, std::chrono::hours{168}}) {
        CAPTURE(service, route, back.count());
        const auto heatmap = valueOf(
            engine,
            HeatmapQuery{
                LatencySource::gateway, service, {trafficEnd() - back, trafficEnd()}, route, trafficEnd()});
        CHECK(heatmap.labels.size() <= 170);
        REQUIRE(heatmap.counts.size() == heatmap.labels.size());
        const auto where = between({heatmap.from, heatmap.to}) +
                           (service == "all" ? "" : " AND service = '" + service + "'") +
                           (route.empty() ? "" : " AND route = '" + route + "'");
        CHECK(static_cast<std::int64_t>(sumOfCounts(heatmap)) ==
              database.number("SELECT count(*) FROM metric_snapshot WHERE " + where));
        // A bound of a band is met within the histogram's 1/128.
        std::int64_t slow = 0;
        for (const auto& column : heatmap.counts) {
          for (std::size_t i = 0; column && i < column->size(); ++i) {
            slow += heatmap.bands[i].fromMs >= 500 ? static_cast<std::int64_t>((*column)[i]) : 0;
          }
        }
        const auto count = [&](const char* bound) {
          return database.number("SELECT count(*) FROM metric_snapshot WHERE " + where +
                                 " AND nginx_latency_ms >= " + bound);
        };
        CHECK(slow >= count("505"));
        CHECK(slow <= count("495"));
      }
    }
  }
}

TEST_CASE("a series tells zero from not known") {
  FilledTraffic traffic(3, std::chrono::hours{3});  // three requests: 3, 2 and 1 hours before the end
  auto& database = traffic.database;
  auto& engine = traffic.engine;
  const auto end = trafficEnd();
  const TimeRange range{end - std::chrono::hours{6}, end + std::chrono::hours{1}};
  const auto series = seriesOver(engine, {TimeseriesMetric::requests, "all", range, 900, "", end});
  std::size_t zeros = 0;
  double sum = 0;
  for (std::size_t i = 0; i < series.labels.size(); ++i) {
    const auto at = series.labels[i];
    const auto& value = series.datasets[0].data[i];
    const bool before = at + std::chrono::minutes{15} <= end - std::chrono::hours{3};
    CHECK(value.has_value() == (!before && at < end));
    zeros += value == 0.0 ? 1 : 0;
    for (const auto& dataset : series.datasets) {
      sum += dataset.data[i].value_or(0);
    }
  }
  CHECK(sum == 3);
  CHECK(zeros >= 9);

  // While bytes wait, data after the last line read is unknown.
  database.run("UPDATE log_file SET size = read_offset + 1000");
  const auto waiting = seriesOver(engine, {TimeseriesMetric::requests, "all", range, 900, "", end});
  CHECK(waiting.datasets[0].data.back() == std::nullopt);
  const auto last =
      static_cast<std::size_t>((end - std::chrono::minutes{30} - series.from) / std::chrono::minutes{15});
  CHECK(series.datasets[0].data[last] == 0.0);
  CHECK(waiting.datasets[0].data[last] == std::nullopt);
}

TEST_CASE("a series of one route is that route's rows") {
  FilledTraffic traffic(8'000, std::chrono::hours{30});
  auto& database = traffic.database;
  auto& engine = traffic.engine;
  const TimeRange range{trafficEnd() - std::chrono::hours{24}, trafficEnd()};
  for (const std::string service : {"all", "auth", "payment"}) {
    for (const std::string route : {"/api/auth/me", "/no/such/route"}) {
      for (const std::uint32_t interval : {300U, 3600U}) {
        const auto series =
            seriesOver(engine, {TimeseriesMetric::requests, service, range, interval, route, trafficEnd()});
        double sum = 0;
        for (const auto& dataset : series.datasets) {
          for (const auto& value : dataset.data) {
            sum += value.value_or(0);
          }
        }
        CAPTURE(service, route, interval);
        CHECK(sum == static_cast<double>(
                         database.number("SELECT count(*) FROM metric_snapshot WHERE " +
                                         between({series.from, series.to}) + " AND route = '" + route + "'" +
                                         (service == "all" ? "" : " AND service = '" + service + "'"))));
      }
    }
  }
}
