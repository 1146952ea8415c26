#include <array>
#include <catch2/catch_test_macros.hpp>
#include <chrono>
#include <cstdlib>
#include <thread>

#include "persistence/sql/copyBuffer.hpp"
#include "persistence/sql/postgresPipeline.hpp"
#include "persistence/sql/postgresSession.hpp"
#include "persistence/sql/sqlFault.hpp"
#include "test/contract/persistence/testStorage.hpp"

using namespace ks;
using namespace ks::contract;

namespace {

const SqlStatement kNumber{"test.number", "SELECT $1::int8 + 1", true};
const SqlStatement kBackend{"test.backend", "SELECT pg_backend_pid()::int8", true};
const SqlStatement kDivide{"test.divide", "SELECT 1 / $1::int8", true};
const SqlStatement kMissing{"test.missing", "SELECT * FROM no_such_table", true};
const SqlStatement kSleepOnce{"test.sleepOnce", "SELECT pg_sleep(0.5), $1::int8", true};
const SqlStatement kSleepUnsafe{"test.sleepUnsafe", "SELECT pg_sleep(0.5), $1::int8", false};
const SqlStatement kSleepLong{"test.sleepLong", "SELECT pg_sleep(20)", true};
const SqlStatement kTerminate{"test.terminate", "SELECT pg_terminate_backend($1::int4)"};
const SqlStatement kIncrement{"test.increment", "UPDATE pipeline_test SET value = value + 1 WHERE id = $1",
                              false};
const SqlStatement kInsert{"test.insert", "INSERT INTO pipeline_test (id, value) VALUES ($1, $2)", false};

Result<SqlRows> answer(PostgresPipeline& pipeline, const SqlStatement& statement,
                       SqlParameters parameters = {}) {
  std::optional<Result<SqlRows>> result;
  pipeline.enqueue(statement, std::move(parameters),
                   [&](Result<SqlRows> rows) { result.emplace(std::move(rows)); });
  pipeline.flush();
  REQUIRE(result);
  return *result;
}

std::int64_t numberFrom(const Result<SqlRows>& rows) {
  INFO((rows.ok() ? std::string() : rows.fault().detail));
  REQUIRE(rows.ok());
  return rows.value().row(0).int64(0);
}

SqlParameters number(std::int64_t value) { return std::move(SqlParameters().int8(value)); }

void terminate(std::int64_t backend) {
  PostgresSession session(testPostgresConfig());
  REQUIRE(session.connect().ok());
  REQUIRE(session.exec(kTerminate, SqlParameters().int4(static_cast<std::int32_t>(backend))).ok());
}

void makeTable() {
  runSql(
      "DROP TABLE IF EXISTS pipeline_test; CREATE TABLE pipeline_test (id int8 PRIMARY KEY, value int8, note "
      "text)");
}

}  // namespace

TEST_CASE("Many statements in one flush, answers in order", "[pipeline]") {
  PostgresPipeline pipeline(testPostgresConfig());
  std::vector<std::int64_t> answers;
  for (std::int64_t i = 0; i < 3'000; ++i) {
    pipeline.enqueue(kNumber, number(i), [&](Result<SqlRows> rows) { answers.push_back(numberFrom(rows)); });
  }
  CHECK(answers.empty());
  pipeline.flush();
  REQUIRE(answers.size() == 3'000);
  for (std::size_t i = 0; i < answers.size(); ++i) {
    REQUIRE(answers[i] == static_cast<std::int64_t>(i) + 1);
  }
  CHECK(pipeline.status().statements == 3'000);
}

TEST_CASE("A statement that fails leaves its neighbours alone", "[pipeline]") {
  PostgresPipeline pipeline(testPostgresConfig());
  std::vector<bool> good;
  std::vector<std::string> states;
  const auto note = [&](Result<SqlRows> rows) {
    good.push_back(rows.ok());
    states.emplace_back(rows.ok() ? "" : sqlStateOf(rows.fault()));
  };
  pipeline.enqueue(kNumber, number(1), note);
  pipeline.enqueue(kDivide, number(0), note);
  pipeline.enqueue(kNumber, number(2), note);
  pipeline.enqueue(kMissing, {}, note);
  pipeline.enqueue(kNumber, number(3), note);
  pipeline.flush();
  CHECK(good == std::vector<bool>{true, false, true, false, true});
  CHECK(pipeline.status().failures == 2);
  CHECK(pipeline.status().reconnects == 0);

  // A statement that could not be prepared is retried once its table exists.
  runSql("CREATE TABLE no_such_table (id int8)");
  CHECK(answer(pipeline, kMissing).ok());
  runSql("DROP TABLE no_such_table");
}

TEST_CASE("A changed table does not strand prepared statements", "[pipeline]") {
  makeTable();
  const SqlStatement everything{"test.everything", "SELECT * FROM pipeline_test", true};
  PostgresPipeline pipeline(testPostgresConfig());
  REQUIRE(answer(pipeline, everything).ok());
  runSql("ALTER TABLE pipeline_test ADD COLUMN more int8");
  const auto rows = answer(pipeline, everything);
  REQUIRE(rows.ok());
  CHECK(rows.value().columns() == 4);
}

TEST_CASE("A unique index that is hit is named", "[pipeline]") {
  makeTable();
  PostgresPipeline pipeline(testPostgresConfig());
  REQUIRE(answer(pipeline, kInsert, std::move(SqlParameters().int8(1).int8(0))).ok());
  const auto again = answer(pipeline, kInsert, std::move(SqlParameters().int8(1).int8(0)));
  REQUIRE_FALSE(again.ok());
  CHECK(again.fault().code == ErrorCode::conflict);
  CHECK(isUniqueViolation(again.fault(), "pipeline_test_pkey"));
  CHECK_FALSE(isUniqueViolation(again.fault(), "pipeline_test"));
}

TEST_CASE("A connection killed while idle is replaced unseen", "[pipeline]") {
  PostgresPipeline pipeline(testPostgresConfig());
  const auto backend = numberFrom(answer(pipeline, kBackend));
  terminate(backend);
  std::this_thread::sleep_for(std::chrono::milliseconds(100));
  CHECK(numberFrom(answer(pipeline, kBackend)) != backend);
  CHECK(pipeline.status().reconnects == 1);
  CHECK(pipeline.status().failures == 0);
}

TEST_CASE("A connection killed midway: repeatable statements run again, others answer", "[pipeline]") {
  PostgresPipeline pipeline(testPostgresConfig());
  const auto backend = numberFrom(answer(pipeline, kBackend));
  PostgresSession session(testPostgresConfig());
  REQUIRE(session.connect().ok());
  std::thread killer([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(750));
    session.exec(kTerminate, SqlParameters().int4(static_cast<std::int32_t>(backend)));
  });
  int good = 0;
  int lost = 0;
  for (int i = 0; i < 4; ++i) {
    pipeline.enqueue(i % 2 == 0 ? kSleepOnce : kSleepUnsafe, number(i), [&](Result<SqlRows> rows) {
      good += rows.ok() ? 1 : 0;
      lost += !rows.ok() && rows.fault().code == ErrorCode::dependencyUnavailable ? 1 : 0;
    });
  }
  pipeline.flush();
  killer.join();
  // The first had been answered, the second (not repeatable) was running, the third is repeated, the fourth
  // was sent but cannot be told from one that ran.
  CHECK(good == 2);
  CHECK(lost == 2);
  CHECK(pipeline.status().reconnects == 1);
  CHECK(numberFrom(answer(pipeline, kBackend)) != backend);
}

TEST_CASE("A statement that takes too long ends with a timeout and the connection goes on", "[pipeline]") {
  PostgresPipeline pipeline(testPostgresConfig(Milliseconds(600)));
  const auto start = std::chrono::steady_clock::now();
  const auto result = answer(pipeline, kSleepLong);
  CHECK(std::chrono::steady_clock::now() - start < std::chrono::milliseconds(1'500));
  REQUIRE_FALSE(result.ok());
  CHECK(result.fault().code == ErrorCode::timeout);
  CHECK(numberFrom(answer(pipeline, kNumber, number(1))) == 2);
}

TEST_CASE("Deadlocks between two pipelines are retried", "[pipeline]") {
  makeTable();
  runSql("INSERT INTO pipeline_test VALUES (1, 0), (2, 0)");
  const SqlStatement forwards{
      "test.forwards",
      "WITH a AS (UPDATE pipeline_test SET value = value + 1 WHERE id = 1 RETURNING pg_sleep(0.15)) "
      "UPDATE pipeline_test SET value = value + (SELECT count(*) FROM a) WHERE id = 2"};
  const SqlStatement backwards{
      "test.backwards",
      "WITH a AS (UPDATE pipeline_test SET value = value + 1 WHERE id = 2 RETURNING pg_sleep(0.15)) "
      "UPDATE pipeline_test SET value = value + (SELECT count(*) FROM a) WHERE id = 1"};
  std::array<bool, 2> good{};
  std::array<std::thread, 2> threads;
  for (std::size_t i = 0; i < 2; ++i) {
    threads[i] = std::thread([&, i] {
      PostgresPipeline pipeline(testPostgresConfig());
      pipeline.enqueue(i == 0 ? forwards : backwards, {}, [&](Result<SqlRows> rows) { good[i] = rows.ok(); });
      pipeline.flush();
    });
  }
  for (auto& thread : threads) {
    thread.join();
  }
  CHECK(good == std::array<bool, 2>{true, true});
  CHECK(countOf("SELECT sum(value)::int8 FROM pipeline_test") == 4);
}

TEST_CASE("No server: replies at once, no hang", "[pipeline]") {
  PostgresConfig config{"host=/nonexistent dbname=k user=k", "contractTests"};
  PostgresPipeline pipeline(config);
  for (int i = 0; i < 3; ++i) {
    const auto result = answer(pipeline, kNumber, number(1));
    REQUIRE_FALSE(result.ok());
    CHECK(result.fault().code == ErrorCode::dependencyUnavailable);
    CHECK(result.fault().retryAfterS == 1);
  }
  CHECK_FALSE(pipeline.status().connected);
}

TEST_CASE("The queue is bounded", "[pipeline]") {
  PostgresPipeline pipeline(testPostgresConfig());
  std::size_t refused = 0;
  for (std::size_t i = 0; i < PostgresPipeline::kMostWaiting + 5; ++i) {
    pipeline.enqueue(kNumber, number(1), [&](Result<SqlRows> rows) {
      refused += !rows.ok() && rows.fault().code == ErrorCode::overloaded ? 1 : 0;
    });
  }
  CHECK(refused == 5);
  pipeline.flush();
  CHECK(refused == 5);
}

TEST_CASE("A reply may enqueue; a reply that throws does no harm", "[pipeline]") {
  PostgresPipeline pipeline(testPostgresConfig());
  std::int64_t second = 0;
  pipeline.enqueue(kNumber, number(1), [&](Result<SqlRows>) {
    pipeline.enqueue(kNumber, number(10), [&](Result<SqlRows> rows) { second = numberFrom(rows); });
    pipeline.flush();  // nested: does nothing
    throw std::runtime_error("in a reply");
  });
  pipeline.flush();
  CHECK(second == 0);
  pipeline.flush();
  CHECK(second == 11);
}

TEST_CASE("An old connection is replaced", "[pipeline]") {
  auto config = testPostgresConfig();
  config.recycle = std::chrono::seconds(0);
  PostgresPipeline pipeline(config);
  const auto first = numberFrom(answer(pipeline, kBackend));
  CHECK(numberFrom(answer(pipeline, kBackend)) != first);
}

TEST_CASE("Of several hosts the one that is there and writable is taken", "[pipeline]") {
  const SqlStatement place{"test.place",
                           "SELECT split_part(current_setting('unix_socket_directories'), ',', 1), "
                           "current_database()::text, current_user::text"};
  PostgresPipeline here(testPostgresConfig());
  const auto rows = answer(here, place);
  REQUIRE(rows.ok());
  const auto row = rows.value().row(0);
  if (row.text(0).empty()) {
    SKIP("the server has no Unix socket");
  }
  PostgresConfig config = testPostgresConfig();
  config.url = "host=/nonexistent," + std::string(row.text(0)) + " dbname=" + std::string(row.text(1)) +
               " user=" + std::string(row.text(2));
  PostgresPipeline pipeline(config);
  CHECK(numberFrom(answer(pipeline, kNumber, number(1))) == 2);
  // A standby, or a primary that has been demoted, says that it is read-only.
  config.url += " options='-c default_transaction_read_only=on'";
  PostgresPipeline nowhere(config);
  CHECK(answer(nowhere, kNumber, number(1)).fault().code == ErrorCode::dependencyUnavailable);
}

TEST_CASE("The server stopped and started: recovery without a new pipeline", "[pipeline][server]") {
  const char* control = std::getenv("K_TEST_POSTGRES_CTL");
  if (control == nullptr) {
    SKIP("K_TEST_POSTGRES_CTL is not set (a command that takes start and stop)");
  }
  makeTable();
  runSql("INSERT INTO pipeline_test VALUES (1, 0)");
  PostgresPipeline pipeline(testPostgresConfig());
  REQUIRE(answer(pipeline, kIncrement, number(1)).ok());
  REQUIRE(std::system((std::string(control) + " stop").c_str()) == 0);
  const auto start = std::chrono::steady_clock::now();
  CHECK(answer(pipeline, kIncrement, number(1)).fault().code == ErrorCode::dependencyUnavailable);
  CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds(1));
  REQUIRE(std::system((std::string(control) + " start").c_str()) == 0);
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  bool back = false;
  while (!back && std::chrono::steady_clock::now() < deadline) {
    back = answer(pipeline, kIncrement, number(1)).ok();
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  CHECK(back);
  CHECK(countOf("SELECT value FROM pipeline_test WHERE id = 1") == 2);
}

TEST_CASE("A session's transactions and COPY", "[session]") {
  makeTable();
  PostgresSession session(testPostgresConfig());
  REQUIRE(session.connect().ok());
  REQUIRE(session.begin().ok());
  CopyBuffer buffer;
  for (std::int64_t i = 0; i < 50'000; ++i) {
    buffer.row(3)
        .int8(i)
        .optionalInt8(i % 2 == 0 ? std::optional<std::int64_t>(i) : std::nullopt)
        .text("line");
  }
  const SqlStatement copy{"test.copy", "COPY pipeline_test (id, value, note) FROM STDIN (FORMAT binary)"};
  const std::string_view all = buffer.finish();
  const auto inTwoPieces = [all] {
    return [left = all, size = std::size_t{1'000}]() mutable {
      const auto piece = left.substr(0, size);
      left.remove_prefix(piece.size());
      size = left.size();
      return piece;
    };
  };
  const auto copied = session.copyBinary(copy, inTwoPieces());
  INFO(session.lastError());
  REQUIRE(copied.ok());
  CHECK(copied.value() == 50'000);
  CHECK(session.commit() == CommitOutcome::committed);
  CHECK(countOf("SELECT count(value) FROM pipeline_test") == 25'000);

  REQUIRE(session.begin().ok());
  CHECK_FALSE(session.copyBinary(copy, inTwoPieces()).ok());  // the same keys again
  CHECK(session.connected());
  CHECK(session.commit() == CommitOutcome::failed);
  REQUIRE(session.begin().ok());
  REQUIRE(session.execScript("DELETE FROM pipeline_test").ok());
  session.rollback();
  CHECK(countOf("SELECT count(*) FROM pipeline_test") == 50'000);
}

TEST_CASE("A session whose connection dies says so", "[session]") {
  PostgresSession session(testPostgresConfig());
  REQUIRE(session.connect().ok());
  REQUIRE(session.begin().ok());
  const auto backend = numberFrom(session.exec(kBackend));
  terminate(backend);
  std::this_thread::sleep_for(std::chrono::milliseconds(100));
  CHECK(session.commit() == CommitOutcome::unknown);
  CHECK_FALSE(session.connected());
  CHECK(session.commit() == CommitOutcome::failed);
  session.rollback();
  REQUIRE(session.connect().ok());
  CHECK(numberFrom(session.exec(kBackend)) != backend);
}
