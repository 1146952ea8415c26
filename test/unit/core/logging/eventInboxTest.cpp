#include "core/logging/eventInbox.hpp"

#include <catch2/catch_test_macros.hpp>
#include <nlohmann/json.hpp>
#include <thread>

#include "core/logging/eventRows.hpp"
#include "test/unit/core/testSources.hpp"

namespace ks {
namespace {

using nlohmann::json;

struct InboxFixture {
  SystemClock clock;
  LockedRandom random;
  UuidGenerator uuids{clock, random};
  EventInbox inbox{uuids, {.auditEvents = 3, .lines = 4, .batch = 2}};

  AuditEvent event(const std::string& action) {
    AuditEvent made;
    made.id = uuids.next();
    made.at = TimePoint{Milliseconds{1'770'000'000'123}};
    made.actorType = "user";
    made.action = action;
    return made;
  }
  LogEntry line(const std::string& label) {
    return makeLogEntry(clock.now(), LogLevel::warning, LogType::security, "kauth", label, "message",
                        {"request-1", ""}, {});
  }
};

}  // namespace

TEST_CASE("the inbox gives the same batch until it is stored, and refuses audit events past its bound") {
  InboxFixture fixture;
  auto& inbox = fixture.inbox;
  CHECK(inbox.next()->empty());
  for (const char* action : {"a", "b", "c"}) {
    CHECK(inbox.record(fixture.event(action)));
  }
  CHECK_FALSE(inbox.record(fixture.event("d")));
  const auto first = inbox.next();
  REQUIRE(first->audit.size() == 2);
  CHECK(first->audit[0].action == "a");
  CHECK(inbox.next() == first);
  CHECK_FALSE(inbox.record(fixture.event("e")));  // events being stored still take room
  inbox.stored();
  CHECK(inbox.record(fixture.event("f")));
  CHECK(inbox.next()->audit[0].action == "c");
  CHECK(inbox.next()->audit[1].action == "f");
  inbox.stored();
  CHECK(inbox.next()->empty());
  CHECK(inbox.counters().stored == 4);
  CHECK(inbox.counters().refusedAudit == 2);
  CHECK(inbox.counters().waitingAudit == 0);
}

TEST_CASE("the inbox drops its oldest lines, counts them, and wakes at a whole batch") {
  InboxFixture fixture;
  auto& inbox = fixture.inbox;
  int woken = 0;
  inbox.onFull([&woken] { ++woken; });
  for (const char* label : {"a", "b", "c", "d", "e", "f"}) {
    inbox.add(fixture.line(label));
  }
  CHECK(woken == 1);
  CHECK(inbox.counters().droppedLines == 2);
  CHECK(inbox.counters().waitingLines == 4);
  const auto batch = inbox.next();
  REQUIRE(batch->lines.size() == 2);
  CHECK(batch->lines[0].entry.label == "c");
  CHECK(batch->lines[0].id != batch->lines[1].id);
}

TEST_CASE("an inbox that many threads fill loses nothing") {
  InboxFixture fixture;
  EventInbox inbox{fixture.uuids};
  constexpr int kEach = 500;
  std::size_t taken = 0;
  {
    std::vector<std::jthread> givers;
    for (int t = 0; t < 4; ++t) {
      givers.emplace_back([&] {
        for (int i = 0; i < kEach; ++i) {
          CHECK(inbox.record(fixture.event("x")));
        }
      });
    }
    while (taken < 2 * kEach) {
      taken += inbox.next()->audit.size();
      inbox.stored();
    }
  }
  for (auto batch = inbox.next(); !batch->empty(); batch = inbox.next()) {
    taken += batch->audit.size();
    inbox.stored();
  }
  CHECK(taken == 4 * kEach);
}

TEST_CASE("audit rows hold what the event says, in a form that the database takes") {
  InboxFixture fixture;
  auto event = fixture.event("monitoring.ban.create");
  CHECK(formatAuditJson(AuditEvent{}).empty());
  event.outcome = AuditOutcome::deny;
  event.actorId = std::string("a\0b\xff", 4);
  event.ip = "2001:db8::1";
  event.after = {{"count", 3}, {"on", true}, {"text", "x"}};
  const auto row = json::parse(formatAuditJson(event));
  CHECK(row["at"] == "2026-02-02T02:40:00.123Z");
  CHECK(row["outcome"] == "deny");
  CHECK(row["actor_id"] ==
        "a\xef\xbf\xbd"
        "b\xef\xbf\xbd");
  CHECK(row["after"] == json{{"count", 3}, {"on", true}, {"text", "x"}});
  CHECK_FALSE(row.contains("before"));
  CHECK_FALSE(row.contains("session_id"));
  event.ip = "not an address";
  event.userAgent = std::string(5000, 'x');
  const auto odd = json::parse(formatAuditJson(event));
  CHECK_FALSE(odd.contains("ip"));
  CHECK(odd["user_agent"].get<std::string>().size() == kLogValueBytes);
}

TEST_CASE("log rows lift address, subject and user out of the line's context") {
  InboxFixture fixture;
  const auto user = fixture.uuids.next().toString();
  LoggedLine line{
      fixture.uuids.next(),
      makeLogEntry(
          fixture.clock.now(), LogLevel::warning, LogType::security, "kauth", "auth.login.failed", "refused",
          {"r1", ""},
          {{"ip", "10.0.0.1"}, {"subject", "abc"}, {"user_id", user}, {"reason", "wrong_password"}})};
  auto row = json::parse(formatLineJson(line, "public"));
  CHECK(row["remote_ip"] == "10.0.0.1");
  CHECK(row["subject"] == "abc");
  CHECK(row["user_id"] == user);
  CHECK(row["type"] == "security");
  CHECK(row["context"] == json{{"reason", "wrong_password"}});
  line.entry.scope.userId = "nobody";
  line.entry.error = LogErrorDetail{"INTERNAL", "message", "", "place"};
  row = json::parse(formatLineJson(line, "public"));
  CHECK_FALSE(row.contains("user_id"));
  CHECK(row["context"]["error_detail"]["kind"] == "INTERNAL");
}

}  // namespace ks
