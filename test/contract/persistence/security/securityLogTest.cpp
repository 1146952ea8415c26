#include <catch2/catch_test_macros.hpp>
#include <set>

#include "test/contract/persistence/monitoring/collectorDatabase.hpp"
#include "test/contract/persistence/monitoring/filledTraffic.hpp"

using namespace ks;
using ks::test::CollectorDatabase;

namespace {

const TimePoint kLogNow = std::chrono::floor<std::chrono::hours>(SystemClock().now());

class SecurityLogUnderTest {
 public:
  SecurityLogUnderTest() : engine_(database.config(), database.sealer()) {}

  template <class Op>
  Result<typename Op::Out> answer(Op question) {
    return ks::test::answerTo(engine_, std::move(question));
  }
  template <class Op>
  typename Op::Out value(Op question) {
    return ks::test::valueOf(engine_, std::move(question));
  }

  std::string at(int minutesAgo) {
    return "to_timestamp(" +
           std::to_string((kLogNow - std::chrono::minutes{minutesAgo}).time_since_epoch().count()) +
           " / 1000.0)";
  }
  std::string id() { return "'" + database.uuids().next().toString() + "'"; }
  void violation(const char* address, int minutesAgo) {
    database.run(
        "INSERT INTO rate_limit_violation (id, timestamp, service, remote_ip, violation_count) VALUES (" +
        id() + ", " + at(minutesAgo) + ", 'auth', '" + address + "', 7)");
  }
  std::string activity(const char* address, const char* severity, int minutesAgo) {
    const auto made = id();
    database.run(
        "INSERT INTO suspicious_activity (id, timestamp, remote_ip, activity_type, severity, subject, "
        "details) "
        "VALUES (" +
        made + ", " + at(minutesAgo) + ", '" + address + "', 'honeypot', '" + severity +
        "', 's', '{\"count\":3,\"window_s\":600,\"ban\":\"observed\",\"addresses\":[\"a\",\"b\"]}')");
    return made.substr(1, made.size() - 2);
  }
  void ban(const char* network, int minutesAgo, const char* more = "NULL") {
    database.run(
        "INSERT INTO ip_ban (id, network, reason, source, created_at, expires_at, lifted_at) VALUES (" +
        id() + ", '" + network + "', 'r', 'operator', " + at(minutesAgo) + ", " + at(-60) + ", " + more +
        ")");
  }

  CollectorDatabase database;

 private:
  PostgresMonitoringEngine engine_;
};

const TimeRange kLogDay{kLogNow - std::chrono::hours{24}, kLogNow};

}  // namespace

TEST_CASE("lists of violations, activities and bans: pages without gap or repetition, filters, bad cursors") {
  SecurityLogUnderTest it;
  for (int i = 0; i < 23; ++i) {
    it.violation(i % 3 == 0 ? "203.0.113.9" : "2001:db8::1", 10 + i / 4);
    it.activity("203.0.113.9", i % 2 == 0 ? "high" : "low", 10 + i / 4);
    it.ban(("198.18." + std::to_string(i) + ".0/24").c_str(), 10 + i / 4, i % 5 == 0 ? "now()" : "NULL");
  }
  it.violation("203.0.113.9", 25 * 60);

  const auto pages = [](auto next) {
    std::set<std::string> seen;
    std::string cursor;
    do {
      auto page = next(cursor);
      CHECK(page.rows.size() <= 5);
      for (const auto& row : page.rows) {
        CHECK(seen.insert(row.id.toString()).second);
      }
      cursor = page.nextCursor;
    } while (!cursor.empty());
    return seen.size();
  };
  const auto violations = [&](const std::string& cursor, const std::string& ip) {
    return it.answer(ViolationQuery{{kLogDay, 5, cursor}, "auth", ip});
  };
  CHECK(pages([&](const std::string& cursor) { return std::move(violations(cursor, "").value()); }) == 23);
  CHECK(pages([&](const std::string& cursor) {
          return std::move(violations(cursor, "203.0.113.9").value());
        }) == 8);
  CHECK(pages([&](const std::string& cursor) {
          return it.value(ActivityQuery{{kLogDay, 5, cursor}, "honeypot", "high", "", {}});
        }) == 12);
  const auto bans = [&](bool standing) {
    return pages([&](const std::string& cursor) {
      return it.value(BanQuery{{{}, 5, cursor}, kLogNow, standing});
    });
  };
  CHECK(bans(false) == 23);
  CHECK(bans(true) == 18);

  const auto cursor = violations("", "").value().nextCursor;
  const auto codeOf = [&](const std::string& given, const std::string& ip) {
    auto result = violations(given, ip);
    return result.ok() ? ErrorCode::none : result.fault().code;
  };
  CHECK(codeOf(cursor, "") == ErrorCode::none);
  CHECK(codeOf(cursor, "203.0.113.9") == ErrorCode::cursorInvalid);
  CHECK(codeOf("x" + cursor, "") == ErrorCode::cursorInvalid);
  CHECK(codeOf("", "nobody") == ErrorCode::invalidFormat);
}

TEST_CASE("top violators and everything about one address") {
  SecurityLogUnderTest it;
  for (int i = 0; i < 9; ++i) {
    it.violation(i < 6 ? "203.0.113.9" : "203.0.113.10", 10 + i);
  }
  it.activity("203.0.113.9", "high", 10);
  it.ban("203.0.113.0/24", 5);
  const auto top = it.value(TopViolatorQuery{kLogDay, 50, kLogNow});
  REQUIRE(top.rows.size() == 2);
  CHECK(top.rows[0].remoteIp == "203.0.113.9");
  CHECK(top.rows[0].violations == 6);
  CHECK(top.rows[0].lastSeen == kLogNow - std::chrono::minutes{10});
  CHECK(top.rows[0].activities == 1);
  CHECK(top.rows[0].banned);
  CHECK(top.rows[1].violations == 3);

  const auto request = [&](int status, const char* flags, const char* route) {
    it.database.run("INSERT INTO metric_snapshot VALUES (" + it.id() + ", " + it.at(20) +
                    ", 'auth', '203.0.113.9', 'r', 'GET', '/x', '" + route + "', " + std::to_string(status) +
                    ", " + flags + ", false, 'a', 1, NULL, NULL, 1)");
  };
  request(200, "false, false", "/x");
  request(302, "true, false", "/x");
  request(404, "false, false", "/x");
  request(403, "false, false", "{banned}");
  request(200, "false, true", "/honeypot");
  const auto report = it.value(AddressQuery{"203.0.113.9", kLogDay, kLogNow});
  CHECK(report.network == "203.0.113.9");
  CHECK(report.requests[0].remoteIp == "203.0.113.9");
  CHECK(report.total == 5);
  CHECK(report.status2xx == 2);
  CHECK(report.status3xx == 0);
  CHECK(report.status4xx == 2);
  CHECK(report.rateLimited == 1);
  CHECK(report.honeypot == 1);
  CHECK(report.banned == 1);
  CHECK(report.requests.size() == 5);
  REQUIRE(report.activities.size() == 1);
  CHECK(report.activities[0].addresses == std::vector<std::string>{"a", "b"});
  REQUIRE(report.bans.size() == 1);
  CHECK(report.bans[0].network == "203.0.113.0/24");
}

TEST_CASE("an IPv6 address counts as its /64") {
  SecurityLogUnderTest it;
  for (const char* address : {"2001:db8::1", "2001:db8::2", "2001:db8:0:0:ffff::3", "2001:db8:0:1::1"}) {
    it.violation(address, 10);
    it.activity(address, "high", 10);
    it.database.run("INSERT INTO metric_snapshot VALUES (" + it.id() + ", " + it.at(20) + ", 'auth', '" +
                    address + "', 'r', 'GET', '/x', '/x', 200, false, false, false, 'a', 1, NULL, NULL, 1)");
  }
  it.violation("2001:db8::2", 5);
  it.ban("2001:db8::/64", 5);
  it.ban("2001:db8::/48", 5);
  it.ban("2001:db8:0:1::/64", 5);
  const auto top = it.value(TopViolatorQuery{kLogDay, 50, kLogNow});
  REQUIRE(top.rows.size() == 2);
  CHECK(top.rows[0].remoteIp == "2001:db8::2");
  CHECK(top.rows[0].violations == 4);
  CHECK(top.rows[0].activities == 3);
  CHECK(top.rows[0].banned);
  CHECK(top.rows[1].violations == 1);
  const auto report = it.value(AddressQuery{"2001:db8::9", kLogDay, kLogNow});
  CHECK(report.remoteIp == "2001:db8::9");
  CHECK(report.network == "2001:db8::/64");
  CHECK(report.total == 3);
  REQUIRE(report.requests.size() == 3);
  CHECK(report.requests[0].remoteIp == "2001:db8::ffff:0:0:3");
  CHECK(report.activities.size() == 3);
  CHECK(report.bans.size() == 2);
}

TEST_CASE("an activity is resolved once, reopened, and audited") {
  SecurityLogUnderTest it;
  const auto id = *Uuid::parse(it.activity("203.0.113.9", "high", 10));
  const auto user = it.database.uuids().next();
  const auto resolve = [&](const Uuid& which, bool resolved) {
    ResolveActivity change{which, user, resolved, kLogNow, {}};
    change.audit.id = it.database.uuids().next();
    change.audit.at = kLogNow;
    change.audit.actorType = "user";
    change.audit.action = "monitoring.activity.resolve";
    return it.answer(change);
  };
  const auto audited = [&] { return it.database.number("SELECT count(*) FROM audit_pending"); };
  auto done = resolve(id, true);
  REQUIRE(done.ok());
  CHECK(done.value().resolved);
  CHECK(done.value().resolvedBy == user);
  CHECK(audited() == 1);
  REQUIRE(resolve(id, true).ok());
  CHECK(audited() == 1);
  done = resolve(id, false);
  REQUIRE(done.ok());
  CHECK(!done.value().resolved);
  CHECK(!done.value().resolvedBy);
  const auto unknown = resolve(user, true);
  REQUIRE(!unknown.ok());
  CHECK(unknown.fault().code == ErrorCode::notFound);
}
