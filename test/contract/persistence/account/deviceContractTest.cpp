#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "test/contract/persistence/testStorage.hpp"

using namespace ks;
using namespace ks::contract;

namespace {

StorageKind eachDeviceStorage() { return GENERATE(StorageKind::memory, StorageKind::postgres); }

NewSession sessionOf(StorageEngineInterface& engine, const Uuid& user, const Bytes& device = {7, 7}) {
  auto session = newSession(user, startTime());
  session.deviceHash = device;
  session.assuranceLevel = 2;
  valueOf(engine, OpenSession{session});
  return session;
}

SessionRecord found(StorageEngineInterface& engine, const Uuid& id) {
  return *valueOf(engine, FindSession{id});
}

NewSession stored(StorageEngineInterface& engine, const Uuid& id) { return found(engine, id).session; }

bool change(StorageEngineInterface& engine, const ChangeSessionDevice& what) { return valueOf(engine, what); }

std::size_t dueMails(StorageEngineInterface& engine, const std::string& mailTemplate) {
  const auto mails = valueOf(
      engine, ClaimMails{50, startTime() + std::chrono::hours{1}, startTime() + std::chrono::hours{1}});
  std::size_t count = 0;
  for (const auto& mail : mails) {
    count += mail.mailTemplate == mailTemplate ? 1 : 0;
  }
  return count;
}

}  // namespace

TEST_CASE("A session that goes on on another device has one factor there, and says how it was opened",
          "[devices]") {
  const TestStorage storage(eachDeviceStorage());
  const auto engine = storage.engine();
  const auto session = sessionOf(*engine, activeUser(*engine, "ann@example.org"));
  const ChangeSessionDevice what{session.id,           session.deviceHash, {8, 8},
                                 newMail("newDevice"), startTime(),        {}};
  CHECK(change(*engine, what));
  CHECK(stored(*engine, session.id).deviceHash == Bytes{8, 8});
  CHECK(stored(*engine, session.id).assuranceLevel == 1);
  CHECK(stored(*engine, session.id).methods == session.methods);
  CHECK(found(*engine, session.id).deviceChangedAt == startTime());
  CHECK(change(*engine, what));  // the same call repeated
  auto late = what;
  late.notice = newMail("newDevice");
  CHECK_FALSE(change(*engine, late));  // it is no longer on that device
  CHECK(dueMails(*engine, "newDevice") == 1);
}

TEST_CASE("A new device is told of, but not the first", "[devices]") {
  const TestStorage storage(eachDeviceStorage());
  const auto engine = storage.engine();
  const Uuid user = activeUser(*engine, "ann@example.org");
  const auto note = [&](const Uuid& session, const OutboxMail& mail) {
    return valueOf(*engine, NoteNewDevice{user, session, mail, startTime(), {}});
  };
  const auto first = sessionOf(*engine, user);
  CHECK_FALSE(note(first.id, newMail("newDevice")));
  CHECK_FALSE(note(sessionOf(*engine, user).id, newMail("newDevice")));  // the same device again
  const auto other = sessionOf(*engine, user, {9});
  const auto mail = newMail("newDevice");
  CHECK(note(other.id, mail));
  CHECK(note(other.id, mail));  // the same call repeated
  CHECK_FALSE(note(sessionOf(*engine, user, {9}).id, newMail("newDevice")));
  CHECK(dueMails(*engine, "newDevice") == 1);
}

TEST_CASE("A device link: one mail in a while, one use, for an account with a confirmed address",
          "[devices]") {
  const TestStorage storage(eachDeviceStorage());
  const auto engine = storage.engine();
  const Uuid user = activeUser(*engine, "ann@example.org");
  const auto now = startTime() + std::chrono::hours(1);
  const auto ask = [&](std::optional<Uuid> whose, const Bytes& token, TimePoint at) {
    valueOf(*engine, RequestDeviceLink{whose, freshId(), token, at + std::chrono::hours(1),
                                       newMail("deviceLink"), at, at - std::chrono::minutes(10)});
  };
  const auto use = [&](const Bytes& token, TimePoint at, const Uuid& call) {
    return valueOf(*engine, UseDeviceLink{{token}, call, at});
  };
  const auto mails = [&] {
    return valueOf(*engine, ClaimMails{10, now, now + std::chrono::minutes(1)}).size();
  };
  (void)mails();
  ask(std::nullopt, {1}, now);
  ask(freshId(), {2}, now);
  CHECK(mails() == 0);
  ask(user, {3}, now);
  ask(user, {4}, now + std::chrono::minutes(9));
  CHECK(mails() == 1);
  CHECK(use({4}, now, freshId()).state == LinkState::invalid);
  CHECK(use({3}, now + std::chrono::hours(1), freshId()).state == LinkState::expired);
  ask(user, {5}, now + std::chrono::minutes(10));  // replaces the other
  CHECK(use({3}, now, freshId()).state == LinkState::invalid);
  const auto call = freshId();
  const auto owner = use({5}, now + std::chrono::minutes(11), call);
  REQUIRE(owner.user);
  CHECK(owner.state == LinkState::good);
  CHECK(owner.user->id == user);
  CHECK(use({5}, now + std::chrono::minutes(11), call).user);  // the same call repeated
  CHECK(use({5}, now + std::chrono::minutes(11), freshId()).state == LinkState::invalid);
}
