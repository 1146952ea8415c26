#include "persistence/migration/serverRole.hpp"

#include <unistd.h>

#include <catch2/catch_test_macros.hpp>
#include <string>

#include "core/clockInterface.hpp"
#include "crypto/sodiumRandomSource.hpp"
#include "persistence/migration/migrationRunner.hpp"
#include "persistence/postgres/monitoring/postgresCollectorRepository.hpp"
#include "persistence/postgres/monitoring/postgresEventRepository.hpp"
#include "persistence/sql/auditSealing.hpp"
#include "test/contract/persistence/testStorage.hpp"
#include "test/unit/crypto/testKeys.hpp"

using namespace ks;
using namespace ks::contract;

namespace {

void run(PostgresSession& session, const std::string& sql) {
  REQUIRE(session.connect().ok());
  const auto done = session.execScript(sql);
  INFO(sql << ": " << (done.ok() ? "" : done.fault().detail));
  REQUIRE(done.ok());
}

bool isRefused(PostgresSession& session, const std::string& sql) {
  REQUIRE(session.connect().ok());
  const auto done = session.execScript(sql);
  if (done.ok()) {
    return false;
  }
  const auto& why = done.fault().detail;
  INFO(why);
  CHECK((why.find("denied") != std::string::npos || why.find("must be") != std::string::npos));
  return true;
}

/// Roles belong to the whole server, so this program uses its own names.
struct Roles {
  Roles() {
    run(superuser, "CREATE ROLE " + owner + " LOGIN; CREATE ROLE " + servers +
                       " LOGIN; GRANT SET ON PARAMETER \"ks.audit_writer\" TO " + owner +
                       "; ALTER SCHEMA public OWNER TO " + owner);
    run(superuser,
        "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I OWNER TO " + owner + "', current_database()); END $$");
    PostgresSession session(as(owner));
    const auto applied = MigrationRunner(session, embeddedMigrations(), embeddedFunctions()).up();
    INFO((applied.ok() ? "" : applied.fault().message + applied.fault().detail));
    REQUIRE(applied.ok());
  }
  ~Roles() {
    if (superuser.connect().ok()) {
      static_cast<void>(superuser.execScript(
          "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I OWNER TO current_user', "
          "current_database()); END $$; DROP OWNED BY " +
          servers + "; DROP OWNED BY " + owner + "; DROP ROLE " + owner + ", " + servers));
    }
  }
  [[nodiscard]] PostgresConfig as(const std::string& role) const {
    auto config = database.config();
    config.url += config.url.find("://") == std::string::npos ? " user=" + role : "&user=" + role;
    return config;
  }

  ScratchDatabase database;
  PostgresSession superuser{database.config()};
  std::string owner = "ks_owner_" + std::to_string(::getpid());
  std::string servers = "ks_servers_" + std::to_string(::getpid());
};

}  // namespace

TEST_CASE("the servers' role reads and writes rows and appends to the audit trail, and nothing more",
          "[role]") {
  Roles roles;
  PostgresSession owner(roles.as(roles.owner));
  REQUIRE(grantToServers(owner, roles.servers).ok());
  REQUIRE(grantToServers(owner, roles.servers).ok());
  PostgresSession servers(roles.as(roles.servers));

  const std::string event =
      "INSERT INTO audit_pending (id, at, actor_type, action, outcome) VALUES (md5(random()::text)::uuid, "
      "now() - "
      "interval '40 days', 'system', 'x', 'ok')";
  run(servers, event);
  REQUIRE(AuditSealing(owner, testSealer()).begin().ok());
  auto events = PostgresEventRepository(roles.as(roles.servers), testSealer());
  auto chained = events.chainAudit();
  INFO((chained.ok() ? "" : chained.fault().detail));
  REQUIRE(chained.ok());
  run(servers, "SELECT 1 / (sealed_seq = 1)::int FROM audit_chain");
  run(servers, "SELECT * FROM audit_log, audit_chain, audit_pending, schema_migration, schema_function");
  run(servers, "DELETE FROM sessions; UPDATE users SET version = version; LISTEN k");
  SystemClock clock;
  SodiumRandomSource random;
  UuidGenerator uuids{clock, random};
  RetentionPlan plan;
  plan.now = clock.now();
  const auto retained =
      PostgresCollectorRepository(roles.as(roles.servers), uuids, testSealer()).retain(plan);
  INFO((retained.ok() ? "" : retained.fault().detail));
  REQUIRE(retained.ok());
  CHECK_FALSE(retained.value().created.empty());
  run(servers,
      "INSERT INTO system_log (id, timestamp, process, service, level, type, label, message) VALUES "
      "(md5(random()::text)::uuid, now(), 'public', 'kauth', 'WARNING', 'security', 'a.b', 'x')");

  for (const char* sql : {"CREATE TABLE t (i int)",
                          "CREATE TEMPORARY TABLE t (i int)",
                          "CREATE SCHEMA s",
                          "CREATE ROLE r",
                          "DROP TABLE users",
                          "TRUNCATE users",
                          "ALTER TABLE users ADD x int",
                          "DROP FUNCTION audit_refuse() CASCADE",
                          "UPDATE audit_log SET outcome = outcome",
                          "DELETE FROM audit_log",
                          "TRUNCATE audit_log",
                          "INSERT INTO audit_log SELECT * FROM audit_log",
                          "UPDATE audit_pending SET reason = 'x'",
                          "DELETE FROM audit_pending",
                          "TRUNCATE audit_pending",
                          "UPDATE audit_chain SET head_seq = 0",
                          "DELETE FROM audit_chain",
                          "INSERT INTO identifier_fold_undo VALUES ('f()', 'x')",
                          "UPDATE identifier_fold_undo SET definition = 'x'",
                          "INSERT INTO schema_migration VALUES (9999, 'x', 'x', now(), 0)",
                          "INSERT INTO schema_function VALUES ('x', 'x')",
                          "DELETE FROM schema_function",
                          "ALTER TABLE audit_log DISABLE TRIGGER ALL",
                          "SET session_replication_role = replica",
                          "SELECT grant_to_servers(current_user)",
                          "SELECT pg_read_file('/etc/hostname')",
                          "COPY (SELECT 1) TO PROGRAM 'cat'",
                          "COPY users TO '/tmp/k-users'",
                          "SELECT pg_reload_conf()"}) {
    INFO(sql);
    CHECK(isRefused(servers, sql));
  }
  CHECK(isRefused(servers, "SET ROLE " + roles.owner));
  REQUIRE(servers.connect().ok());
  CHECK_FALSE(
      servers.execScript("SELECT monitoring_drop_partitions('users', 'created_at', current_date)").ok());
  CHECK_FALSE(
      servers.execScript("SELECT monitoring_make_partition('system_log', 'label', current_date)").ok());

  // A server's request, even with a valid seal, deletes no young entry, whatever its
  // neighbours' dates are.
  REQUIRE(keepAuditTrail(owner, 30).ok());
  run(servers,
      "INSERT INTO audit_pending (id, at, actor_type, action, outcome) VALUES (md5(random()::text)::uuid, "
      "now(), 'system', 'young', 'ok')");
  REQUIRE(events.chainAudit().ok());
  run(servers, event);
  REQUIRE(events.chainAudit().ok());
  const std::string ask = "SELECT audit_retain(head_seq, sealed_seq, seal, seal_key, seal) FROM audit_chain";
  const auto refused = servers.execScript(ask);
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.fault().detail.find("kept for 30 days") != std::string::npos);
  plan.keepAuditDays = 1;  // fewer than the owner allows
  REQUIRE(PostgresCollectorRepository(roles.as(roles.servers), uuids, testSealer()).retain(plan).ok());
  run(servers, "SELECT 1 / (count(*) = 2)::int FROM audit_log");  // the one of 40 days is gone, what is
                                                                  // behind the young one stays
  REQUIRE(keepAuditTrail(owner, 0).ok());
  run(servers, ask);

  // Tables that a later migration makes are theirs too.
  run(owner, "CREATE TABLE later (i int)");
  run(servers, "INSERT INTO later VALUES (1); DELETE FROM later");
}

TEST_CASE("rights can be granted by the version before function files too", "[role]") {
  Roles roles;
  PostgresSession owner(roles.as(roles.owner));
  REQUIRE(MigrationRunner(owner, embeddedMigrations(), embeddedFunctions()).down(27).ok());
  CHECK(grantToServers(owner, roles.servers).ok());
}

TEST_CASE("what a role may do though a server has no need of it", "[role]") {
  Roles roles;
  PostgresSession owner(roles.as(roles.owner));
  REQUIRE(grantToServers(owner, roles.servers).ok());
  const auto excessOf = [&roles](const std::string& role) {
    PostgresSession session(roles.as(role));
    auto read = readDatabaseRole(session);
    REQUIRE(read.ok());
    CHECK(read.value().name == role);
    return read.value().excess.size();
  };
  CHECK(excessOf(roles.servers) == 0);
  CHECK(excessOf(roles.owner) == 2);  // the tables, the audit trail
  for (const char* attribute : {"CREATEDB", "CREATEROLE", "BYPASSRLS", "REPLICATION"}) {
    run(roles.superuser, "ALTER ROLE " + roles.servers + " " + attribute);
    CHECK(excessOf(roles.servers) == 1);
    run(roles.superuser, "ALTER ROLE " + roles.servers + " NO" + attribute);
  }
  run(roles.superuser, "GRANT pg_execute_server_program TO " + roles.servers);
  CHECK(excessOf(roles.servers) == 1);
  run(roles.superuser, "REVOKE pg_execute_server_program FROM " + roles.servers + "; GRANT " + roles.owner +
                           " TO " + roles.servers);
  CHECK(excessOf(roles.servers) >= 1);
}
