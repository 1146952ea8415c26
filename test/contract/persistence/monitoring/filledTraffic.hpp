#pragma once
#include <catch2/catch_test_macros.hpp>
#include <optional>
#include <string>
#include <type_traits>

#include "messages/monitoring/monitoringMessages.hpp"
#include "persistence/sql/postgresPipeline.hpp"
#include "test/contract/persistence/monitoring/collectorDatabase.hpp"

// A database with collected traffic, and what tests ask it.
namespace ks::test {

/// The end of the traffic: today at 13:25:40 UTC.
[[nodiscard]] TimePoint trafficEnd();

/// Stores numbered lines (TortureLog::line), spread evenly over the time before trafficEnd().
void fillTraffic(CollectorDatabase& database, std::uint64_t lines, Milliseconds over);

/// SQL condition on metric_snapshot.
[[nodiscard]] std::string between(const TimeRange& range);

/// What a repository replies to a question.
template <class Repository, class Query, class Out>
Result<Out> answerTo(PostgresPipeline& pipeline, void (Repository::*question)(Query, Reply<Out>),
                     std::type_identity_t<Query> query) {
  Repository repository(pipeline);
  std::optional<Result<Out>> answer;
  (repository.*question)(std::move(query),
                         [&answer](Result<Out> result) { answer.emplace(std::move(result)); });
  pipeline.flush();
  REQUIRE(answer.has_value());
  return std::move(*answer);
}

/// The same; fails the test on a fault.
template <class Repository, class Query, class Out>
Out valueOf(PostgresPipeline& pipeline, void (Repository::*question)(Query, Reply<Out>),
            std::type_identity_t<Query> query) {
  auto answer = answerTo(pipeline, question, std::move(query));
  if (!answer.ok()) {
    FAIL(answer.fault().detail << answer.fault().message);
  }
  return std::move(answer.value());
}

/// A database filled by fillTraffic(), and a pipeline to ask it.
struct FilledTraffic {
  FilledTraffic(std::uint64_t lines, Milliseconds over) : pipeline(database.config()) {
    fillTraffic(database, lines, over);
  }

  CollectorDatabase database;
  PostgresPipeline pipeline;
};

}  // namespace ks::test
