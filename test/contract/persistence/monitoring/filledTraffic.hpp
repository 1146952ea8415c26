#pragma once
#include <catch2/catch_test_macros.hpp>
#include <optional>
#include <string>
#include <utility>

#include "messages/monitoring/monitoringMessages.hpp"
#include "persistence/postgres/postgresMonitoringEngine.hpp"
#include "test/contract/persistence/monitoring/collectorDatabase.hpp"

// A database with collected traffic, and queries on it.
namespace ks::test {

/// The end of the traffic: today at 13:25:40 UTC.
[[nodiscard]] TimePoint trafficEnd();

/// Stores numbered lines (TortureLog::line), spread evenly over the time before trafficEnd().
void fillTraffic(CollectorDatabase& database, std::uint64_t lines, Milliseconds over);

/// SQL condition on metric_snapshot.
[[nodiscard]] std::string between(const TimeRange& range);

/// What the engine replies to a question.
template <class Op>
Result<typename Op::Out> answerTo(MonitoringEngineInterface& engine, Op question) {
  using Out = typename Op::Out;
  std::optional<Result<Out>> answer;
  engine.run(std::move(question),
             Reply<Out>([&answer](Result<Out> result) { answer.emplace(std::move(result)); }));
  engine.flush();
  REQUIRE(answer.has_value());
  return std::move(*answer);
}

/// The same; fails the test on a fault.
template <class Op>
typename Op::Out valueOf(MonitoringEngineInterface& engine, Op question) {
  auto answer = answerTo(engine, std::move(question));
  if (!answer.ok()) {
    FAIL(answer.fault().detail << answer.fault().message);
  }
  return std::move(answer.value());
}

/// A database filled by fillTraffic(), and an engine to ask it.
struct FilledTraffic {
  FilledTraffic(std::uint64_t lines, Milliseconds over) : engine(database.config(), database.sealer()) {
    fillTraffic(database, lines, over);
  }

  CollectorDatabase database;
  PostgresMonitoringEngine engine;
};

}  // namespace ks::test
