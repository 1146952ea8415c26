#include <set>

#include "core/text/pageCursor.hpp"

#include "test/contract/persistence/monitoring/filledTraffic.hpp"

using namespace ks;
using ks::test::answerTo;
using ks::test::between;
using ks::test::FilledTraffic;
using ks::test::trafficEnd;
using ks::test::valueOf;

namespace {

RequestLogPage pageOf(PostgresMonitoringEngine& engine, RequestLogQuery query) {
  return valueOf(engine, std::move(query));
}

/// Every row that the query gives, page by page.
std::vector<RequestLogRow> rowsOf(PostgresMonitoringEngine& engine, RequestLogQuery query) {
  std::vector<RequestLogRow> rows;
  do {
    auto page = pageOf(engine, query);
    CHECK(page.rows.size() <= query.limit);
    rows.insert(rows.end(), page.rows.begin(), page.rows.end());
    query.cursor = page.nextCursor;
  } while (!query.cursor.empty());
  return rows;
}

struct FilterCase {
  const char* name;
  RequestLogQuery query;
  std::string sql;
};

}  // namespace

TEST_CASE("the request log gives each request once, newest first, by every filter") {
  FilledTraffic traffic(6'000, std::chrono::hours{40});
  auto& database = traffic.database;
  auto& engine = traffic.engine;
  const TimeRange day{trafficEnd() - std::chrono::hours{24}, trafficEnd()};
  const auto query = [&](auto change) {
    RequestLogQuery made;
    made.range = day;
    made.limit = 97;
    made.service = "all";
    change(made);
    return made;
  };
  const std::vector<FilterCase> cases{
      {"all", query([](auto&) {}), "true"},
      {"service", query([](auto& q) { q.service = "auth"; }), "service = 'auth'"},
      {"address", query([](auto& q) { q.remoteIp = "10.0.17.3"; }), "remote_ip = '10.0.17.3'"},
      {"network", query([](auto& q) { q.remoteIp = "10.0.16.0/20"; }), "remote_ip <<= '10.0.16.0/20'"},
      {"route", query([](auto& q) { q.route = "/api/auth/me"; }), "route = '/api/auth/me'"},
      {"status", query([](auto& q) { q.status = "404"; }), "status = 404"},
      {"class", query([](auto& q) { q.status = "2xx"; }), "status BETWEEN 200 AND 299"},
      {"method", query([](auto& q) { q.method = "GET"; }), "method = 'GET'"},
      {"no such method", query([](auto& q) { q.method = "PUT"; }), "method = 'PUT'"},
      {"limited", query([](auto& q) { q.rateLimited = true; }), "rate_limited"},
      {"not limited", query([](auto& q) { q.rateLimited = false; }), "NOT rate_limited"},
      {"request", query([](auto& q) { q.requestId = "r5000"; }), "request_id = 'r5000'"},
      {"no such request", query([](auto& q) { q.requestId = "' OR true --"; }), "false"},
      {"several", query([](auto& q) {
         q.service = "payment";
         q.status = "5xx";
         q.remoteIp = "10.0.0.0/8";
         q.rateLimited = false;
       }),
       "service = 'payment' AND status >= 500 AND NOT rate_limited"},
      {"half an hour", query([&](auto& q) { q.range.from = q.range.to - std::chrono::minutes{30}; }),
       between({day.to - std::chrono::minutes{30}, day.to})},
  };
  for (const auto& one : cases) {
    CAPTURE(one.name);
    const auto rows = rowsOf(engine, one.query);
    CHECK(static_cast<std::int64_t>(rows.size()) ==
          database.number("SELECT count(*) FROM metric_snapshot WHERE " + between(day) + " AND " + one.sql));
    std::set<std::string> ids;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      ids.insert(rows[i].id.toString());
      if (i > 0) {
        CHECK(std::pair(rows[i - 1].timestamp, rows[i - 1].id) > std::pair(rows[i].timestamp, rows[i].id));
      }
    }
    CHECK(ids.size() == rows.size());
  }
  const auto newest = pageOf(engine, cases.front().query).rows.front();
  CHECK(newest.requestId == "r5999");
  CHECK(newest.remoteIp == "10.0.23.249");
  CHECK(newest.service == "gateway");
  CHECK(newest.backendLatencyMs == 12.0);
  CHECK(newest.userAgent == "torture");
}

TEST_CASE("many requests of one millisecond are paged without loss") {
  FilledTraffic traffic(1'000, Milliseconds{0});
  auto& engine = traffic.engine;
  RequestLogQuery query;
  query.range = {trafficEnd() - std::chrono::hours{1}, trafficEnd() + std::chrono::minutes{1}};
  query.service = "all";
  query.limit = 7;
  std::set<std::string> ids;
  for (const auto& row : rowsOf(engine, query)) {
    ids.insert(row.requestId);
  }
  CHECK(ids.size() == 1'000);
}

TEST_CASE("the request log refuses bad input by field, and a slow question by the clock") {
  FilledTraffic traffic(2'000, std::chrono::hours{20});
  auto& database = traffic.database;
  auto& engine = traffic.engine;
  const TimeRange day{trafficEnd() - std::chrono::hours{24}, trafficEnd()};
  const auto faultOf = [&](auto change) {
    RequestLogQuery query;
    query.range = day;
    query.service = "all";
    change(query);
    auto answer = answerTo(engine, std::move(query));
    return answer.ok() ? makeFault(ErrorCode::none) : std::move(answer.fault());
  };
  const auto codeOf = [&](auto change) { return faultOf(change).code; };
  CHECK(codeOf([](auto&) {}) == ErrorCode::none);
  CHECK(codeOf([](auto& q) { q.service = "other"; }) == ErrorCode::outOfRange);
  CHECK(codeOf([](auto& q) { std::swap(q.range.from, q.range.to); }) == ErrorCode::outOfRange);
  const auto wide = faultOf([](auto& q) { q.range.from -= Milliseconds{1}; });
  CHECK(wide.code == ErrorCode::rangeTooWide);
  CHECK(wide.field == "from");
  CHECK(wide.message.find("24 hours") != std::string::npos);
  CHECK(codeOf([](auto& q) { q.limit = 0; }) == ErrorCode::outOfRange);
  CHECK(codeOf([](auto& q) { q.limit = 501; }) == ErrorCode::outOfRange);
  for (const char* status : {"4x", "4xxx", "xx4", "04", "0xx", "4 0", "4x4"}) {
    CHECK(faultOf([&](auto& q) { q.status = status; }).field == "status");
  }
  for (const char* address : {"10.0.0", "10.0.0.1/33", "10.0.0.1/8", "host", "::g", "10.0.0.1;", "/8"}) {
    CHECK(faultOf([&](auto& q) { q.remoteIp = address; }).field == "remote_ip");
  }
  const auto cursor = pageOf(engine, {day, 10, "", "all", "", "", "", "", std::nullopt, ""}).nextCursor;
  REQUIRE_FALSE(cursor.empty());
  CHECK(codeOf([&](auto& q) { q.cursor = cursor; }) == ErrorCode::none);
  CHECK(codeOf([&](auto& q) { q.cursor = cursor + "A"; }) == ErrorCode::cursorInvalid);
  CHECK(codeOf([&](auto& q) {
          q.cursor = cursor;
          q.service = "auth";
        }) == ErrorCode::cursorInvalid);
  CHECK(codeOf([&](auto& q) {
          q.cursor = writePageCursor("requests", {day.to, "x"});
        }) == ErrorCode::cursorInvalid);

  auto impatient = database.config();
  impatient.timeout = Milliseconds{400};
  PostgresMonitoringEngine slow(impatient, database.sealer());
  database.run("BEGIN; LOCK TABLE metric_snapshot IN ACCESS EXCLUSIVE MODE");
  const auto late = answerTo(slow, RequestLogQuery{day, 10, "", "all", "", "", "", "", std::nullopt, ""});
  REQUIRE_FALSE(late.ok());
  CHECK(late.fault().code == ErrorCode::timeout);
  database.run("ROLLBACK");
}
