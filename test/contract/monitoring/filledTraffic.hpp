#pragma once
#include <catch2/catch_test_macros.hpp>
#include <optional>
#include <string>

#include "messages/monitoringMessages.hpp"
#include "persistence/postgresPipeline.hpp"
#include "test/contract/monitoring/collectorDatabase.hpp"

// A database with collected traffic, and what tests ask it.
namespace ks::test {

/// The end of the traffic: today at 13:25:40 UTC.
[[nodiscard]] TimePoint trafficEnd();

/// Stores numbered lines (TortureLog::line), spread evenly over the time before trafficEnd().
void fillTraffic(CollectorDatabase& database, std::uint64_t lines, Milliseconds over);

/// SQL condition on metric_snapshot.
[[nodiscard]] std::string between(const TimeRange& range);

/// What a repository replied after a flush; fails the test on a fault.
template <class T>
T take(PostgresPipeline& pipeline, std::optional<Result<T>>& answer) {
  pipeline.flush();
  REQUIRE(answer.has_value());
  if (!answer->ok()) {
    FAIL(answer->fault().detail << answer->fault().message);
  }
  return answer->value();
}

}  // namespace ks::test
