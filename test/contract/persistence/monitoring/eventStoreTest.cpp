#include <catch2/catch_test_macros.hpp>
#include <optional>
#include <string>
#include <vector>

#include "actors/platform/logCollectorActor.hpp"
#include "persistence/postgres/monitoring/postgresEventRepository.hpp"
#include "persistence/postgres/postgresMonitoringEngine.hpp"
#include "persistence/postgres/postgresStorageEngine.hpp"
#include "test/contract/persistence/monitoring/collectorDatabase.hpp"

// Events as the log collector stores them and the administration reads them.
namespace ks {
namespace {

using test::CollectorDatabase;

AuditEvent auditEvent(CollectorDatabase& database, const std::string& action) {
  AuditEvent event;
  event.id = database.uuids().next();
  event.at = SystemClock{}.now();
  event.actorType = "user";
  event.actorId = "actor-1";
  event.action = action;
  event.requestId = "request-1";
  event.ip = "2001:db8::7";
  event.before = {{"text", "\"quoted\" \\ and \n"}};
  event.after = {{"count", 3}, {"on", true}};
  return event;
}

LogEntry securityLine(const std::string& requestId) {
  return makeLogEntry(SystemClock{}.now(), LogLevel::warning, LogType::security, "kauth", "auth.login.failed",
                      "refused", {requestId, ""},
                      {{"ip", "10.0.0.1"}, {"subject", "abc"}, {"odd", "\x01\xff"}});
}

/// Runs one query on the engine.
template <class Op>
Result<typename Op::Out> asked(MonitoringEngineInterface& engine, Op question) {
  using Out = typename Op::Out;
  std::optional<Result<Out>> answer;
  engine.run(std::move(question), Reply<Out>([&](Result<Out> result) { answer.emplace(std::move(result)); }));
  engine.flush();
  REQUIRE(answer);
  return std::move(*answer);
}

}  // namespace

TEST_CASE("a batch that is stored twice is kept once, whatever its texts hold") {
  CollectorDatabase database;
  EventInbox inbox{database.uuids()};
  PostgresEventRepository repository{database.config(), database.sealer()};
  auto odd = auditEvent(database, std::string("odd\0action", 10));
  odd.ip = "nowhere";
  odd.userAgent = "\xff\xfe\\u0000";
  CHECK(inbox.record(odd));
  CHECK(inbox.record(auditEvent(database, "b.c")));
  inbox.add(securityLine("request-1"));
  const auto batch = inbox.next();
  REQUIRE(repository.store("public", *batch).ok());
  REQUIRE(repository.store("public", *batch).ok());
  REQUIRE(storeEvents(inbox, repository, "public").ok());
  REQUIRE(repository.store("public", *batch).ok());
  REQUIRE(storeEvents(inbox, repository, "public").ok());
  CHECK(database.number("SELECT count(*) FROM audit_log") == 2);
  CHECK(
      database.number("SELECT count(*) FROM system_log WHERE remote_ip = '10.0.0.1' AND subject = 'abc' AND "
                      "process = 'public' AND request_id = 'request-1'") == 1);
  CHECK(database.number("SELECT sealed_seq FROM audit_chain") == 2);
}

TEST_CASE("an event that the database refuses keeps no other out") {
  CollectorDatabase database;
  database.run("ALTER TABLE audit_pending ADD CHECK (action <> 'refused')");
  EventInbox inbox{database.uuids()};
  PostgresEventRepository repository{database.config(), database.sealer()};
  for (const char* action : {"a", "refused", "b"}) {
    CHECK(inbox.record(auditEvent(database, action)));
  }
  inbox.add(securityLine("request-2"));
  REQUIRE(storeEvents(inbox, repository, "admin").ok());
  CHECK(database.number("SELECT count(*) FROM audit_log") == 2);
  CHECK(database.number("SELECT count(*) FROM system_log") == 1);
  CHECK(inbox.counters().waitingAudit == 0);
}

TEST_CASE("a database that is away loses no audit event") {
  CollectorDatabase database;
  EventInbox inbox{database.uuids()};
  for (int i = 0; i < 1200; ++i) {
    CHECK(inbox.record(auditEvent(database, "a" + std::to_string(i))));
  }
  PostgresConfig nowhere = database.config();
  nowhere.url = "postgresql:///k?host=/nonexistent";
  PostgresEventRepository away{nowhere, database.sealer()};
  CHECK_FALSE(storeEvents(inbox, away, "public").ok());
  CHECK(inbox.counters().waitingAudit == 1200);
  PostgresEventRepository back{database.config(), database.sealer()};
  CHECK(storeEvents(inbox, back, "public").ok());
  CHECK(database.number("SELECT count(*) FROM audit_log") == 1200);
  CHECK(database.number("SELECT count(*) FROM audit_log WHERE action = 'a' || (seq - 1)") == 1200);
}

TEST_CASE("an operation and its audit event are one: both or neither, once however often it is repeated") {
  CollectorDatabase database;
  PostgresStorageEngine engine{database.config()};
  const auto waiting = [&](const std::string& action) {
    return database.number("SELECT count(*) FROM audit_pending WHERE action = '" + action + "'");
  };
  CreateAdministrator administrator{
      database.uuids().next(), "ann@example.org",           "phc", "superadmin", true,
      SystemClock{}.now(),     auditEvent(database, "made")};
  std::vector<CreateAdministratorOutcome> outcomes;
  for (int i = 0; i < 2; ++i) {
    engine.run(administrator, [&](auto outcome) { outcomes.push_back(outcome.value()); });
    engine.flush();
  }
  administrator.userId = database.uuids().next();
  administrator.audit = auditEvent(database, "notMade");
  engine.run(administrator, [&](auto outcome) { outcomes.push_back(outcome.value()); });
  engine.flush();
  using Outcome = CreateAdministratorOutcome;
  CHECK(outcomes == std::vector{Outcome::created, Outcome::created, Outcome::exists});
  CHECK(waiting("made") == 1);
  CHECK(waiting("notMade") == 0);

  RevokeSessions nothing;
  nothing.userId = administrator.userId;
  nothing.only = database.uuids().next();
  nothing.reason = "logout";
  nothing.now = SystemClock{}.now();
  nothing.audit = auditEvent(database, "nothingToEnd");
  engine.run(nothing, [](const auto& ended) { CHECK(ended.value().empty()); });
  engine.flush();
  CHECK(waiting("nothingToEnd") == 0);
}

TEST_CASE("the audit trail is read by filters and pages, a trace in order of time") {
  CollectorDatabase database;
  EventInbox inbox{database.uuids()};
  PostgresEventRepository repository{database.config(), database.sealer()};
  for (int i = 0; i < 25; ++i) {
    auto event = auditEvent(database, i % 2 == 0 ? "even" : "odd");
    event.requestId = "request-" + std::to_string(i);
    CHECK(inbox.record(event));
  }
  inbox.add(securityLine("request-3"));
  REQUIRE(storeEvents(inbox, repository, "public").ok());
  database.run(
      "INSERT INTO metric_snapshot VALUES (md5('a')::uuid, now() + interval '100 ms', 'auth', '10.0.0.1', "
      "'request-3', 'POST', '/api/auth/login', '/api/auth/login', 401, false, false, false, 'test', 2000, "
      "NULL, NULL, 10)");
  PostgresMonitoringEngine engine{database.config(), database.sealer()};

  AuditQuery query;
  query.action = "even";
  query.limit = 5;
  std::vector<std::int64_t> seen;
  for (int pages = 0; pages < 4; ++pages) {
    const auto page = asked(engine, query);
    REQUIRE(page.ok());
    for (const auto& entry : page.value().rows) {
      CHECK(entry.action == "even");
      CHECK(entry.ip == "2001:db8::7");
      CHECK(entry.actor.id == "actor-1");
      CHECK(entry.after.text == R"({"on": true, "count": 3})");
      seen.push_back(entry.seq);
    }
    query.cursor = page.value().nextCursor;
    if (query.cursor.empty()) {
      break;
    }
  }
  CHECK(seen == std::vector<std::int64_t>{25, 23, 21, 19, 17, 15, 13, 11, 9, 7, 5, 3, 1});
  const auto codeOf = [&](AuditQuery wrong) {
    const auto answer = asked(engine, std::move(wrong));
    return answer.ok() ? ErrorCode::internal : answer.fault().code;
  };
  AuditQuery wrong;
  wrong.cursor = "x";
  CHECK(codeOf(wrong) == ErrorCode::cursorInvalid);
  wrong = {};
  wrong.ip = "1.2.3";
  CHECK(codeOf(wrong) == ErrorCode::invalidFormat);
  wrong = {};
  wrong.limit = 501;
  CHECK(codeOf(wrong) == ErrorCode::outOfRange);

  const auto found = asked(engine, AuditQuery{});
  const auto one = asked(engine, FindAuditEntry{found.value().rows.front().id});
  REQUIRE(one.ok());
  REQUIRE(one.value());
  CHECK(one.value()->seq == 25);
  CHECK_FALSE(asked(engine, FindAuditEntry{database.uuids().next()}).value());

  const auto now = SystemClock{}.now();
  const auto trace = asked(
      engine, TraceQuery{"request-3", {now - std::chrono::days{7}, now + std::chrono::seconds{5}}, true});
  REQUIRE(trace.ok());
  const auto& entries = trace.value().entries;
  REQUIRE(entries.size() == 3);
  CHECK(entries[0].source == "gateway");
  CHECK(entries[0].state == "401");
  CHECK(entries[1].source == "audit");
  CHECK(entries[2].source == "log");
  CHECK(entries[0].at <= entries[1].at);
  CHECK(entries[1].at <= entries[2].at);
  CHECK_FALSE(asked(engine, TraceQuery{"x", {now - std::chrono::days{40}, now}}).ok());

  const auto step = asked(engine, VerifyAudit{1, 10});
  REQUIRE(step.ok());
  CHECK(step.value().nextSeq == 11);
  CHECK(asked(engine, VerifyAudit{11, 100}).value().checked == 15);
}

TEST_CASE("the history of health has gaps where nothing was reported, and an uptime of what was") {
  CollectorDatabase database;
  const TimePoint start{std::chrono::days{20'000}};
  const auto report = [&](int minute, const char* process, const char* redis) {
    database.run(
        "INSERT INTO system_health_snapshot VALUES (md5(random()::text)::uuid, 'epoch'::timestamptz + "
        "interval '20000 days' "
        "+ interval '1 minute' * " +
        std::to_string(minute) + ", '" + process + "', 'up', 2, '" + redis + "', 4, 'up', 1)");
  };
  report(0, "public", "up");
  report(0, "public", "down");
  report(3, "public", "up");
  report(3, "admin", "up");
  report(9, "public", "down");  // past the range
  PostgresMonitoringEngine engine{database.config(), database.sealer()};
  const auto history = asked(engine, HealthHistoryQuery{"", {start, start + std::chrono::minutes{5}}, 60});
  REQUIRE(history.ok());
  CHECK(history.value().labels.size() == 5);
  REQUIRE(history.value().processes.size() == 2);
  const auto& found = history.value().processes[1];
  CHECK(found.process == "public");
  CHECK(found.reports == 3);
  const auto& redis = found.components[1];
  using Series = std::vector<std::optional<double>>;
  CHECK(redis.up == Series{0.5, std::nullopt, std::nullopt, 1.0, std::nullopt});
  CHECK(redis.latencyMs == Series{4.0, std::nullopt, std::nullopt, 4.0, std::nullopt});
  CHECK(std::abs(*redis.uptimePct - 66.667) < 0.01);
  CHECK(*found.components[0].uptimePct == 100.0);
  const auto wide = asked(engine, HealthHistoryQuery{"", {start, start + std::chrono::days{5}}, 60});
  CHECK(wide.fault().code == ErrorCode::rangeTooWide);
}

}  // namespace ks
