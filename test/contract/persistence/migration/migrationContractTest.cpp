#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <deque>
#include <numeric>
#include <thread>

#include "persistence/expectedSchemaVersion.hpp"
#include "persistence/migration/migrationRunner.hpp"
#include "test/contract/persistence/testStorage.hpp"

using namespace ks;
using namespace ks::contract;

namespace {

std::vector<Migration> threeSteps() {
  return {{1, "first", "aaa", "CREATE TABLE one (id int8)", "DROP TABLE one"},
          {2, "second", "bbb", "CREATE TABLE two (id int8); INSERT INTO two VALUES (1)", "DROP TABLE two"},
          {3, "third", "ccc", "ALTER TABLE two ADD COLUMN more text", "ALTER TABLE two DROP COLUMN more"}};
}

bool hasTable(PostgresSession& session, const std::string& name) {
  const SqlStatement statement{"test.hasTable", "SELECT to_regclass($1) IS NOT NULL"};
  auto rows = session.exec(statement, SqlParameters().text(name));
  REQUIRE(rows.ok());
  return rows.value().row(0).boolean(0);
}

std::vector<int> done(Result<std::vector<int>> result) {
  INFO((result.ok() ? std::string() : result.fault().message + " / " + result.fault().detail));
  REQUIRE(result.ok());
  return result.value();
}

std::string refusedWith(const Result<std::vector<int>>& result) {
  REQUIRE_FALSE(result.ok());
  return result.fault().message;
}

}  // namespace

TEST_CASE("The repository's migrations: up, down, up", "[migration]") {
  const ScratchDatabase database;
  PostgresSession session(database.config());
  MigrationRunner runner(session, embeddedMigrations(), embeddedFunctions());
  std::vector<int> all(static_cast<std::size_t>(kExpectedSchemaVersion));
  std::iota(all.begin(), all.end(), 1);
  REQUIRE(kExpectedSchemaVersion >= 1);

  REQUIRE_FALSE(checkSchemaVersion(session, kExpectedSchemaVersion, kExpectedFunctions).ok());
  CHECK(done(runner.up()) == all);
  CHECK(runner.changedFunctions().size() == embeddedFunctions().size());
  CHECK(done(runner.up()).empty());
  CHECK(runner.changedFunctions().size() == embeddedFunctions().size());
  CHECK(checkSchemaVersion(session, kExpectedSchemaVersion, kExpectedFunctions).ok());
  const auto downwards = done(runner.down(0));
  CHECK(downwards == std::vector<int>(all.rbegin(), all.rend()));
  CHECK_FALSE(hasTable(session, "users"));
  const SqlStatement left{
      "test.left",
      "SELECT count(*)::int8 FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
      "WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p', 'S', 'v') AND c.relname <> 'schema_migration'"};
  CHECK(session.exec(left).value().row(0).int64(0) == 0);
  CHECK(done(runner.up()) == all);
  CHECK(hasTable(session, "users"));
}

TEST_CASE("Going on where the database is, and back to a version", "[migration]") {
  const ScratchDatabase database;
  PostgresSession session(database.config());
  auto steps = threeSteps();
  CHECK(done(MigrationRunner(session, {steps[0]}).up()) == std::vector<int>{1});
  CHECK(done(MigrationRunner(session, steps).up()) == std::vector<int>{2, 3});
  const auto states = MigrationRunner(session, steps).status();
  REQUIRE(states.ok());
  REQUIRE(states.value().size() == 3);
  CHECK(states.value()[2].applied);
  CHECK(states.value()[2].name == "third");
  CHECK(states.value()[2].appliedAt);
  CHECK(done(MigrationRunner(session, steps).down(1)) == std::vector<int>{3, 2});
  CHECK(hasTable(session, "one"));
  CHECK_FALSE(hasTable(session, "two"));
  CHECK_FALSE(MigrationRunner(session, steps).status().value()[1].applied);
}

TEST_CASE("A changed or unknown history is refused and nothing is done", "[migration]") {
  const ScratchDatabase database;
  PostgresSession session(database.config());
  const auto steps = threeSteps();
  REQUIRE(MigrationRunner(session, {steps[0], steps[1]}).up().ok());

  SECTION("checksum") {
    auto changed = steps;
    changed[1].checksum = "other";
    const auto message = refusedWith(MigrationRunner(session, changed).up());
    CHECK(message.find("0002_second") != std::string::npos);
    CHECK(message.find("checksum") != std::string::npos);
    CHECK_FALSE(MigrationRunner(session, changed).down(0).ok());
    CHECK_FALSE(MigrationRunner(session, changed).status().ok());
  }
  SECTION("another name") {
    auto renamed = steps;
    renamed[0].name = "begin";
    CHECK(refusedWith(MigrationRunner(session, renamed).up()).find("0001_first") != std::string::npos);
  }
  SECTION("newer than this program") {
    CHECK(refusedWith(MigrationRunner(session, {steps[0]}).up()).find("newer") != std::string::npos);
  }
  const SqlStatement count{"test.count", "SELECT count(*) FROM schema_migration"};
  CHECK(session.exec(count).value().row(0).int64(0) == 2);
}

TEST_CASE("A migration that fails is rolled back whole; those before it stay", "[migration]") {
  const ScratchDatabase database;
  PostgresSession session(database.config());
  auto steps = threeSteps();
  steps[1].up = "CREATE TABLE two (id int8); SELECT 1/0";
  const auto message = refusedWith(MigrationRunner(session, steps).up());
  CHECK(message.find("0002_second") != std::string::npos);
  CHECK(message.find("division by zero") != std::string::npos);
  CHECK(hasTable(session, "one"));
  CHECK_FALSE(hasTable(session, "two"));
  CHECK(done(MigrationRunner(session, threeSteps()).up()) == std::vector<int>{2, 3});
}

TEST_CASE("Two migrators at once: each step once", "[migration]") {
  const ScratchDatabase database;
  auto steps = threeSteps();
  steps[0].up += "; SELECT pg_sleep(0.3)";
  std::vector<std::vector<int>> applied(4);
  std::vector<std::string> faults(4);
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < applied.size(); ++i) {
    threads.emplace_back([&, i] {
      PostgresSession session(database.config());
      auto result = MigrationRunner(session, steps).up();
      if (result.ok()) {
        applied[i] = result.value();
      } else {
        faults[i] = result.fault().message + result.fault().detail;
      }
    });
  }
  std::size_t steppedTotal = 0;
  for (std::size_t i = 0; i < threads.size(); ++i) {
    threads[i].join();
    steppedTotal += applied[i].size();
  }
  CHECK(faults == std::vector<std::string>(4));
  CHECK(steppedTotal == 3);
}

TEST_CASE("The lock has a deadline", "[migration]") {
  const ScratchDatabase database;
  PostgresSession holder(database.config());
  REQUIRE(holder.connect().ok());
  REQUIRE(holder.execScript("SELECT pg_advisory_lock(7742641484409430272)").ok());
  PostgresSession session(database.config());
  const auto message = refusedWith(MigrationRunner(session, threeSteps(), {}, Milliseconds(300)).up());
  CHECK(message.find("Another process") != std::string::npos);
  holder.disconnect();
  CHECK(done(MigrationRunner(session, threeSteps()).up()).size() == 3);
}

TEST_CASE("The schema version check says what to do", "[migration]") {
  const ScratchDatabase database;
  PostgresSession session(database.config());
  CHECK(checkSchemaVersion(session, 2, "").fault().message.find("no schema yet") != std::string::npos);
  REQUIRE(MigrationRunner(session, threeSteps()).up().ok());
  CHECK(checkSchemaVersion(session, 3, "").ok());
  CHECK(checkSchemaVersion(session, 4, "").fault().message.find("migrate up") != std::string::npos);
  CHECK(checkSchemaVersion(session, 2, "").fault().message.find("newer version") != std::string::npos);
}

namespace {

/// The migrations before the one of that name.
std::vector<Migration> before(const std::string& name) {
  const auto& all = embeddedMigrations();
  const auto end =
      std::find_if(all.begin(), all.end(), [&](const Migration& each) { return each.name == name; });
  REQUIRE(end != all.end());
  return {all.begin(), end};
}

std::string textOf(PostgresSession& session, const std::string& sql) {
  // Statements must outlive the connection.
  static std::deque<std::pair<std::string, std::string>> texts;
  static std::deque<SqlStatement> statements;
  const auto& [name, text] = texts.emplace_back("test.text" + std::to_string(texts.size()), sql);
  auto rows = session.exec(statements.emplace_back(SqlStatement{name.c_str(), text.c_str()}));
  INFO(sql << (rows.ok() ? "" : rows.fault().detail));
  REQUIRE(rows.ok());
  return rows.value().empty() || rows.value().row(0).isNull(0) ? ""
                                                               : std::string{rows.value().row(0).text(0)};
}

}  // namespace

TEST_CASE("Identifiers stored before the fold get their one form; what collides is named and kept",
          "[migration][fold]") {
  const ScratchDatabase database;
  PostgresSession session(database.config());
  REQUIRE(MigrationRunner(session, before("identifierFold")).up().ok());
  const auto user = [](char id, const char* email, const char* username) {
    return std::string{"('01900000-0000-7000-8000-0000000000a"} + id + "', '" + email + "', " + username +
           ", 'active', now(), now())";
  };
  REQUIRE(session
              .execScript(
                  "INSERT INTO users (id, email, username, status, created_at, updated_at) VALUES " +
                  user('1', "ann@m\xc3\xbcnchen.example", "'Ann.Lee'") + ", " +
                  user('2', "ann@xn--mnchen-3ya.example", "NULL") + ", " +
                  user('3',
                       "bert@b\xc3\xbc"
                       "cher.example",
                       "NULL") +
                  ", " + user('4', "x\xe2\x80\x8b@example.org", "NULL") + ", " +
                  user('5', "adm\xc4\xb0n@example.org", "NULL") +
                  "; INSERT INTO one_time_tokens (id, user_id, purpose, token_hash, relates_to, expires_at, "
                  "created_at) "
                  "VALUES ('01900000-0000-7000-8000-0000000000b1', '01900000-0000-7000-8000-0000000000a3', "
                  "'reset_password', '\\x01', 'bert@b\xc3\xbc"
                  "cher.example', now(), now())"
                  "; INSERT INTO email_changes VALUES ('01900000-0000-7000-8000-0000000000c1', "
                  "'01900000-0000-7000-8000-0000000000a5', 'adm\xc4\xb0n@example.org', 'new@b\xc3\xbc"
                  "cher.example', "
                  "'\\x01', now(), '\\x02', now(), 'open', NULL, now())"
                  "; INSERT INTO identifier_block (id, pattern, reason, created_at) VALUES "
                  "('01900000-0000-7000-8000-0000000000d1', '@B\xc3\x9c"
                  "CHER.example', 'spam', now())")
              .ok());
  MigrationRunner runner(session, embeddedMigrations(), embeddedFunctions());
  REQUIRE(runner.up().ok());

  const auto emailOf = [&](char id) {
    return textOf(session, "SELECT email FROM users WHERE id = '01900000-0000-7000-8000-0000000000a" +
                               std::string(1, id) + "'");
  };
  CHECK(emailOf('1') == "ann@m\xc3\xbcnchen.example");
  CHECK(emailOf('2') == "ann@xn--mnchen-3ya.example");
  CHECK(emailOf('3') == "bert@xn--bcher-kva.example");
  CHECK(emailOf('5') == "adm\xc4\xb0n@example.org");
  CHECK(textOf(session, "SELECT username FROM users WHERE username IS NOT NULL") == "ann.lee");
  CHECK(textOf(session, "SELECT relates_to FROM one_time_tokens") == "bert@xn--bcher-kva.example");
  CHECK(textOf(session, "SELECT new_email FROM email_changes") == "new@xn--bcher-kva.example");
  CHECK(textOf(session, "SELECT pattern FROM identifier_block") == "@xn--bcher-kva.example");
  REQUIRE(runner.remarks().size() == 2);
  CHECK(runner.remarks()[0].find("00a1") != std::string::npos);
  CHECK(runner.remarks()[0].find("00a2") != std::string::npos);
  CHECK(runner.remarks()[1].find("00a4") != std::string::npos);

  CHECK(
      textOf(session, "SELECT string_agg(extname, ',') FROM pg_extension WHERE extname = 'citext'").empty());
  CHECK(
      textOf(
          session,
          "SELECT string_agg(c.table_name || '.' || c.column_name, ', ') FROM information_schema.columns c "
          "WHERE c.table_schema = 'public' AND (c.table_name, c.column_name) IN (('users', 'email'), "
          "('users', 'username'), ('users', 'pending_email'), ('one_time_tokens', 'relates_to'), "
          "('email_changes', "
          "'old_email'), ('email_changes', 'new_email'), ('roles', 'name'), ('identifier_block', 'pattern')) "
          "AND (c.data_type <> 'text' OR c.collation_name IS DISTINCT FROM 'C')")
          .empty());
  CHECK(
      textOf(session, "SELECT string_agg(proname, ', ') FROM pg_proc WHERE prosrc ~ '\\mcitext\\M'").empty());
}

namespace {

/// A function that answers `answer`, as a file of migrations/functions/ has it.
DatabaseFunction functionOf(const std::string& name, const std::string& answer) {
  return {
      name, "sum of " + answer,
      "CREATE OR REPLACE FUNCTION " + name + "() RETURNS text LANGUAGE sql AS $$ SELECT " + answer + " $$;"};
}

std::vector<Migration> withFunctionTable() {
  auto steps = threeSteps();
  steps.push_back({4, "functionFiles", "ddd",
                   "CREATE TABLE schema_function (name text PRIMARY KEY, checksum text NOT NULL, "
                   "applied_at timestamptz NOT NULL DEFAULT clock_timestamp())",
                   "DROP TABLE schema_function"});
  steps.push_back({5, "later", "eee", "CREATE TABLE later (i int)", "DROP TABLE later"});
  return steps;
}

}  // namespace

TEST_CASE("Functions are made anew when their text has changed, all of them or none", "[migration]") {
  const ScratchDatabase database;
  PostgresSession session(database.config());
  const auto up = [&](std::vector<DatabaseFunction> functions) {
    MigrationRunner runner(session, withFunctionTable(), std::move(functions));
    const auto result = runner.up();
    INFO((result.ok() ? std::string() : result.fault().message));
    REQUIRE(result.ok());
    return runner.changedFunctions();
  };
  // One calls the other, which is created after it.
  const auto caller = functionOf("alpha", "beta()");
  CHECK(up({caller, functionOf("beta", "'one'")}) == std::vector<std::string>{"alpha", "beta"});
  CHECK(textOf(session, "SELECT alpha()") == "one");
  CHECK(up({caller, functionOf("beta", "'one'")}).empty());
  CHECK(up({caller, functionOf("beta", "'two'")}) == std::vector<std::string>{"beta"});
  CHECK(textOf(session, "SELECT alpha()") == "two");

  MigrationRunner broken(session, withFunctionTable(),
                         {functionOf("alpha", "'new'"), {"beta", "x", "NOT SQL"}});
  const auto refused = broken.up();
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.fault().message.find("beta") != std::string::npos);
  CHECK(textOf(session, "SELECT alpha()") == "two");

  CHECK(up({caller}).empty());
  CHECK(textOf(session, "SELECT string_agg(name, ',') FROM schema_function") == "alpha");

  // After a step back they are applied again; without a step they stay as they are.
  REQUIRE(MigrationRunner(session, withFunctionTable(), {caller}).down(99).ok());
  CHECK(up({caller}).empty());
  REQUIRE(MigrationRunner(session, withFunctionTable(), {caller}).down(4).ok());
  CHECK(up({caller}) == std::vector<std::string>{"alpha"});
}

TEST_CASE("A program starts only with the functions that it was built with", "[migration]") {
  const ScratchDatabase database;
  PostgresSession session(database.config());
  auto functions = embeddedFunctions();
  REQUIRE_FALSE(functions.empty());
  functions.back().checksum = "of another build";
  REQUIRE(MigrationRunner(session, embeddedMigrations(), functions).up().ok());
  const auto refused = checkSchemaVersion(session, kExpectedSchemaVersion, kExpectedFunctions);
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.fault().message.find("functions") != std::string::npos);
  REQUIRE(MigrationRunner(session, embeddedMigrations(), embeddedFunctions()).up().ok());
  CHECK(checkSchemaVersion(session, kExpectedSchemaVersion, kExpectedFunctions).ok());
}
