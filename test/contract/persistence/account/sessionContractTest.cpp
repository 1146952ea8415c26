#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "test/contract/persistence/testStorage.hpp"

using namespace ks;
using namespace ks::contract;

namespace {

StorageKind eachStorage() { return GENERATE(StorageKind::memory, StorageKind::postgres); }

void open(StorageEngineInterface& engine, const NewSession& session) {
  valueOf(engine, OpenSession{session});
}

std::optional<SessionRecord> find(StorageEngineInterface& engine, const Uuid& id) {
  return valueOf(engine, FindSession{id});
}

std::vector<Uuid> list(StorageEngineInterface& engine, const Uuid& user, TimePoint now) {
  const auto records = valueOf(engine, ListSessions{user, now});
  std::vector<Uuid> ids;
  for (const auto& record : records) {
    ids.push_back(record.session.id);
  }
  return ids;
}

std::vector<Uuid> revoke(StorageEngineInterface& engine, const RevokeSessions& what) {
  return valueOf(engine, what);
}

bool advance(StorageEngineInterface& engine, const AdvanceRefresh& what) { return valueOf(engine, what); }

}  // namespace

TEST_CASE("A session is found as it was opened, with its user", "[sessions]") {
  const TestStorage storage(eachStorage());
  const auto engine = storage.engine();
  const Uuid user = activeUser(*engine, "ann@example.org", "ann");
  const auto session = newSession(user, startTime());
  open(*engine, session);
  open(*engine, session);  // the same call repeated
  const auto found = find(*engine, session.id);
  REQUIRE(found);
  CHECK(found->session.id == session.id);
  CHECK(found->session.userId == user);
  CHECK(found->session.refreshKeySealed == session.refreshKeySealed);
  CHECK(found->session.assuranceLevel == 1);
  CHECK(found->session.methods == session.methods);
  CHECK(found->session.createdAt == session.createdAt);
  CHECK(found->session.idleExpiresAt == session.idleExpiresAt);
  CHECK(found->session.absoluteExpiresAt == session.absoluteExpiresAt);
  CHECK(found->session.ip == "2001:db8::7");
  CHECK(found->session.userAgent == session.userAgent);
  CHECK(found->session.deviceName == session.deviceName);
  CHECK(found->session.deviceHash == session.deviceHash);
  CHECK(found->session.transport == "cookie");
  CHECK(found->refreshCounter == 0);
  CHECK_FALSE(found->refreshedAt);
  CHECK(found->lastSeenAt == session.createdAt);
  CHECK_FALSE(found->revokedAt);
  CHECK(found->user.email == "ann@example.org");
  CHECK(found->user.username == "ann");
  CHECK(found->user.status == UserStatus::active);
  CHECK(found->user.roles == std::vector<std::string>{"user"});
  CHECK_FALSE(find(*engine, freshId()));
}

TEST_CASE("A session needs an account", "[sessions]") {
  const TestStorage storage(eachStorage());
  const auto engine = storage.engine();
  const auto result = outcome(*engine, OpenSession{newSession(freshId(), startTime())});
  REQUIRE_FALSE(result.ok());
  CHECK(result.fault().code == ErrorCode::invalidCredentials);
}

TEST_CASE("The refresh counter moves only from the expected value, while the session lives", "[sessions]") {
  const TestStorage storage(eachStorage());
  const auto engine = storage.engine();
  const Uuid user = activeUser(*engine, "ann@example.org");
  const auto session = newSession(user, startTime());
  open(*engine, session);
  const auto now = startTime() + std::chrono::minutes(9);
  AdvanceRefresh step{session.id, 0, now, now + std::chrono::hours(24), "10.0.0.9", "Chrome"};
  CHECK(advance(*engine, step));
  CHECK_FALSE(advance(*engine, step));
  auto found = find(*engine, session.id);
  CHECK(found->refreshCounter == 1);
  CHECK(found->refreshedAt == now);
  CHECK(found->lastSeenAt == now);
  CHECK(found->session.idleExpiresAt == now + std::chrono::hours(24));
  CHECK(found->session.ip == "10.0.0.9");
  CHECK(found->session.userAgent == "Chrome");

  step.expectedCounter = 1;
  step.ip.clear();
  step.userAgent.clear();
  CHECK(advance(*engine, step));
  found = find(*engine, session.id);
  CHECK(found->session.ip == "10.0.0.9");
  CHECK(found->session.userAgent == "Chrome");

  step.expectedCounter = 2;
  step.now = found->session.idleExpiresAt;
  CHECK_FALSE(advance(*engine, step));  // idle for too long
  step.now = now;
  CHECK(revoke(*engine, {user, session.id, std::nullopt, "logout", now}).size() == 1);
  CHECK_FALSE(advance(*engine, step));
  step.sessionId = freshId();
  CHECK_FALSE(advance(*engine, step));
}

TEST_CASE("Revoking one, all but one, all", "[sessions]") {
  const TestStorage storage(eachStorage());
  const auto engine = storage.engine();
  const Uuid user = activeUser(*engine, "ann@example.org");
  const Uuid stranger = activeUser(*engine, "bob@example.org");
  std::vector<Uuid> ids;
  for (int i = 0; i < 4; ++i) {
    const auto session = newSession(user, startTime() + std::chrono::minutes(i));
    open(*engine, session);
    ids.push_back(session.id);
  }
  const auto others = newSession(stranger, startTime());
  open(*engine, others);
  const auto now = startTime() + std::chrono::hours(1);
  CHECK(list(*engine, user, now) == std::vector<Uuid>{ids[3], ids[2], ids[1], ids[0]});

  CHECK(revoke(*engine, {user, others.id, std::nullopt, "revoked_by_user", now}).empty());
  CHECK(revoke(*engine, {user, ids[0], std::nullopt, "revoked_by_user", now}) == std::vector<Uuid>{ids[0]});
  CHECK(revoke(*engine, {user, ids[0], std::nullopt, "revoked_by_user", now}) ==
        std::vector<Uuid>{ids[0]});  // repeated
  CHECK(revoke(*engine, {user, ids[0], std::nullopt, "revoked_by_user", now + Milliseconds(1)}).empty());
  CHECK(find(*engine, ids[0])->revokedAt == now);
  CHECK(find(*engine, ids[0])->revokeReason == "revoked_by_user");
  CHECK(revoke(*engine, {user, std::nullopt, ids[2], "logout_others", now}) ==
        std::vector<Uuid>{ids[1], ids[3]});
  CHECK(list(*engine, user, now) == std::vector<Uuid>{ids[2]});
  CHECK(revoke(*engine, {user, std::nullopt, std::nullopt, "logout_all", now}) == std::vector<Uuid>{ids[2]});
  CHECK(list(*engine, user, now).empty());
  CHECK(list(*engine, stranger, now) == std::vector<Uuid>{others.id});
  CHECK(list(*engine, stranger, others.idleExpiresAt).empty());
  CHECK(revoke(*engine, {stranger, others.id, std::nullopt, "logout", others.idleExpiresAt}).empty());
}

TEST_CASE("A list of sessions is bounded", "[sessions]") {
  const TestStorage storage(eachStorage());
  const auto engine = storage.engine();
  const Uuid user = activeUser(*engine, "ann@example.org");
  int opened = 0;
  for (int i = 0; i < 130; ++i) {
    engine->run(OpenSession{newSession(user, startTime() + std::chrono::seconds(i))},
                [&](Result<Done> done) { opened += done.ok() ? 1 : 0; });
  }
  engine->flush();
  CHECK(opened == 130);
  CHECK(list(*engine, user, startTime() + std::chrono::hours(1)).size() == 100);
}
