#include <catch2/catch_test_macros.hpp>
#include <string>
#include <thread>
#include <vector>

#include "persistence/sql/auditSealing.hpp"
#include "persistence/sql/auditVerification.hpp"
#include "test/contract/persistence/monitoring/collectorDatabase.hpp"

// The audit chain of migration 0003 and its seal: what they refuse, and what verification finds if somebody
// was able to do it nevertheless.
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

AuditStep verified(CollectorDatabase& database, std::int64_t from = 1, std::uint32_t most = 10'000,
                   const AuditSealerInterface* sealer = nullptr) {
  const VerifyAudit query{from, most};
  auto rows =
      database.session().exec(kVerifyAudit, SqlParameters().int8(from).int8(static_cast<std::int64_t>(most)));
  REQUIRE(rows.ok());
  return verifyAuditRows(rows.value(), query, sealer == nullptr ? *database.sealer() : *sealer);
}

/// How many rows are found as they were written; -1 when one is not.
std::int64_t wholeFrom(CollectorDatabase& database, std::int64_t from = 1) {
  const auto step = verified(database, from);
  INFO(step.reason);
  return step.brokenSeq ? -1 : step.checked;
}

std::int64_t chain(CollectorDatabase& database, int most) {
  return database.number("SELECT audit_chain_pending(" + std::to_string(most) + ")");
}

void sealAll(CollectorDatabase& database, std::shared_ptr<const AuditSealerInterface> sealer = nullptr) {
  AuditSealing sealing(database.session(), sealer == nullptr ? database.sealer() : std::move(sealer));
  for (bool more = true; more;) {
    auto moved = sealing.next();
    REQUIRE(moved.ok());
    more = moved.value();
  }
}

/// The verdict after `tampering` with the triggers off; the tampering is reverted.
AuditStep foundAfter(CollectorDatabase& database, const std::string& tampering,
                     const AuditSealerInterface* sealer = nullptr) {
  database.run("BEGIN; SET LOCAL session_replication_role = replica");
  database.run(tampering);
  auto found = verified(database, 1, 10'000, sealer);
  database.run("ROLLBACK");
  return found;
}

/// The first broken row then, 0 when the chain is found whole.
std::int64_t brokenAfter(CollectorDatabase& database, const std::string& tampering) {
  return foundAfter(database, tampering).brokenSeq.value_or(0);
}

/// SQL that alters a row and recomputes every later hash and the head.
std::string rebuildFrom(std::int64_t seq) {
  return "DO $$ DECLARE r audit_log; prev bytea; BEGIN "
         "FOR r IN SELECT * FROM audit_log WHERE seq >= " +
         std::to_string(seq) +
         " ORDER BY seq LOOP "
         "r.prev_hash := coalesce(prev, r.prev_hash); "
         "IF r.seq = " +
         std::to_string(seq) +
         " THEN r.outcome := 'fail'; END IF; "
         "r.hash := audit_row_hash(r); prev := r.hash; "
         "UPDATE audit_log SET outcome = r.outcome, prev_hash = r.prev_hash, hash = r.hash WHERE seq = "
         "r.seq; "
         "END LOOP; UPDATE audit_chain SET head_hash = prev; END $$";
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
  CHECK(wholeFrom(database) == 3);
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
  // An altered row with a recomputed hash breaks the next link.
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
  // Later entries do not hide it, and can still be written.
  CHECK(brokenAfter(database, forged + "; " + noteEvents(5) +
                                  "; SET LOCAL session_replication_role = origin; "
                                  "SELECT audit_chain_pending(100)") >= 301);
  // In steps, with what is appended meanwhile.
  database.run(noteEvents(1));
  CHECK(verified(database, 1, 100).nextSeq == 101);
  CHECK(database.number("SELECT audit_chain_pending(100)") == 1);
  CHECK(wholeFrom(database, 101) == 201);
}

TEST_CASE("a chain that the tables' owner made anew is not the one that was sealed") {
  CollectorDatabase database;
  database.run(noteEvents(300));
  REQUIRE(chain(database, 1000) == 300);
  // An unsealed row is no safer than a pending one.
  CHECK(foundAfter(database, rebuildFrom(77)).brokenSeq == std::nullopt);
  sealAll(database);
  CHECK(wholeFrom(database) == 300);
  CHECK(verified(database).sealedToSeq == 300);
  const auto reasonAfter = [&database](const std::string& tampering) {
    return foundAfter(database, tampering).reason;
  };
  CHECK(reasonAfter(rebuildFrom(77)) == "rebuilt");
  CHECK(reasonAfter(rebuildFrom(1)) == "rebuilt");
  CHECK(reasonAfter(rebuildFrom(77) + "; UPDATE audit_chain SET sealed_hash = head_hash") == "rebuilt");
  CHECK(reasonAfter(rebuildFrom(77) +
                    "; UPDATE audit_chain SET sealed_seq = 76, sealed_hash = (SELECT hash FROM "
                    "audit_log WHERE seq = 76)") == "rebuilt");
  CHECK(reasonAfter("UPDATE audit_chain SET seal = NULL, seal_key = NULL") == "unsealed");
  CHECK(reasonAfter("UPDATE audit_chain SET seal_key = 'k9'") == "unknown_key");
  CHECK(reasonAfter("UPDATE audit_chain SET sealed_from = 301") == "rebuilt");
  // Cut at either end, with the head and the anchor moved along.
  CHECK(
      reasonAfter(
          "DELETE FROM audit_log WHERE seq > 290; UPDATE audit_chain SET head_seq = 290, head_hash = (SELECT "
          "hash FROM audit_log WHERE seq = 290)") == "missing");
  CHECK(
      reasonAfter(
          "DELETE FROM audit_log WHERE seq > 290; UPDATE audit_chain SET head_seq = 290, head_hash = (SELECT "
          "hash FROM audit_log WHERE seq = 290), sealed_seq = 290, sealed_hash = (SELECT hash FROM audit_log "
          "WHERE seq = 290)") == "rebuilt");
  CHECK(
      reasonAfter(
          "UPDATE audit_chain SET first_seq = 11, first_prev_hash = (SELECT hash FROM audit_log WHERE seq = "
          "10); DELETE FROM audit_log WHERE seq < 11") == "rebuilt");
}

TEST_CASE("no process seals a chain that is not the one it sealed before") {
  CollectorDatabase database;
  database.run(noteEvents(20));
  REQUIRE(chain(database, 100) == 20);
  AuditSealing sealing(database.session(), database.sealer());
  REQUIRE(sealing.next().ok());
  REQUIRE(verified(database).sealedToSeq == 20);
  database.run("CREATE TABLE old AS SELECT * FROM audit_chain");
  database.run(noteEvents(5));
  REQUIRE(chain(database, 100) == 5);
  const auto sealedAfter = [&database, &sealing](const std::string& tampering) {
    database.run("BEGIN; SET LOCAL session_replication_role = replica");
    database.run(tampering);
    const auto moved = sealing.next();
    CHECK((moved.ok() && !moved.value()));
    const auto sealed = verified(database).sealedToSeq;
    database.run("ROLLBACK");
    return sealed;
  };
  CHECK(sealedAfter(rebuildFrom(7)) == 20);
  CHECK(sealedAfter("DELETE FROM audit_log WHERE seq = 22") == 20);
  CHECK(sealedAfter("UPDATE audit_log SET reason = 'x' WHERE seq = 25") == 20);
  CHECK(sealedAfter("UPDATE audit_chain SET seal = NULL, seal_key = NULL") == 20);
  CHECK(sealedAfter("UPDATE audit_chain SET seal_key = 'k9'") == 20);
  sealAll(database);
  REQUIRE(sealing.next().ok());
  REQUIRE(verified(database).sealedToSeq == 25);
  // An old seal with the chain of its time: right by itself, but this process has seen a younger one.
  const std::string rollBack =
      "DELETE FROM audit_log WHERE seq > 20; DELETE FROM audit_chain; INSERT INTO audit_chain SELECT * FROM "
      "old";
  CHECK(foundAfter(database, rollBack).brokenSeq == std::nullopt);
  CHECK(sealedAfter(rollBack + "; " + noteEvents(3) +
                    "; SET LOCAL session_replication_role = origin; SELECT "
                    "audit_chain_pending(100)") == 20);
  // Only an operator can accept a chain that was changed before.
  database.run("SET session_replication_role = replica; " + rebuildFrom(7) +
               "; SET session_replication_role = origin");
  CHECK(verified(database).reason == "rebuilt");
  REQUIRE(AuditSealing(database.session(), database.sealer()).begin().ok());
  sealAll(database);
  CHECK(wholeFrom(database) == 25);
  CHECK(verified(database).sealedFromSeq == 26);
}

TEST_CASE("the seal follows the master keys, and needs no key of before") {
  CollectorDatabase database;
  database.run(noteEvents(10));
  REQUIRE(chain(database, 100) == 10);
  sealAll(database);
  const auto both = std::make_shared<const AuditSealer>(testKeyring(kSecondKey + "," + kFirstKey));
  const auto second = std::make_shared<const AuditSealer>(testKeyring(kSecondKey));
  CHECK(verified(database, 1, 100, both.get()).brokenSeq == std::nullopt);
  CHECK(verified(database, 1, 100, second.get()).reason == "unknown_key");
  database.run(noteEvents(1));
  REQUIRE(chain(database, 100) == 1);
  sealAll(database, both);
  CHECK(verified(database, 1, 100, second.get()).checked == 11);
  CHECK(foundAfter(database, rebuildFrom(3), second.get()).reason == "rebuilt");
}

TEST_CASE("what the chain held before there were seals is covered too, and told apart") {
  CollectorDatabase database;
  database.run(noteEvents(1'200));
  REQUIRE(chain(database, 5'000) == 1'200);
  database.run(
      "UPDATE audit_chain SET sealed_from = head_seq + 1, sealed_seq = 0, sealed_hash = first_prev_hash, "
      "seal_key "
      "= NULL, seal = NULL");  // as the migration leaves it
  CHECK(verified(database).reason == "unsealed");
  REQUIRE(AuditSealing(database.session(), database.sealer()).begin().ok());
  sealAll(database);
  const auto found = verified(database);
  CHECK(found.brokenSeq == std::nullopt);
  CHECK(found.checked == 1'200);
  CHECK(found.sealedFromSeq == 1'201);
  CHECK(found.sealedToSeq == 1'200);
  CHECK(foundAfter(database, rebuildFrom(600)).reason == "rebuilt");
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
      AuditSealing sealing(session, database.sealer());
      for (int round = 0; round < kRounds; ++round) {
        failed += session.execScript(noteEvents(3)).ok() ? 0 : 1;
        failed += session.execScript("SELECT audit_chain_pending(2)").ok() ? 0 : 1;
        failed += sealing.next().ok() ? 0 : 1;
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
  sealAll(database);
  CHECK(wholeFrom(database) == kWriters * kRounds * 3);
  CHECK(verified(database).sealedToSeq == kWriters * kRounds * 3);
}

TEST_CASE("retention shortens the audit trail at its old end and drops whole days of log lines and health") {
  CollectorDatabase database;
  auto repository = database.repository();
  database.run(noteEvents(10, 40));
  REQUIRE(database.number("SELECT audit_chain_pending(100)") == 10);
  database.run(noteEvents(5));
  REQUIRE(database.number("SELECT audit_chain_pending(100)") == 5);
  sealAll(database);
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
  CHECK(wholeFrom(database) == 5);
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
  CHECK(wholeFrom(database) == 0);
  database.run(noteEvents(2));
  CHECK(database.number("SELECT audit_chain_pending(100)") == 2);
  CHECK(wholeFrom(database) == 2);
}

}  // namespace ks
