#include <catch2/catch_test_macros.hpp>
#include <cstdlib>
#include <random>

#include "monitoring/collector/logTail.hpp"
#include "persistence/postgres/monitoring/retention.hpp"
#include "test/contract/persistence/monitoring/collectorDatabase.hpp"
#include "test/contract/persistence/monitoring/tortureLog.hpp"

using namespace ks;
using ks::test::CollectorDatabase;
using ks::test::TortureLog;

namespace {

/// A collector without actors: does at once what its tail says, save that batches may wait as they do in a
/// mailbox.
class Collector {
 public:
  Collector(CollectorDatabase& database, const std::string& path)
      : repository_(database.repository()), tail_(configOf(path), database.uuids()) {}

  /// One thing done; false when there was nothing to do.
  bool step(TimePoint now, bool storeLate) {
    auto step = tail_.next(now, now);
    if (std::holds_alternative<LogTail::Load>(step)) {
      tail_.loaded(repository_->loadFiles("node", "access"));
    } else if (auto* file = std::get_if<LogTail::Register>(&step)) {
      tail_.registered(repository_->registerFile(file->file, file->knownAlike, now));
    } else if (auto* changed = std::get_if<LogTail::Update>(&step)) {
      tail_.updated(repository_->updateFile(changed->file, now));
    } else if (auto* store = std::get_if<LogTail::Store>(&step)) {
      waiting_.push_back(std::move(store->batch));
      if (!storeLate) {
        storeOne();
      }
    } else if (!waiting_.empty()) {
      storeOne();
    } else {
      return false;
    }
    return true;
  }

  /// The process dies; waiting batches may have been stored without an answer.
  void die(bool storedUnheard) {
    if (storedUnheard && !waiting_.empty()) {
      static_cast<void>(repository_->store(*waiting_.front()));
    }
  }

  [[nodiscard]] const std::string& lastError() const { return tail_.lastError(); }

 private:
  static LogTailConfig configOf(const std::string& path) {
    LogTailConfig config;
    config.node = "node";
    config.source = "access";
    config.path = path;
    config.chunkBytes = 320 * 1024;
    return config;
  }
  void storeOne() {
    const auto batch = std::move(waiting_.front());
    waiting_.erase(waiting_.begin());
    tail_.stored(repository_->store(*batch));
  }

  std::unique_ptr<PostgresCollectorRepository> repository_;
  LogTail tail_;
  std::vector<std::shared_ptr<const IngestBatch>> waiting_;
};

void settle(Collector& collector, TimePoint& now) {
  for (int quiet = 0, steps = 0; quiet < 8 && steps < 20'000; ++steps) {
    if (collector.step(now, false)) {
      quiet = 0;
    } else {
      ++quiet;
      now += std::chrono::seconds{30};
    }
  }
}

void checkEqual(CollectorDatabase& database, const TortureLog& log, const std::string& lastError) {
  CAPTURE(lastError);
  const auto written = static_cast<std::int64_t>(log.written());
  CHECK(database.number("SELECT count(*) FROM metric_snapshot") == written);
  CHECK(database.number("SELECT count(DISTINCT request_id) FROM metric_snapshot") == written);
  CHECK(database.number("SELECT count(DISTINCT id) FROM metric_snapshot") == written);
  CHECK(database.number("SELECT coalesce(sum(lines), 0)::int8 FROM log_file") == written);
  CHECK(database.number("SELECT coalesce(sum(bad_lines), 0)::int8 FROM log_file") ==
        static_cast<std::int64_t>(log.bad()));
  for (const std::string table : {"metric_rollup_minute", "metric_rollup_hour"}) {
    const bool hour = table == "metric_rollup_hour";
    const std::string total = hour ? "total_requests" : "total";
    for (const char* which : {"service = 'all'", "service <> 'all' AND route = ''", "route <> ''"}) {
      CHECK(database.number("SELECT coalesce(sum(" + total + "), 0)::int8 FROM " + table + " WHERE " +
                            which) == written);
    }
    // Every row against the raw rows: count, server errors, rate limited and summed latency.
    CHECK(database.number(
              "SELECT count(*) FROM " + table + " r WHERE route <> '' AND (" + total +
              (hour ? ", server_errors, rate_limited_requests" : ", status_5xx, rate_limited") +
              ", gateway_sum_us, backend_sum_us) IS DISTINCT FROM (SELECT (count(*), count(*) FILTER (WHERE "
              "status >= 500 AND NOT rate_limited), "
              "count(*) FILTER (WHERE rate_limited), round(sum(nginx_latency_ms) * 1000)::int8, "
              "round(sum(backend_latency_ms) * 1000)::int8) FROM metric_snapshot s WHERE s.service = "
              "r.service AND "
              "s.route = r.route AND date_trunc('" +
              (hour ? "hour', s.timestamp) = r.hour_start" : "minute', s.timestamp) = r.bucket_start") +
              ")") == 0);
  }
}

const TimePoint kStart = std::chrono::floor<std::chrono::hours>(SystemClock().now());

}  // namespace

TEST_CASE("collector torture: lines written = rows = rollup totals, whatever happens") {
  const char* wanted = std::getenv("K_TORTURE_SEEDS");
  const int seeds = wanted == nullptr ? 8 : std::atoi(wanted);
  const char* first = std::getenv("K_TORTURE_FIRST");
  const int begin = first == nullptr ? 1 : std::atoi(first);
  for (int seed = begin; seed < begin + seeds; ++seed) {
    CAPTURE(seed);
    CollectorDatabase database;
    TortureLog log("torture");
    std::mt19937 random(static_cast<unsigned>(seed));
    TimePoint now = SystemClock().now();
    auto collector = std::make_unique<Collector>(database, log.path());
    auto second = std::make_unique<Collector>(database, log.path());
    std::string program;
    for (int i = 0; i < 150; ++i) {
      now += Milliseconds{random() % 3000};
      const TimePoint at = kStart + std::chrono::seconds{random() % 7200};
      switch (random() % 20) {
        case 0:
          log.rotateByRename(random() % 2 == 0);
          program += 'R';
          break;
        case 1:
          log.copyTruncate();
          program += 'C';
          break;
        case 2:
          collector->die(random() % 2 == 0);
          collector = std::make_unique<Collector>(database, log.path());
          program += 'K';
          break;
        case 3:
          log.writeTorn(at);
          program += 't';
          break;
        case 4:
          log.writeRubbish(random());
          program += 'b';
          break;
        case 5:
          log.writeIntoRotated(static_cast<int>(random() % 5), at);
          program += 'o';
          break;
        case 6:
          database.run(
              "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() "
              "AND pid <> pg_backend_pid()");
          program += 'D';
          break;
        case 7:
          // Two collectors by mistake: the fence prevents double storage.
          for (int k = 0; k < 10; ++k) {
            second->step(now, random() % 2 == 0);
          }
          program += '2';
          break;
        case 8:
        case 9:
        case 10:
        case 11:
        case 12:
          log.write(1 + static_cast<int>(random() % (random() % 10 == 0 ? 3000 : 40)), at);
          program += 'w';
          break;
        default:
          for (auto k = random() % 12; k > 0; --k) {
            collector->step(now, random() % 3 == 0);
          }
          program += 's';
          break;
      }
    }
    log.write(1, kStart);
    second.reset();
    settle(*collector, now);
    CAPTURE(program);
    checkEqual(database, log, collector->lastError());
  }
}

TEST_CASE("collector: the connection dies at COMMIT") {
  CollectorDatabase database;
  TortureLog log("commit");
  database.run(
      "CREATE TABLE torture_switch (kill boolean); INSERT INTO torture_switch VALUES (false);"
      "CREATE FUNCTION torture_kill() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
      "IF (SELECT kill FROM torture_switch) THEN PERFORM pg_terminate_backend(pg_backend_pid()); PERFORM "
      "pg_sleep(1); END IF; "
      "RETURN NULL; END $$;"
      "CREATE CONSTRAINT TRIGGER torture AFTER UPDATE ON log_file DEFERRABLE INITIALLY DEFERRED "
      "FOR EACH ROW EXECUTE FUNCTION torture_kill()");
  TimePoint now = SystemClock().now();
  Collector collector(database, log.path());
  for (int round = 0; round < 5; ++round) {
    log.write(50, kStart);
    database.run("UPDATE torture_switch SET kill = true");
    for (int i = 0; i < 6; ++i) {
      collector.step(now, false);
    }
    CHECK(database.number("SELECT count(*) FROM metric_snapshot") == round * 50);
    database.run("UPDATE torture_switch SET kill = false");
    now += std::chrono::seconds{2};
    for (int i = 0; i < 20; ++i) {
      collector.step(now, false);
    }
    CHECK(database.number("SELECT count(*) FROM metric_snapshot") == (round + 1) * 50);
  }
  settle(collector, now);
  checkEqual(database, log, collector.lastError());
}

TEST_CASE("collector: rows go into their day's partition, also when somebody has dropped it meanwhile") {
  CollectorDatabase database;
  TortureLog log("partition");
  TimePoint now = SystemClock().now();
  Collector collector(database, log.path());
  const auto steps = [&] {
    for (int i = 0; i < 20; ++i) {
      collector.step(now, false);
      now += std::chrono::seconds{2};
    }
  };
  const std::string partition = partitionOf(kCollectorTables[0], dayOf(kStart));
  log.write(50, kStart);
  steps();
  CHECK(database.number("SELECT count(*) FROM " + partition) == 50);
  database.run("DROP TABLE " + partition);
  log.write(30, kStart);
  steps();
  CHECK(database.number("SELECT count(*) FROM " + partition) == 30);
  CHECK(database.number("SELECT sum(lines)::int8 FROM log_file") == 80);

  // Lines of two days in one batch, the later of which has no partition yet.
  log.write(20, kStart - std::chrono::days{3});
  log.write(20, kStart - std::chrono::days{4});
  steps();
  CHECK(database.number("SELECT count(*) FROM metric_snapshot") == 70);
  CHECK(database.number("SELECT count(*) FROM metric_snapshot_default") == 0);
  CHECK(database.number("SELECT count(*) FROM " +
                        partitionOf(kCollectorTables[0], dayOf(kStart - std::chrono::days{3}))) == 20);
}
