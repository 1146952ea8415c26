#include <catch2/catch_test_macros.hpp>
#include <cmath>
#include <numeric>

#include "core/text/timeText.hpp"
#include "test/contract/persistence/monitoring/collectorDatabase.hpp"
#include "test/contract/persistence/monitoring/filledTraffic.hpp"

using namespace ks;
using ks::test::answerTo;
using ks::test::between;
using ks::test::CollectorDatabase;
using ks::test::FilledTraffic;
using ks::test::fillTraffic;
using ks::test::valueOf;

namespace {

const TimePoint kNow = ks::test::trafficEnd();

}  // namespace

TEST_CASE("monitoring queries answer what SQL over the raw rows answers") {
  FilledTraffic traffic(30'000, std::chrono::hours{60});
  auto& database = traffic.database;
  auto& engine = traffic.engine;

  for (const std::string service : {"all", "auth", "gateway"}) {
    for (const std::chrono::hours back :
         {std::chrono::hours{1}, std::chrono::hours{24}, std::chrono::hours{72}}) {
      CAPTURE(service, back.count());
      const auto summary = valueOf(engine, DashboardSummaryQuery{service, {kNow - back, kNow}, kNow});
      const std::string where =
          between({summary.from, summary.to}) + (service == "all" ? "" : " AND service = '" + service + "'");
      const auto count = [&](const std::string& what) {
        return database.number("SELECT " + what + " FROM metric_snapshot WHERE " + where);
      };
      CHECK(summary.totalRequests.value == static_cast<double>(count("count(*)")));
      CHECK(static_cast<std::int64_t>(summary.serverErrors) ==
            count("count(*) FILTER (WHERE status >= 500 AND NOT rate_limited)"));
      CHECK(static_cast<std::int64_t>(summary.clientErrors) ==
            count("count(*) FILTER (WHERE status BETWEEN 400 AND 499 AND NOT rate_limited)"));
      CHECK(static_cast<std::int64_t>(summary.rateLimitViolations) ==
            count("count(*) FILTER (WHERE rate_limited)"));
      const auto exact =
          static_cast<double>(
              count("(1000 * percentile_cont(0.95) WITHIN GROUP (ORDER BY nginx_latency_ms))::int8")) /
          1000;
      CHECK(std::abs(summary.p95LatencyMs.value - exact) <= exact * 0.01);
      const auto addresses = static_cast<double>(count("count(DISTINCT remote_ip)"));
      CHECK(std::abs(static_cast<double>(summary.uniqueIps) - addresses) <= addresses * 0.02);
      const auto& spark = summary.totalRequests.spark;
      CHECK(spark.size() == 24);
      CHECK(std::accumulate(spark.begin(), spark.end(), 0.0) == summary.totalRequests.value);
      const std::string routes =
          "(SELECT count(*) AS n FROM metric_snapshot WHERE " + where + " GROUP BY service, route) AS r";
      REQUIRE(!summary.topEndpoints.empty());
      CHECK(static_cast<std::int64_t>(summary.topEndpoints.size()) ==
            database.number("SELECT least(count(*), 10) FROM " + routes));
      CHECK(static_cast<std::int64_t>(summary.topEndpoints.front().requests) ==
            database.number("SELECT max(n) FROM " + routes));
      for (const auto& endpoint : summary.topEndpoints) {
        CAPTURE(endpoint.service, endpoint.route);
        CHECK(static_cast<std::int64_t>(endpoint.requests) ==
              database.number("SELECT count(*) FROM metric_snapshot WHERE " + where + " AND service = '" +
                              endpoint.service + "' AND route = '" + endpoint.route + "'"));
      }
    }
  }

  for (const auto metric : {TimeseriesMetric::requests, TimeseriesMetric::latency, TimeseriesMetric::errors,
                            TimeseriesMetric::uniqueIps}) {
    const auto series =
        valueOf(engine, TimeseriesQuery{metric, "all", {kNow - std::chrono::hours{24}, kNow}, 0, "", kNow});
    CHECK(series.labels.size() <= 300);
    CHECK(series.intervalS == 300);
    double sum = 0;
    for (const auto& dataset : series.datasets) {
      REQUIRE(dataset.data.size() == series.labels.size());
      for (const auto& value : dataset.data) {
        sum += metric == TimeseriesMetric::requests ? value.value_or(0) : 0;
      }
    }
    if (metric == TimeseriesMetric::requests) {
      CHECK(sum == static_cast<double>(database.number("SELECT count(*) FROM metric_snapshot WHERE " +
                                                       between({series.from, series.to}))));
    }
  }

  std::string cursor;
  std::uint64_t total = 0;
  std::size_t pages = 0;
  do {
    const auto page =
        valueOf(engine, HourlyQuery{"all", {kNow - std::chrono::hours{72}, kNow}, 50, cursor, ""});
    for (const auto& row : page.rows) {
      total += row.totalRequests;
    }
    cursor = page.nextCursor;
    ++pages;
  } while (!cursor.empty() && pages < 100);
  CHECK(total == 30'000);
  CHECK(pages > 3);

  const auto status = valueOf(engine, CollectorQuery{kNow});
  REQUIRE(status.files.size() == 1);
  CHECK(status.lines == 30'000);
  CHECK(status.lagBytes == 0);

  CHECK(valueOf(engine, CurrentHealthQuery{kNow}).empty());
}

TEST_CASE("hour rows of one route are that route's requests, and pages of them its own") {
  FilledTraffic traffic(8'000, std::chrono::hours{30});
  auto& database = traffic.database;
  auto& engine = traffic.engine;
  const TimeRange range{kNow - std::chrono::hours{30}, kNow};
  const auto requestsOf = [&](const std::string& service, const std::string& route) {
    HourlyQuery query{service, range, 7, "", route};
    std::uint64_t total = 0;
    do {
      const auto page = valueOf(engine, query);
      for (const auto& row : page.rows) {
        total += row.totalRequests;
        CHECK(row.uniqueIps > 0);
      }
      query.cursor = page.nextCursor;
    } while (!query.cursor.empty());
    return static_cast<std::int64_t>(total);
  };
  for (const std::string route : {"/api/auth/me", "/no/such/route"}) {
    const auto stored = database.number("SELECT count(*) FROM metric_snapshot WHERE route = '" + route + "'");
    CHECK(requestsOf("all", route) == stored);
    CHECK(requestsOf("auth", route) == stored);
    CHECK(requestsOf("payment", route) == 0);
  }
  CHECK(requestsOf("all", "/api/auth/me") > 0);
  const auto cursor = valueOf(engine, HourlyQuery{"all", range, 7, "", "/api/auth/me"}).nextCursor;
  const auto elsewhere = answerTo(engine, HourlyQuery{"all", range, 7, cursor, ""});
  REQUIRE_FALSE(elsewhere.ok());
  CHECK(elsewhere.fault().code == ErrorCode::cursorInvalid);
}

TEST_CASE("the summary names suspicious addresses, the worst first, a /64 as one") {
  CollectorDatabase database;
  PostgresMonitoringEngine engine(database.config(), database.sealer());
  const auto find = [&](const std::string& address, const char* severity, int minutesAgo,
                        bool resolved = false) {
    const auto at = (kNow - std::chrono::minutes{minutesAgo}).time_since_epoch().count();
    database.run("INSERT INTO suspicious_activity VALUES ('" + database.uuids().next().toString() +
                 "', to_timestamp(" + std::to_string(at) + " / 1000.0), nullif('" + address +
                 "', '')::inet, 'honeypot', '" + severity + "', 's', '{}', " + (resolved ? "true" : "false") +
                 ")");
  };
  find("203.0.113.9", "low", 10);
  find("203.0.113.9", "high", 70, true);
  find("203.0.113.9", "medium", 1500);  // the day before
  find("198.51.100.1", "high", 20);
  find("2001:db8::1", "low", 30);
  find("2001:db8::2", "low", 29);
  find("2001:db8:0:1::1", "medium", 31);
  find("", "high", 5);  // about an account, not an address
  find("203.0.113.10", "high", -5);
  for (int i = 0; i < 9; ++i) {
    find("198.18.0." + std::to_string(i), "low", 40 + i);
  }
  database.run(
      "INSERT INTO ip_ban (id, network, reason, source, created_at, expires_at) SELECT md5('b')::uuid, "
      "'198.51.100.0/24', 'r', 'operator', t, t + interval '1 day' FROM (SELECT to_timestamp(" +
      std::to_string(kNow.time_since_epoch().count()) + " / 1000.0) - interval '1 hour' AS t) at");
  const auto summary =
      valueOf(engine, DashboardSummaryQuery{"auth", {kNow - std::chrono::hours{24}, kNow}, kNow});
  CHECK(summary.suspiciousIpCount.value == 13);
  CHECK(summary.suspiciousIpCount.previous == 1);
  CHECK(summary.suspiciousIpCount.changePct == 1200.0);
  REQUIRE(summary.suspiciousIpCount.spark.size() == 24);
  CHECK(summary.suspiciousIpCount.spark[23] == 13);
  CHECK(summary.suspiciousIpCount.spark[22] == 1);
  const auto& ips = summary.suspiciousIps;
  REQUIRE(ips.size() == 10);
  CHECK(ips[0].remoteIp == "203.0.113.9");
  CHECK(ips[0].severity == "high");
  CHECK(ips[0].activities == 2);
  CHECK(ips[0].unresolved == 1);
  CHECK(ips[0].lastSeen == kNow - std::chrono::minutes{10});
  CHECK_FALSE(ips[0].banned);
  CHECK(ips[1].remoteIp == "198.51.100.1");
  CHECK(ips[1].banned);
  CHECK(ips[2].remoteIp == "2001:db8:0:1::1");
  CHECK(ips[3].remoteIp == "2001:db8::2");
  CHECK(ips[3].activities == 2);
  CHECK(ips[3].severity == "low");
}

TEST_CASE("monitoring queries refuse bad input by field") {
  CollectorDatabase database;
  PostgresMonitoringEngine engine(database.config(), database.sealer());
  const auto codeOf = [&](HourlyQuery query) {
    const auto answer = answerTo(engine, std::move(query));
    return answer.ok() ? ErrorCode::none : answer.fault().code;
  };
  const TimeRange day{kNow - std::chrono::hours{24}, kNow};
  CHECK(codeOf({"all", day, 50, "", ""}) == ErrorCode::none);
  CHECK(codeOf({"other", day, 50, "", ""}) == ErrorCode::outOfRange);
  CHECK(codeOf({"all", {day.to, day.from}, 50, "", ""}) == ErrorCode::outOfRange);
  CHECK(codeOf({"all", {kNow - std::chrono::days{100}, kNow}, 50, "", ""}) == ErrorCode::rangeTooWide);
  CHECK(codeOf({"all", day, 501, "", ""}) == ErrorCode::outOfRange);
  for (const char* cursor :
       {"x", "1.auth", "99999999999999999999.auth", "1770072671123", "1770072671123.other"}) {
    CHECK(codeOf({"all", day, 50, cursor, ""}) == ErrorCode::cursorInvalid);
  }
}

TEST_CASE("retention deletes ended sessions and unconfirmed registrations, and nothing that is in use") {
  CollectorDatabase database;
  auto repository = database.repository();
  const std::string now = "'" + formatTime(kNow) + "'::timestamptz";
  const auto user = [&](const char* name, const char* status, const char* registered) {
    database.run(
        "INSERT INTO users (id, email, username, status, created_at, updated_at, registered_at) VALUES "
        "(md5('" +
        std::string(name) + "')::uuid, '" + name + "@example.org', '" + name + "', '" + status + "', " + now +
        " - interval '400 days', " + now + ", " +
        (*registered == 0 ? "NULL" : now + " - interval '" + registered + "'") + ")");
  };
  const auto token = [&](const char* name, const char* expires) {
    database.run(
        "INSERT INTO one_time_tokens (id, user_id, purpose, token_hash, expires_at, created_at) VALUES "
        "(md5('t" +
        std::string(name) + "')::uuid, md5('" + name + "')::uuid, 'verify_email', '" + name + "', " + now +
        " + interval '" + expires + "', " + now + ")");
  };
  user("late", "pending", "8 days");
  token("late", "-7 days");
  user("rival", "pending", "8 days");
  database.run(
      "UPDATE users SET is_claim = true, email = 'late@example.org' WHERE username IN ('late', 'rival')");
  user("young", "pending", "6 days");
  user("asked", "pending", "8 days");
  token("asked", "1 hour");
  user("made", "pending", "");  // by an administrator
  user("held", "suspended", "8 days");
  user("ann", "active", "400 days");
  const auto session = [&](int name, const char* created, const char* idle, const char* revoked) {
    database.run(
        "INSERT INTO sessions (id, user_id, refresh_key_enc, aal, amr, auth_time, created_at, last_seen_at, "
        "idle_expires_at, absolute_expires_at, revoked_at, transport) VALUES ('01890000-0000-7000-8000-" +
        std::string(12 - std::to_string(name).size(), '0') + std::to_string(name) +
        "', md5('ann')::uuid, '', 1, '{pwd}', " + now + ", " + now + " - interval '" + created + "', " + now +
        ", " + now + " + interval '" + idle + "', " + now + " + interval '300 days', " +
        (*revoked == 0 ? "NULL" : now + " - interval '" + revoked + "'") + ", 'bearer')");
  };
  session(1, "200 days", "-91 days", "");       // expired long ago
  session(2, "200 days", "1 hour", "91 days");  // ended long ago
  session(3, "200 days", "-89 days", "");       // not yet
  session(4, "200 days", "1 hour", "");         // alive
  session(5, "1 day", "1 hour", "1 hour");
  for (int i = 6; i < 5006; ++i) {
    session(i, "200 days", "-91 days", "");
  }
  database.run(
      "INSERT INTO mfa_challenges (id, user_id, kind, session_epoch, token_hash, payload_enc, created_at, "
      "expires_at) "
      "VALUES (md5('c')::uuid, md5('ann')::uuid, 'login', 0, 'c', '', " +
      now + ", " + now +
      " - interval '3 days'), "
      "(md5('d')::uuid, md5('ann')::uuid, 'login', 0, 'd', '', " +
      now + ", " + now + " + interval '5 minutes')");
  RetentionPlan plan;
  plan.now = kNow;
  const auto done = repository->retain(plan);
  REQUIRE(done.ok());
  CHECK(done.value().sessions == 5002);
  CHECK(done.value().registrations == 2);  // both claims of one address
  CHECK_FALSE(done.value().unfinished);
  CHECK(database.number("SELECT count(*) FROM sessions") == 3);
  CHECK(database.number("SELECT count(*) FROM mfa_challenges") == 1);
  CHECK(database.number(
            "SELECT count(*) FROM users WHERE email = 'late@example.org' OR username IN ('late', 'rival')") ==
        0);
  CHECK(database.number(
            "SELECT count(*) FROM users WHERE username IN ('young', 'asked', 'made', 'held', 'ann')") == 5);
  CHECK(database.number("SELECT count(*) FROM one_time_tokens") == 1);
  plan.keepSessionDays = 1;
  plan.keepRegistrationDays = 1;
  const auto shorter = repository->retain(plan);
  REQUIRE(shorter.ok());
  CHECK(shorter.value().sessions == 1);
  CHECK(shorter.value().registrations == 1);
}

TEST_CASE("retention makes today's and tomorrow's partitions and drops old days") {
  CollectorDatabase database;
  fillTraffic(database, 1000, std::chrono::hours{60});
  auto repository = database.repository();
  RetentionPlan plan;
  plan.now = kNow;
  const auto first = repository->retain(plan);
  REQUIRE(first.ok());
  CHECK(first.value().dropped.empty());
  CHECK(database.number("SELECT count(*) FROM metric_snapshot") == 1000);
  plan.now = kNow + std::chrono::days{20};
  const auto later = repository->retain(plan);
  REQUIRE(later.ok());
  CHECK(later.value().dropped.size() >= 6);
  CHECK(database.number("SELECT count(*) FROM metric_snapshot") == 0);
  CHECK(database.number("SELECT sum(total_requests)::int8 FROM metric_rollup_hour WHERE service = 'all'") ==
        1000);

  ViolationBatch batch;
  batch.token = database.uuids().next();
  batch.now = kNow;
  batch.violations.push_back({kNow, "auth", "2001:db8::1", true, 6});
  batch.violations.push_back({kNow, "payment", "user_123", false, 101});
  batch.badEntries.push_back({0, BadLineReason::badViolation, "rubbish"});
  CHECK(repository->storeViolations(batch).ok());
  CHECK(repository->storeViolations(batch).ok());
  CHECK(database.number("SELECT count(*) FROM rate_limit_violation") == 2);
  CHECK(database.number("SELECT count(*) FROM rate_limit_violation WHERE remote_ip = '2001:db8::1'") == 1);
}
