#include <catch2/catch_test_macros.hpp>
#include <string>
#include <thread>
#include <vector>

#include "test/contract/monitoring/collectorDatabase.hpp"

// The audit chain of migration 0003: what it refuses, and what audit_verify() finds when somebody had the
// power to do it all the same.
namespace ks {
namespace {

using test::CollectorDatabase;

/// SQL that notes `count` events, `ageDays` old.
std::string noteEvents(int count, int ageDays = 0) {
  return "INSERT INTO audit_pending SELECT noted.* FROM generate_series(1, " + std::to_string(count) +
         ") n, jsonb_populate_record(NULL::audit_pending, jsonb_build_object('id', "
         "md5(random()::text)::uuid, "
         "'at', now() - interval '1 day' * " +
         std::to_string(ageDays) +
         ", 'actor_type', 'user', 'actor_id', n::text, 'action', 'auth.login', 'outcome', 'ok', 'ip', "
         "'2001:db8::1', 'after', jsonb_build_object('n', n))) noted";
}

/// The first broken row when `tampering` is done with the triggers off, 0 when the chain is found whole; the
/// tampering is taken back.
std::int64_t brokenAfter(CollectorDatabase& database, const std::string& tampering) {
  database.run("BEGIN; SET LOCAL session_replication_role = replica");
  database.run(tampering);
  const auto broken =
      database.number("SELECT coalesce(broken_seq, 0) FROM audit_verify(1, 1000) WHERE next_seq IS NULL");
  database.run("ROLLBACK");
  return broken;
}

bool isRefused(CollectorDatabase& database, const std::string& sql) {
  return !database.session().execScript(sql).ok();
}

}  // namespace

TEST_CASE("the audit trail takes no change but an appended event") {
  CollectorDatabase database;
  database.run(noteEvents(3));
  REQUIRE(database.number("SELECT audit_chain_pending(100)") == 3);
  CHECK(isRefused(database, "UPDATE audit_log SET actor_id = 'other'"));
  CHECK(isRefused(database, "DELETE FROM audit_log WHERE seq = 2"));
  CHECK(isRefused(database, "TRUNCATE audit_log"));
  CHECK(isRefused(database, "INSERT INTO audit_log SELECT * FROM audit_log"));
  CHECK(isRefused(database,
                  "INSERT INTO audit_pending (id, at, actor_type, action, outcome) "
                  "VALUES (md5(random()::text)::uuid, now(), 'user', 'x', 'maybe')"));
  CHECK(database.number("SELECT count(*) FROM audit_log") == 3);
  // The same event again, as after a commit whose outcome was unknown.
  database.run(
      "INSERT INTO audit_pending SELECT (jsonb_populate_record(NULL::audit_pending, to_jsonb(a))).* "
      "FROM audit_log a");
  CHECK(database.number("SELECT audit_chain_pending(100)") == 3);
  CHECK(database.number("SELECT count(*) FROM audit_log") == 3);
  CHECK(database.number("SELECT checked FROM audit_verify(1, 100)") == 3);
}

TEST_CASE("verifying finds what was altered, removed or inserted, at either end and between") {
  CollectorDatabase database;
  database.run(noteEvents(300));
  REQUIRE(database.number("SELECT audit_chain_pending(1000)") == 300);
  CHECK(brokenAfter(database, "SELECT 1") == 0);
  for (const char* column : {"actor_id = 'x'", "outcome = 'fail'", "at = at + interval '1 microsecond'",
                             "ip = NULL", "after = NULL", "before = '{}'", "reason = ''", "hash = prev_hash",
                             "id = md5(random()::text)::uuid", "session_id = md5(random()::text)::uuid"}) {
    INFO(column);
    CHECK(brokenAfter(database, std::string("UPDATE audit_log SET ") + column + " WHERE seq = 77") == 77);
  }
  CHECK(brokenAfter(database, "DELETE FROM audit_log WHERE seq = 1") == 1);
  CHECK(brokenAfter(database, "DELETE FROM audit_log WHERE seq BETWEEN 77 AND 80") == 77);
  CHECK(brokenAfter(database, "DELETE FROM audit_log WHERE seq > 290") == 291);
  // An altered row whose hash was made anew breaks the next link.
  CHECK(brokenAfter(database,
                    "UPDATE audit_log SET outcome = 'fail' WHERE seq = 77; "
                    "UPDATE audit_log a SET hash = audit_row_hash(a) WHERE seq = 77") == 78);
  const std::string forged =
      "WITH made AS (SELECT (jsonb_populate_record(NULL::audit_log, to_jsonb(a) || jsonb_build_object('seq', "
      "301, 'id', md5(random()::text)::uuid, 'prev_hash', a.hash::text))).* FROM audit_log a WHERE seq = "
      "300) "
      "INSERT INTO audit_log SELECT * FROM made; "
      "UPDATE audit_log a SET hash = audit_row_hash(a) WHERE seq = 301";
  CHECK(brokenAfter(database, forged) == 301);
  // What is written after it does not hide it, and is written at all.
  CHECK(brokenAfter(database, forged + "; " + noteEvents(5) +
                                  "; SET LOCAL session_replication_role = origin; "
                                  "SELECT audit_chain_pending(100)") >= 301);
  // In steps, with what is appended meanwhile.
  database.run(noteEvents(1));
  CHECK(database.number("SELECT next_seq FROM audit_verify(1, 100)") == 101);
  CHECK(database.number("SELECT audit_chain_pending(100)") == 1);
  CHECK(database.number("SELECT checked FROM audit_verify(101, 1000) WHERE broken_seq IS NULL") == 201);
}

TEST_CASE("processes that write at once make one chain without gaps") {
  CollectorDatabase database;
  constexpr int kWriters = 4;
  constexpr int kRounds = 40;
  std::vector<std::thread> writers;
  std::vector<int> failures(kWriters, 0);
  for (int i = 0; i < kWriters; ++i) {
    writers.emplace_back([&database, &failed = failures[static_cast<std::size_t>(i)]] {
      PostgresSession session{database.config()};
      failed += session.connect().ok() ? 0 : 1;
      for (int round = 0; round < kRounds; ++round) {
        failed += session.execScript(noteEvents(3)).ok() ? 0 : 1;
        failed += session.execScript("SELECT audit_chain_pending(2)").ok() ? 0 : 1;
      }
    });
  }
  for (auto& writer : writers) {
    writer.join();
  }
  CHECK(failures == std::vector<int>(kWriters, 0));
  while (database.number("SELECT audit_chain_pending(100)") > 0) {
  }
  CHECK(database.number("SELECT count(*) FROM audit_log") == kWriters * kRounds * 3);
  CHECK(database.number("SELECT max(seq) FROM audit_log") == kWriters * kRounds * 3);
  CHECK(database.number("SELECT checked FROM audit_verify(1, 10000) WHERE broken_seq IS NULL") ==
        kWriters * kRounds * 3);
}

TEST_CASE("retention shortens the audit trail at its old end and drops whole days of log lines and health") {
  CollectorDatabase database;
  auto repository = database.repository();
  database.run(noteEvents(10, 40));
  REQUIRE(database.number("SELECT audit_chain_pending(100)") == 10);
  database.run(noteEvents(5));
  REQUIRE(database.number("SELECT audit_chain_pending(100)") == 5);
  const auto fillDays = [&database](const std::string& when) {
    database.run(
        "INSERT INTO system_log (id, timestamp, process, service, level, type, label, message) VALUES "
        "(md5(random()::text)::uuid, " +
        when +
        ", 'public', 'kauth', 'WARNING', 'security', 'a.b', 'x'); "
        "INSERT INTO system_health_snapshot VALUES "
        "(md5(random()::text)::uuid, " +
        when + ", 'public', 'up', 1, 'up', 1, 'up', 1)");
  };
  fillDays("now() - interval '40 days'");
  fillDays("now()");
  RetentionPlan plan;
  plan.now = SystemClock{}.now();
  plan.keepAuditDays = 30;
  REQUIRE(repository->retain(plan).ok());
  CHECK(database.number("SELECT count(*) FROM audit_log") == 5);
  CHECK(database.number("SELECT min(seq) FROM audit_log") == 11);
  CHECK(database.number("SELECT checked FROM audit_verify(1, 100) WHERE broken_seq IS NULL") == 5);
  CHECK(brokenAfter(database, "DELETE FROM audit_log WHERE seq = 11") == 11);
  CHECK(database.number("SELECT count(*) FROM system_log") == 1);
  CHECK(database.number("SELECT count(*) FROM system_health_snapshot") == 1);
  // What came before its day had a partition has moved into it.
  CHECK(database.number("SELECT count(*) FROM system_log_default") == 0);
  CHECK(database.number("SELECT count(*) FROM system_health_snapshot_default") == 0);

  plan.now += std::chrono::days{20};
  REQUIRE(repository->retain(plan).ok());
  CHECK(database.number("SELECT count(*) FROM system_log") == 0);
  CHECK(database.number("SELECT count(*) FROM system_health_snapshot") == 0);
  CHECK(database.number("SELECT count(*) FROM audit_log") == 5);
  plan.now += std::chrono::days{20};
  REQUIRE(repository->retain(plan).ok());
  CHECK(database.number("SELECT count(*) FROM audit_log") == 0);
  CHECK(database.number("SELECT checked FROM audit_verify(1, 100) WHERE broken_seq IS NULL") == 0);
  database.run(noteEvents(2));
  CHECK(database.number("SELECT audit_chain_pending(100)") == 2);
  CHECK(database.number("SELECT checked FROM audit_verify(1, 100) WHERE broken_seq IS NULL") == 2);
}

}  // namespace ks
