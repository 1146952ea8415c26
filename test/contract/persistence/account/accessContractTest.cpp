#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <functional>
#include <string>
#include <vector>

#include "test/contract/persistence/testStorage.hpp"

// The end of an account's access and the limits of a key are the same in both engines.

using namespace ks;
using namespace ks::contract;

namespace {

StorageKind eachAccessStorage() { return GENERATE(StorageKind::memory, StorageKind::postgres); }

Bytes hashOf(const Uuid& id) { return Bytes(id.bytes.begin(), id.bytes.end()); }

ApiKeyRecord keyOf(ApiKeyKind kind, const Uuid& maker, std::vector<std::string> scopes) {
  ApiKeyRecord key;
  key.id = freshId();
  key.kind = kind;
  key.ownerId = kind == ApiKeyKind::user ? maker : Uuid{};
  key.name = "key of a test";
  key.secretHash = hashOf(key.id);
  key.scopes = std::move(scopes);
  key.createdBy = maker;
  key.createdAt = startTime();
  return key;
}

CreatedApiKey create(StorageEngineInterface& engine, const ApiKeyRecord& key) {
  return valueOf(engine, CreateApiKey{key, 20});
}

FoundApiKey use(StorageEngineInterface& engine, const Uuid& id, TimePoint now = startTime()) {
  auto found = valueOf(engine, UseApiKey{id, hashOf(id), now});
  REQUIRE(found);
  return *found;
}

Uuid holderOf(StorageEngineInterface& engine, const std::string& role, const std::string& email) {
  const auto id = freshId();
  valueOf(engine, CreateAdministrator{id, email, "$argon2id$x", role, false, startTime(), {}});
  return id;
}

/// An account with everything pending, two sessions and a key.
struct Busy {
  StorageEngineInterface& engine;
  Uuid userId;
  TimePoint now = startTime() + std::chrono::minutes{1};
  Uuid session = freshId();
  Uuid other = freshId();
  ApiKeyRecord key;
  Uuid factor = freshId();
  std::int64_t epoch = 0;  ///< of the account

  Busy(StorageEngineInterface& storageEngine, bool withFactor) : engine(storageEngine) {
    userId = activeUser(engine, "ann@example.org");
    open(session);
    open(other);
    if (withFactor) {
      const auto active = freshId();
      addFactor(active);
      auto fresh = newSession(userId, now);
      REQUIRE(confirm(active, session, fresh, true));
      factor = active;
      ++epoch;
      session = fresh.id;
      other = freshId();
      open(other);
    }
    key = keyOf(ApiKeyKind::user, userId, {});
    REQUIRE(create(engine, key).outcome == CreateApiKeyOutcome::created);
    wait(withFactor);
  }

  void open(const Uuid& id) const {
    auto record = newSession(userId, now);
    record.id = id;
    valueOf(engine, OpenSession{record, {}, epoch});
  }
  void addFactor(const Uuid& id) const {
    REQUIRE(valueOf(engine, NewTotpFactor{id, userId, "phone", {1, 2, 3}, now}));
  }
  [[nodiscard]] bool confirm(const Uuid& id, const Uuid& caller, const NewSession& fresh, bool keep) const {
    return valueOf(engine, ConfirmFactor{id,
                                         caller,
                                         1,
                                         {freshId(), {freshId()}, {Bytes(32, 1)}},
                                         fresh,
                                         newMail("factorAdded"),
                                         {},
                                         keep})
        .has_value();
  }
  /// A reset link, one for a device, a claim of another address, a sign-in without its code, a factor
  /// without its first code.
  void wait(bool withFactor) const {
    RequestReset reset;
    reset.email = "ann@example.org";
    reset.tokenId = freshId();
    reset.tokenHash = {1, 1};
    reset.now = now;
    reset.expires = now + std::chrono::hours{1};
    reset.mail = newMail("resetPassword");
    valueOf(engine, reset);
    valueOf(engine,
            RequestDeviceLink{
                userId, freshId(), {6, 6}, now + std::chrono::hours{1}, newMail("deviceLink"), now, now});
    RequestEmailChange change;
    change.changeId = freshId();
    change.userId = userId;
    change.newEmail = "new@example.org";
    change.confirmHash = {2, 2};
    change.confirmExpires = now + std::chrono::hours{24};
    change.undoHash = {3, 3};
    change.undoExpires = now + std::chrono::hours{24 * 7};
    change.confirmMail = newMail("emailChangeConfirm");
    change.takenMail = newMail("emailChangeTaken");
    change.notice = newMail("emailChangeNotice");
    change.now = now;
    valueOf(engine, change);
    valueOf(engine, NewChallenge{freshId(), userId, {4, 4}, {9}, 0, now, now + std::chrono::minutes{5}, {}});
    if (!withFactor) {
      addFactor(factor);
    }
  }
  [[nodiscard]] LinkState link(const Bytes& hash = {1, 1}) const {
    return valueOf(engine, TokenQuestion{"reset_password", {hash}, now}).state;
  }
  /// The pending items that are still valid.
  [[nodiscard]] std::vector<std::string> waiting() const {
    std::vector<std::string> what;
    if (link() == LinkState::good) {
      what.emplace_back("link");
    }
    const auto own = valueOf(engine, FindOwnCredential{userId});
    if (own && !own->user.pendingEmail.empty()) {
      what.emplace_back("address");
    }
    if (valueOf(engine, UseDeviceLink{{{6, 6}}, freshId(), now}).state == LinkState::good) {
      what.emplace_back("device");
    }
    if (valueOf(engine, ConfirmEmailChange{{{2, 2}}, userId, freshId(), now, {}}) ==
        EmailChangeOutcome::done) {
      what.emplace_back("claim");
    }
    if (valueOf(engine, BeginChallengeAttempt{{{4, 4}}, 5, now}).outcome == AttemptOutcome::counted) {
      what.emplace_back("challenge");
    }
    for (const auto& each : valueOf(engine, FindFactors{userId})) {
      if (!each.active) {
        what.emplace_back("factor");
      }
    }
    return what;
  }
  [[nodiscard]] std::size_t live() const { return valueOf(engine, ListSessions{userId, now}).size(); }
  [[nodiscard]] bool keyLives() const { return !use(engine, key.id).key.revokedAt; }
  [[nodiscard]] std::vector<EndedApiKeys> untold() const { return valueOf(engine, ListEndedApiKeys{}); }

  [[nodiscard]] bool changePassword(bool endSessions, bool keepKeys) const {
    const auto phc = valueOf(engine, FindOwnCredential{userId})->passwordPhc;
    ChangePassword change{userId, "$argon2id$new", phc,     session, newMail("passwordChanged"), now,
                          {},     endSessions,     keepKeys};
    return valueOf(engine, change).has_value();
  }
  void reset(bool keepKeys) const {
    ResetPassword reset;
    reset.possibleHashes = {{1, 1}};
    reset.callId = freshId();
    reset.passwordPhc = "$argon2id$reset";
    reset.notice = newMail("passwordChanged");
    reset.now = now;
    reset.keepKeys = keepKeys;
    CHECK(valueOf(engine, reset).state == LinkState::good);
  }
  void removeFactor(bool keepKeys) const {
    CHECK(valueOf(engine, RemoveFactor{factor, userId, newMail("factorRemoved"), now, {}, keepKeys}).removed);
  }
  void undo() const {
    UndoEmailChange undo;
    undo.possibleHashes = {{3, 3}};
    undo.callId = freshId();
    undo.tokenId = freshId();
    undo.tokenHash = {5, 5};
    undo.tokenExpires = now + std::chrono::hours{1};
    undo.resetMail = newMail("resetPassword");
    undo.now = now;
    CHECK(valueOf(engine, undo).outcome == EmailChangeOutcome::done);
    CHECK(link({5, 5}) == LinkState::good);
  }
  void scheduleDeletion() const {
    valueOf(engine, ScheduleDeletion{
                        userId, now + std::chrono::hours{1}, newMail("accountDeletionScheduled"), now, {}});
  }
  void endAll(std::optional<Uuid> except, bool keepKeys) const {
    valueOf(engine, RevokeSessions{userId, std::nullopt, except, "logout_all", now, {}, keepKeys});
  }
};

}  // namespace

TEST_CASE("Whatever changes a credential voids every link, claim and challenge of the account", "[access]") {
  const TestStorage storage(eachAccessStorage());
  const auto engine = storage.engine();
  struct Change {
    const char* name;
    bool withFactor;
    std::function<void(const Busy&)> apply;
  };
  const auto change = GENERATE(
      Change{"nothing", false, [](const Busy&) {}},
      Change{"password", false, [](const Busy& it) { CHECK(it.changePassword(true, true)); }},
      Change{"password, sessions stay", false, [](const Busy& it) { CHECK(it.changePassword(false, true)); }},
      Change{"reset", false, [](const Busy& it) { it.reset(true); }},
      Change{"factor added", false,
             [](const Busy& it) {
               CHECK(it.confirm(it.factor, it.session, newSession(it.userId, it.now), true));
             }},
      Change{"factor removed", true, [](const Busy& it) { it.removeFactor(true); }},
      Change{"address confirmed", false,
             [](const Busy& it) {
               CHECK(valueOf(it.engine, ConfirmEmailChange{{{2, 2}}, it.userId, freshId(), it.now, {}}) ==
                     EmailChangeOutcome::done);
             }},
      Change{"address restored", false, [](const Busy& it) { it.undo(); }},
      Change{"deletion", false, [](const Busy& it) { it.scheduleDeletion(); }});
  CAPTURE(change.name);
  const Busy it(*engine, change.withFactor);
  change.apply(it);
  if (std::string(change.name) == "nothing") {
    // Confirming the claim voids the rest.
    CHECK(it.waiting() == std::vector<std::string>{"link", "address", "device", "claim"});
  } else {
    CHECK(it.waiting().empty());
  }
}

TEST_CASE("What ends all sessions ends the keys, unless they are kept; the owner is told", "[access][keys]") {
  const TestStorage storage(eachAccessStorage());
  const auto engine = storage.engine();
  const bool keep = GENERATE(false, true);
  struct End {
    const char* name;
    bool withFactor;
    bool alwaysEnds;
    std::size_t sessionsLeft;
    std::function<void(const Busy&, bool)> apply;
  };
  const auto end = GENERATE(
      End{"password", false, false, 1, [](const Busy& it, bool k) { CHECK(it.changePassword(true, k)); }},
      End{"reset", false, false, 0, [](const Busy& it, bool k) { it.reset(k); }},
      End{"factor added", false, false, 1,
          [](const Busy& it, bool k) {
            CHECK(it.confirm(it.factor, it.session, newSession(it.userId, it.now), k));
          }},
      End{"factor removed", true, false, 0, [](const Busy& it, bool k) { it.removeFactor(k); }},
      End{"all", false, false, 0, [](const Busy& it, bool k) { it.endAll(std::nullopt, k); }},
      End{"others", false, false, 1, [](const Busy& it, bool k) { it.endAll(it.session, k); }},
      End{"undo", false, true, 0, [](const Busy& it, bool) { it.undo(); }},
      End{"deletion", false, true, 0, [](const Busy& it, bool) { it.scheduleDeletion(); }});
  CAPTURE(end.name, keep);
  const Busy it(*engine, end.withFactor);
  end.apply(it, keep);
  CHECK(it.live() == end.sessionsLeft);
  const bool lives = keep && !end.alwaysEnds;
  CHECK(it.keyLives() == lives);
  const auto untold = it.untold();
  REQUIRE(untold.size() == (lives ? 0U : 1U));
  if (!lives) {
    CHECK(untold.front().userId == it.userId);
    CHECK(untold.front().names == std::vector<std::string>{"key of a test"});
    valueOf(*engine, NoteEndedApiKeys{untold.front().ids, newMail("apiKeysEnded"), it.now});
    CHECK(it.untold().empty());
    const auto mails = valueOf(*engine, ClaimMails{100, it.now, it.now});
    CHECK(std::count_if(mails.begin(), mails.end(),
                        [](const auto& mail) { return mail.mailTemplate == "apiKeysEnded"; }) == 1);
  }
}

TEST_CASE("A single session that ends, and a password that ends none, leave the keys", "[access][keys]") {
  const TestStorage storage(eachAccessStorage());
  const auto engine = storage.engine();
  const Busy it(*engine, false);
  valueOf(*engine, RevokeSessions{it.userId, it.other, std::nullopt, "logout", it.now, {}});
  CHECK(it.keyLives());
  CHECK(it.changePassword(false, false));
  CHECK(it.keyLives());
}

TEST_CASE("A machine's key may what its maker may at the time of its use", "[access][keys]") {
  const TestStorage storage(eachAccessStorage());
  const auto engine = storage.engine();
  const auto maker = holderOf(*engine, "support", "maker@example.org");
  const auto key = keyOf(ApiKeyKind::admin, maker, {"users:read", "users:write", "settings:write"});
  REQUIRE(create(*engine, key).outcome == CreateApiKeyOutcome::created);
  const auto child = keyOf(ApiKeyKind::admin, key.id, {"monitoring:read", "users:read"});
  REQUIRE(create(*engine, child).outcome == CreateApiKeyOutcome::created);
  auto found = use(*engine, key.id);
  CHECK(found.limits.standing);
  CHECK(found.limits.permissions == std::vector<std::string>{"users:read", "users:write"});
  CHECK(found.limits.makers == std::vector<Uuid>{maker});
  found = use(*engine, child.id);
  CHECK(found.limits.permissions == std::vector<std::string>{"users:read"});
  CHECK(found.limits.makers == std::vector<Uuid>{key.id, maker});
  storage.setStatus(maker, UserStatus::suspended);
  CHECK_FALSE(use(*engine, key.id).limits.standing);
  CHECK_FALSE(use(*engine, child.id).limits.standing);
  CHECK(use(*engine, key.id).limits.permissions.empty());
  storage.setStatus(maker, UserStatus::active);
  CHECK(use(*engine, child.id).limits.standing);
  storage.takeRoles(maker);
  CHECK(use(*engine, key.id).limits.standing);
  CHECK(use(*engine, key.id).limits.permissions.empty());
  CHECK(use(*engine, child.id).limits.permissions.empty());
  // Keys of the operator are limited by their scopes alone.
  const auto operators = keyOf(ApiKeyKind::admin, {}, {"settings:write"});
  REQUIRE(create(*engine, operators).outcome == CreateApiKeyOutcome::created);
  CHECK(use(*engine, operators.id).limits.standing);
  CHECK(use(*engine, operators.id).limits.permissions == std::vector<std::string>{"settings:write"});
  CHECK(use(*engine, operators.id).limits.makers.empty());
  // A user's own too.
  const auto owner = holderOf(*engine, "auditor", "auditor@example.org");
  auto own = keyOf(ApiKeyKind::user, owner, {"audit:read", "users:write"});
  own.createdBy = {};
  REQUIRE(create(*engine, own).outcome == CreateApiKeyOutcome::created);
  CHECK(use(*engine, own.id).limits.permissions == std::vector<std::string>{"audit:read"});
  if (storage.kind() == StorageKind::postgres) {  // in memory no role ends by time
    runSql("UPDATE user_roles SET expires_at = granted_at WHERE user_id = '" + owner.toString() + "'");
    CHECK(use(*engine, own.id).limits.permissions.empty());
  }
}

TEST_CASE("A key that a key makes is never wider than it, and ends with it", "[access][keys]") {
  const TestStorage storage(eachAccessStorage());
  const auto engine = storage.engine();
  const auto later = startTime() + std::chrono::hours{1};
  auto parent = keyOf(ApiKeyKind::admin, {}, {"keys:write"});
  parent.allowedNetworks = {"203.0.113.0/24", "2001:db8::/32"};
  parent.expiresAt = later;
  REQUIRE(create(*engine, parent).outcome == CreateApiKeyOutcome::created);
  const auto made = create(*engine, keyOf(ApiKeyKind::admin, parent.id, {}));
  REQUIRE(made.outcome == CreateApiKeyOutcome::created);
  CHECK(made.key.allowedNetworks == parent.allowedNetworks);
  CHECK(made.key.expiresAt == later);
  CHECK(use(*engine, made.key.id).limits.networks ==
        std::vector<std::vector<std::string>>{parent.allowedNetworks});
  const auto outcomeOf = [&](std::vector<std::string> networks, std::optional<TimePoint> expires) {
    auto child = keyOf(ApiKeyKind::admin, parent.id, {});
    child.allowedNetworks = std::move(networks);
    child.expiresAt = expires;
    const auto outcome = create(*engine, child).outcome;
    const auto kept = valueOf(*engine, UseApiKey{child.id, hashOf(child.id), startTime()});
    CHECK(kept.has_value() == (outcome == CreateApiKeyOutcome::created));
    return outcome;
  };
  CHECK(outcomeOf({"203.0.113.128/25"}, later - std::chrono::seconds{1}) == CreateApiKeyOutcome::created);
  CHECK(outcomeOf({"203.0.113.7/32", "2001:db8:1::/48"}, later) == CreateApiKeyOutcome::created);
  CHECK(outcomeOf({"203.0.112.0/23"}, later) == CreateApiKeyOutcome::widerThanMaker);
  CHECK(outcomeOf({"203.0.113.7/32", "198.51.100.0/24"}, later) == CreateApiKeyOutcome::widerThanMaker);
  CHECK(outcomeOf({}, later + std::chrono::seconds{1}) == CreateApiKeyOutcome::widerThanMaker);

  const auto rotate = [&](const Uuid& old, const Uuid& by) {
    const auto fresh = freshId();
    return valueOf(
        *engine,
        RotateApiKey{old, fresh, hashOf(fresh), by, startTime() + std::chrono::minutes{5}, startTime(), {}});
  };
  const auto wide = keyOf(ApiKeyKind::admin, {}, {});
  REQUIRE(create(*engine, wide).outcome == CreateApiKeyOutcome::created);
  CHECK(rotate(wide.id, parent.id).outcome == RotateApiKeyOutcome::widerThanMaker);
  // A key that rotates itself keeps its creator.
  const auto itself = rotate(made.key.id, made.key.id);
  REQUIRE(itself.outcome == RotateApiKeyOutcome::rotated);
  CHECK(itself.key.createdBy == parent.id);
  CHECK(itself.key.expiresAt == later);
  CHECK(itself.key.allowedNetworks == parent.allowedNetworks);
  const auto mine = rotate(wide.id, wide.id);
  REQUIRE(mine.outcome == RotateApiKeyOutcome::rotated);
  CHECK(mine.key.createdBy.isNil());

  CHECK(use(*engine, itself.key.id).limits.standing);
  CHECK(use(*engine, itself.key.id).limits.goodUntil == later);
  REQUIRE(rotate(parent.id, parent.id).outcome == RotateApiKeyOutcome::rotated);
  CHECK(use(*engine, itself.key.id).limits.goodUntil == startTime() + std::chrono::minutes{5});
  CHECK_FALSE(use(*engine, itself.key.id, later).limits.standing);
  valueOf(*engine, RevokeApiKey{parent.id, std::nullopt, startTime(), {}});
  CHECK_FALSE(use(*engine, itself.key.id).limits.standing);
  CHECK_FALSE(use(*engine, made.key.id).limits.standing);
}

TEST_CASE("The use of a key is noted with the right secret only", "[access][keys]") {
  const TestStorage storage(eachAccessStorage());
  const auto engine = storage.engine();
  const auto key = keyOf(ApiKeyKind::admin, {}, {});
  REQUIRE(create(*engine, key).outcome == CreateApiKeyOutcome::created);
  valueOf(*engine, UseApiKey{key.id, Bytes(32, 1), startTime()});
  CHECK_FALSE(use(*engine, key.id).key.lastUsedAt);
  CHECK(use(*engine, key.id).key.lastUsedAt == startTime());
}
