#include "core/logging/refusalTrail.hpp"

#include <catch2/catch_test_macros.hpp>
#include <string>

#include "test/unit/core/testSources.hpp"

namespace ks {
namespace {

struct Trail {
  SteppedClock clock;
  CountingRandom random;
  UuidGenerator uuids{clock, random};
  EventInbox inbox{uuids};
  RefusalTrail refusals{inbox, uuids, clock, {.atOnce = 3, .entries = 10, .sources = 5}};

  void byAddress(const std::string& ip, const std::string& reason = "token_invalid") {
    refusals.note(event("anonymous", "", ip, reason));
  }
  void bySession(const std::string& user, const std::string& ip = "192.0.2.1") {
    auto made = event("user", user, ip, "permission_denied");
    made.sessionId = uuids.next();  // any of the user's sessions
    refusals.note(std::move(made));
  }
  AuditEvent event(std::string actorType, std::string actorId, std::string ip, std::string reason) {
    AuditEvent made;
    made.id = uuids.next();
    made.at = clock.now();
    made.actorType = std::move(actorType);
    made.actorId = std::move(actorId);
    made.action = "request.refuse";
    made.ip = std::move(ip);
    made.reason = std::move(reason);
    return made;
  }
  std::vector<AuditEvent> taken() {
    auto batch = inbox.next();
    auto events = batch->audit;
    inbox.stored();
    return events;
  }
  void windowEnds() {
    clock.step(std::chrono::seconds{60});
    refusals.writeCounts();
  }
};

std::int64_t field(const AuditEvent& event, const std::string& name) {
  for (const auto& [key, value] : event.after) {
    if (key == name) {
      return value.integer;
    }
  }
  return -1;
}

}  // namespace

TEST_CASE("refusals: the first ones at once, the rest as one entry at the end of the window") {
  Trail trail;
  for (int i = 0; i < 1000; ++i) {
    trail.byAddress("203.0.113.9", i % 4 == 0 ? "csrf_failed" : "token_invalid");
  }
  CHECK(trail.taken().size() == 3);
  trail.refusals.writeCounts();
  CHECK(trail.taken().empty());
  trail.windowEnds();
  const auto counted = trail.taken();
  REQUIRE(counted.size() == 1);
  CHECK(counted[0].reason == "repeated");
  CHECK(counted[0].ip == "203.0.113.9");
  CHECK(counted[0].outcome == AuditOutcome::deny);
  CHECK(field(counted[0], "count") == 997);
  CHECK(field(counted[0], "csrf_failed") == 249);
  CHECK(field(counted[0], "token_invalid") == 748);
  CHECK(trail.refusals.counters().refusals == 1000);
  CHECK(trail.refusals.counters().counted == 997);
  trail.byAddress("203.0.113.9");
  CHECK(trail.taken().size() == 1);  // a new window
  trail.windowEnds();
  CHECK(trail.taken().empty());
}

TEST_CASE("refusals: sessions of one user, and addresses of one /64, share a bound") {
  Trail trail;
  for (int i = 0; i < 20; ++i) {
    trail.bySession("ann", "192.0.2." + std::to_string(i));
    trail.byAddress("2001:db8:1:2::" + std::to_string(i));
  }
  CHECK(trail.taken().size() == 6);
}

TEST_CASE("refusals: a flood from many addresses is bounded, and hides no refusal of a signed-in caller") {
  Trail trail;
  for (int i = 0; i < 5000; ++i) {
    trail.byAddress("10.0." + std::to_string(i / 250) + "." + std::to_string(i % 250));
  }
  CHECK(trail.taken().size() == 5);  // no more are counted separately
  trail.bySession("ann");
  CHECK(trail.taken().size() == 1);
  trail.windowEnds();
  const auto counted = trail.taken();
  REQUIRE(counted.size() == 1);
  CHECK(counted[0].actorType == "system");
  CHECK(field(counted[0], "count") == 4995);
}

TEST_CASE("refusals: a flood takes no room from what must be audited, and is counted meanwhile") {
  SteppedClock clock;
  CountingRandom random;
  UuidGenerator uuids{clock, random};
  EventInbox inbox{uuids, {.auditEvents = 10, .lines = 1, .batch = 100}};
  RefusalTrail refusals{inbox, uuids, clock, {.atOnce = 1000, .entries = 1000}};
  const auto event = [&](const char* action) {
    AuditEvent made;
    made.id = uuids.next();
    made.actorType = "anonymous";
    made.action = action;
    made.reason = action;
    made.ip = "203.0.113.9";
    return made;
  };
  for (int i = 0; i < 100; ++i) {
    refusals.note(event("refused"));
  }
  CHECK(inbox.counters().waitingAudit == 5);
  for (int i = 0; i < 5; ++i) {
    CHECK(inbox.record(event("done")));
  }
  clock.step(std::chrono::seconds{60});
  refusals.writeCounts();  // no room: kept
  CHECK(inbox.counters().refusedAudit == 0);
  (void)inbox.next();
  inbox.stored();
  clock.step(std::chrono::seconds{60});
  refusals.writeCounts();
  const auto batch = inbox.next();
  REQUIRE(batch->audit.size() == 1);
  CHECK(field(batch->audit[0], "count") == 95);
}

TEST_CASE("refusals: an event without an id is in the trail already") {
  Trail trail;
  trail.refusals.note(AuditEvent{});
  CHECK(trail.taken().empty());
  CHECK(trail.refusals.counters().refusals == 0);
}

}  // namespace ks
