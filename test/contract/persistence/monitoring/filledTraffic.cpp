#include "test/contract/persistence/monitoring/filledTraffic.hpp"

#include "monitoring/collector/logBatchParser.hpp"
#include "test/contract/persistence/monitoring/tortureLog.hpp"

namespace ks::test {

TimePoint trafficEnd() {
  static const TimePoint end = std::chrono::floor<std::chrono::days>(SystemClock().now()) +
                               std::chrono::hours{13} + std::chrono::minutes{25} + std::chrono::seconds{40};
  return end;
}

void fillTraffic(CollectorDatabase& database, std::uint64_t lines, Milliseconds over) {
  const auto end = trafficEnd();
  auto repository = database.repository();
  IngestBatch batch;
  batch.before.id = database.uuids().next();
  batch.before.node = "node";
  batch.before.source = "access";
  batch.before.path = "/tmp/access.log";
  batch.before.headLength = 1;
  for (std::uint64_t i = 0; i < lines; ++i) {
    batch.text += TortureLog::line(
        i, end - over + over * static_cast<std::int64_t>(i) / static_cast<std::int64_t>(lines));
  }
  const auto length = batch.text.size();
  batch.text.append(NginxLogParser::kPadding, '\0');
  batch.after = batch.before;
  batch.after.offset = batch.after.size = length;
  batch.now = end;
  LogBatchParser parser;
  parser.parse(batch, length, false);
  REQUIRE(repository->registerFile(batch.before, 0, end).ok());
  for (int again = 0; again < 2; ++again) {
    const auto outcome = repository->store(batch);
    REQUIRE(outcome.ok());
    CHECK(outcome.value() == IngestOutcome::stored);
  }
}

std::string between(const TimeRange& range) {
  return "timestamp >= to_timestamp(" + std::to_string(range.from.time_since_epoch().count()) +
         "/1000.0) AND timestamp < to_timestamp(" + std::to_string(range.to.time_since_epoch().count()) +
         "/1000.0)";
}

}  // namespace ks::test
