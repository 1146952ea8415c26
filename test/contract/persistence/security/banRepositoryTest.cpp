#include <catch2/catch_test_macros.hpp>

#include "monitoring/collector/securityFeed.hpp"
#include "persistence/postgres/security/postgresBanRepository.hpp"
#include "persistence/postgres/security/postgresSecurityRepository.hpp"
#include "test/contract/persistence/monitoring/collectorDatabase.hpp"

using namespace ks;
using ks::test::CollectorDatabase;

namespace {

const TimePoint kBanNow = std::chrono::floor<std::chrono::hours>(SystemClock().now());

NewBan banOf(CollectorDatabase& database, const std::string& network, const std::string& rule = {}) {
  NewBan ban;
  ban.id = database.uuids().next();
  ban.network = network;
  ban.reason = "reason";
  ban.source = rule.empty() ? "operator" : "rule";
  ban.rule = rule;
  ban.length = std::chrono::hours{1};
  ban.longest = std::chrono::hours{3};
  ban.now = kBanNow;
  ban.audit.id = database.uuids().next();
  ban.audit.at = kBanNow;
  ban.audit.actorType = "operator";
  ban.audit.action = "monitoring.ban.create";
  ban.audit.targetId = ban.id.toString();
  return ban;
}

template <class T>
T valueOf(Result<T> result) {
  if (!result.ok()) {
    FAIL(result.fault().detail << result.fault().message);
  }
  return std::move(result.value());
}

std::string sessionSql(const char* user, const char* role, const char* ip, const char* idleEnd) {
  const std::string id = std::string{"'01900000-0000-7000-8000-0000000000"} + user + "'";
  return "INSERT INTO users (id, status, created_at, updated_at) VALUES (" + id +
         ", 'active', now(), now());"
         "INSERT INTO user_roles (user_id, role_id, granted_at) SELECT " +
         id + ", id, now() FROM roles WHERE name = '" + role +
         "';"
         "INSERT INTO sessions (id, user_id, refresh_key_enc, aal, amr, auth_time, created_at, last_seen_at, "
         "idle_expires_at, absolute_expires_at, ip, transport) VALUES (" +
         id + ", " + id + ", '', 1, '{}', now(), now(), now(), now() + interval '" + idleEnd +
         "', now() + interval '2 days', '" + ip + "', 'bearer');";
}

}  // namespace

TEST_CASE("bans: made once, standing until their end, lifted once, audited in the same statement") {
  CollectorDatabase database;
  PostgresBanRepository repository(database.config());
  const auto made = valueOf(repository.add(banOf(database, "203.0.113.9")));
  REQUIRE(made.made);
  CHECK(made.made->network == "203.0.113.9");
  CHECK(made.made->source == "operator");
  CHECK(made.made->expiresAt == kBanNow + std::chrono::hours{1});
  CHECK(database.number("SELECT count(*) FROM audit_pending WHERE action = 'monitoring.ban.create'") == 1);

  const auto again = valueOf(repository.add(banOf(database, "203.0.113.9")));
  CHECK(!again.made);
  REQUIRE(again.standing);
  CHECK(again.standing->id == made.made->id);
  CHECK(database.number("SELECT count(*) FROM audit_pending") == 1);

  REQUIRE(valueOf(repository.add(banOf(database, "2001:db8:1:2::/64"))).made);
  REQUIRE(valueOf(repository.add(banOf(database, "198.18.0.0/16"))).made);
  auto standing = valueOf(repository.standing(kBanNow));
  CHECK(standing.active.size() == 3);
  CHECK(standing.lifted.empty());
  CHECK(valueOf(repository.standing(kBanNow + std::chrono::hours{1})).active.empty());

  BanLift lift{"203.0.113.9", {}, kBanNow + std::chrono::minutes{1}, banOf(database, "").audit};
  lift.audit.action = "monitoring.ban.lift";
  const auto lifted = valueOf(repository.lift(lift));
  CHECK(lifted.id == made.made->id);
  CHECK(lifted.liftedAt == lift.now);
  CHECK(database.number(
            "SELECT count(*) FROM audit_pending WHERE action = 'monitoring.ban.lift' AND target_id = '" +
            lifted.id.toString() + "'") == 1);
  const auto refused = repository.lift(lift);
  REQUIRE(!refused.ok());
  CHECK(refused.fault().code == ErrorCode::notFound);
  lift.ban = lifted.id.toString();
  lift.now += std::chrono::minutes{1};
  CHECK(valueOf(repository.lift(lift)).liftedAt == lifted.liftedAt);
  lift.ban = database.uuids().next().toString();
  CHECK(!repository.lift(lift).ok());

  standing = valueOf(repository.standing(kBanNow + std::chrono::minutes{2}));
  CHECK(standing.active.size() == 2);
  CHECK(standing.lifted == std::vector<std::string>{"203.0.113.9"});
  REQUIRE(valueOf(repository.add(banOf(database, "203.0.113.9"))).made);
}

TEST_CASE("bans by rule double with each earlier one, up to the longest") {
  CollectorDatabase database;
  PostgresBanRepository repository(database.config());
  auto now = kBanNow;
  for (const int hours : {1, 2, 3, 3}) {
    auto ban = banOf(database, "203.0.113.9", "dos_attempt");
    ban.now = now;
    const auto outcome = valueOf(repository.add(ban));
    REQUIRE(outcome.made);
    CHECK(outcome.made->rule == "dos_attempt");
    CHECK(outcome.made->expiresAt == now + std::chrono::hours{hours});
    now = outcome.made->expiresAt + std::chrono::minutes{1};
  }
}

TEST_CASE("addresses of live administrator sessions cannot be banned") {
  CollectorDatabase database;
  PostgresBanRepository repository(database.config());
  database.run(sessionSql("a1", "superadmin", "192.0.2.10", "1 day") +
               sessionSql("a2", "user", "192.0.2.20", "1 day") +
               sessionSql("a3", "superadmin", "192.0.2.30", "-1 minute") +
               sessionSql("a4", "admin", "2001:db8:a:b::5", "1 day"));
  const auto guarded = [&](const char* network) {
    auto ban = banOf(database, network);
    ban.now = SystemClock().now();
    return valueOf(repository.add(ban)).administratorAddress;
  };
  CHECK(guarded("192.0.2.10") == "192.0.2.10");
  CHECK(guarded("192.0.0.0/16") == "192.0.2.10");
  CHECK(guarded("2001:db8:a:b::/64") == "2001:db8:a:b::5");
  CHECK(guarded("192.0.2.20").empty());
  CHECK(guarded("192.0.2.30").empty());
  database.run("UPDATE sessions SET revoked_at = now()");
  CHECK(guarded("192.0.2.10").empty());
}

TEST_CASE("detection reads the lines that feed a rule, failed sign-ins, and what it found") {
  CollectorDatabase database;
  PostgresSecurityRepository repository(database.config(), &pathHashOf);
  const auto row = [&](const char* url, const char* route, int status, bool limited, bool honeypot,
                       int minutesAgo) {
    database.run("INSERT INTO metric_snapshot VALUES ('" + database.uuids().next().toString() +
                 "', now() - interval '" + std::to_string(minutesAgo) +
                 " minutes', 'auth', '203.0.113.9', 'r', 'GET', '" + url + "', '" + route + "', " +
                 std::to_string(status) + ", " + (limited ? "true" : "false") + ", " +
                 (honeypot ? "true" : "false") + ", false, 'a', 1, NULL, NULL, 1)");
  };
  row("/a", "/a", 200, false, false, 1);
  row("/b?x=1", "/b", 404, false, false, 2);
  row("/c", "/c", 302, true, false, 3);
  row("/d", "/honeypot", 200, false, true, 4);
  row("/e", "{banned}", 403, false, false, 1);
  row("/f", "/f", 403, false, false, 90);
  database.run("UPDATE metric_snapshot SET cross_site = true WHERE url = '/d'");
  const auto since = SystemClock().now() - std::chrono::hours{1};
  const auto traffic = valueOf(repository.traffic(since));
  REQUIRE(traffic.size() == 3);
  CHECK(traffic[0].kind == SecurityEventKind::honeypot);
  CHECK(traffic[0].crossSite);
  CHECK_FALSE(traffic[1].crossSite);
  CHECK(traffic[1].kind == SecurityEventKind::violation);
  CHECK(traffic[2].kind == SecurityEventKind::denied);
  CHECK(traffic[2].path == pathHashOf("/b"));
  CHECK(traffic[2].source == IpAddress::parse("203.0.113.9"));

  const auto logLine = [&](const char* label, const char* type, const char* subject) {
    database.run(
        "INSERT INTO system_log (id, timestamp, process, service, level, type, label, message, remote_ip, "
        "subject) VALUES ('" +
        database.uuids().next().toString() + "', now(), 'public', 'kpublic', 'WARNING', '" + type + "', '" +
        label + "', '', '203.0.113.9', " + subject + ")");
  };
  logLine("auth.login.failed", "security", "'hash'");
  logLine("auth.login.failed", "security", "NULL");
  logLine("auth.login.failed", "application", "'hash'");
  logLine("auth.login", "security", "'hash'");
  const auto logins = valueOf(repository.failedLogins(since));
  REQUIRE(logins.size() == 1);
  CHECK(logins[0].account == "hash");
  CHECK(logins[0].kind == SecurityEventKind::loginFailed);

  SuspiciousActivity activity;
  activity.id = database.uuids().next();
  activity.at = SystemClock().now();
  activity.source = IpAddress::parse("2001:db8:1:2::5");
  activity.type = "dos_attempt";
  activity.severity = Severity::high;
  activity.subject = "2001:db8:1:2::/64";
  activity.details = R"({"count":11})";
  REQUIRE(repository.store(activity).ok());
  REQUIRE(repository.store(activity).ok());
  const auto found = valueOf(repository.activities(since));
  REQUIRE(found.size() == 1);
  CHECK(found[0].severity == Severity::high);
  CHECK(found[0].source == activity.source);
  CHECK(found[0].subject == activity.subject);
}
