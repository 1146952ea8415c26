#include <algorithm>
#include <atomic>
#include <barrier>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <map>
#include <random>
#include <thread>

#include "test/contract/persistence/testStorage.hpp"

using namespace ks;
using namespace ks::contract;

namespace {

StorageKind eachKeyStorage() { return GENERATE(StorageKind::memory, StorageKind::postgres); }

ApiKeyRecord machineKey(const std::string& name) {
  ApiKeyRecord key;
  key.id = freshId();
  key.kind = ApiKeyKind::admin;
  key.name = name;
  key.secretHash = Bytes(key.id.bytes.begin(), key.id.bytes.end());
  key.scopes = {"monitoring:read", "users:read"};
  key.allowedNetworks = {"203.0.113.0/24", "2001:db8::/32"};
  key.createdAt = startTime();
  return key;
}

bool create(StorageEngineInterface& engine, const ApiKeyRecord& key, std::size_t most = 20) {
  return valueOf(engine, CreateApiKey{key, most}).outcome == CreateApiKeyOutcome::created;
}

std::optional<FoundApiKey> use(StorageEngineInterface& engine, const Uuid& id, TimePoint now) {
  return valueOf(engine, UseApiKey{id, Bytes(id.bytes.begin(), id.bytes.end()), now});
}

std::optional<ApiKeyRecord> revoke(StorageEngineInterface& engine, const RevokeApiKey& what) {
  return valueOf(engine, what).key;
}

RotatedApiKey rotateKey(StorageEngineInterface& engine, const Uuid& old, const Uuid& fresh, TimePoint now,
                        std::chrono::seconds overlap) {
  RotateApiKey rotation;
  rotation.oldId = old;
  rotation.newId = fresh;
  rotation.newSecretHash = Bytes(fresh.bytes.begin(), fresh.bytes.end());
  rotation.now = now;
  rotation.oldEndsAt = now + overlap;
  return valueOf(engine, std::move(rotation));
}

SigningKeyRecord signingKey(const std::string& id, TimePoint notBefore) {
  return {id, Bytes(32, 1), Bytes(40, 2), "current", notBefore, std::nullopt};
}

bool rotateSigning(StorageEngineInterface& engine, const std::string& fresh, TimePoint now,
                   TimePoint currentBefore) {
  RotateSigningKeys rotation;
  rotation.fresh = signingKey(fresh, now + std::chrono::minutes{15});
  rotation.currentBefore = currentBefore;
  rotation.retireAt = now + std::chrono::minutes{20};
  rotation.now = now;
  return valueOf(engine, std::move(rotation));
}

/// "current:a next:b retiring:c"
std::string signingStates(StorageEngineInterface& engine, TimePoint now) {
  const auto keys = valueOf(engine, ListSigningKeys{now});
  std::string text;
  for (const auto& key : keys) {
    text += (text.empty() ? "" : " ") + key.status + ":" + key.keyId;
  }
  return text;
}

std::size_t dueMails(StorageEngineInterface& engine) {
  return valueOf(engine,
                 ClaimMails{50, startTime() + std::chrono::hours{1}, startTime() + std::chrono::hours{1}})
      .size();
}

void makeCurrent(StorageEngineInterface& engine, const std::string& id, TimePoint now) {
  valueOf(engine, EnsureSigningKey{signingKey(id, now), now});
}

}  // namespace

TEST_CASE("Who makes a key, gives it a successor or renews recovery codes is told in the same statement",
          "[keys]") {
  const TestStorage storage(eachKeyStorage());
  const auto engine = storage.engine();
  const auto key = machineKey("report");
  const auto mail = newMail("apiKeyMade");
  for (int i = 0; i < 2; ++i) {  // the same call repeated
    CHECK(valueOf(*engine, CreateApiKey{key, 1, {}, {}, mail}).outcome == CreateApiKeyOutcome::created);
  }
  CHECK(valueOf(*engine, CreateApiKey{machineKey("more"), 1, {}, {}, newMail("apiKeyMade")}).outcome ==
        CreateApiKeyOutcome::tooMany);
  CHECK(dueMails(*engine) == 1);
  RotateApiKey rotation{key.id,      freshId(),   Bytes(32, 7), {},
                        startTime(), startTime(), {},           newMail("apiKeyMade")};
  for (const auto& successor : {rotation.newId, rotation.newId, freshId()}) {
    rotation.newId = successor;
    valueOf(*engine, rotation);
  }
  CHECK(dueMails(*engine) == 2);
}

TEST_CASE("A machine's key is found as it was made; its use is noted once a minute", "[keys]") {
  const TestStorage storage(eachKeyStorage());
  const auto engine = storage.engine();
  const auto key = machineKey("report");
  CHECK(create(*engine, key));
  CHECK(create(*engine, key));  // the same call repeated
  const auto now = startTime() + std::chrono::seconds{1};
  auto found = use(*engine, key.id, now);
  REQUIRE(found);
  CHECK(found->key.kind == ApiKeyKind::admin);
  CHECK(found->key.name == "report");
  CHECK(found->key.secretHash == key.secretHash);
  CHECK(found->key.scopes == key.scopes);
  CHECK(found->key.allowedNetworks == key.allowedNetworks);
  CHECK(found->key.createdAt == key.createdAt);
  CHECK_FALSE(found->key.lastUsedAt);
  CHECK_FALSE(found->owner);
  CHECK(use(*engine, key.id, now + std::chrono::seconds{59})->key.lastUsedAt == now);
  CHECK(use(*engine, key.id, now + std::chrono::seconds{60})->key.lastUsedAt == now);
  CHECK(use(*engine, key.id, now + std::chrono::seconds{61})->key.lastUsedAt ==
        now + std::chrono::seconds{60});
  CHECK_FALSE(use(*engine, freshId(), now));
}

TEST_CASE("A user's key brings its owner, and is nobody else's to revoke", "[keys]") {
  const TestStorage storage(eachKeyStorage());
  const auto engine = storage.engine();
  const Uuid ann = activeUser(*engine, "ann@example.org");
  const Uuid bob = activeUser(*engine, "bob@example.org");
  auto key = machineKey("mine");
  key.kind = ApiKeyKind::user;
  key.ownerId = ann;
  REQUIRE(create(*engine, key));
  const auto now = startTime() + std::chrono::seconds{1};
  const auto found = use(*engine, key.id, now);
  REQUIRE(found);
  REQUIRE(found->owner);
  CHECK(found->owner->email == "ann@example.org");
  CHECK_FALSE(revoke(*engine, {key.id, bob, now}));
  CHECK_FALSE(revoke(*engine, {key.id, std::nullopt, now}));
  CHECK(rotateKey(*engine, key.id, freshId(), now, {}).outcome == RotateApiKeyOutcome::notFound);
  const auto ended = revoke(*engine, {key.id, ann, now});
  REQUIRE(ended);
  CHECK(ended->revokedAt == now);
  CHECK(revoke(*engine, {key.id, ann, now + std::chrono::seconds{5}})->revokedAt == now);
  CHECK(use(*engine, key.id, now)->key.revokedAt == now);
}

TEST_CASE("A key is made in a live session, or not at all", "[keys]") {
  const TestStorage storage(eachKeyStorage());
  const auto engine = storage.engine();
  const auto ann = activeUser(*engine, "ann@example.org");
  const auto session = newSession(ann, startTime());
  valueOf(*engine, OpenSession{session, {}});
  auto key = machineKey("in a session");
  key.kind = ApiKeyKind::user;
  key.ownerId = ann;
  const auto make = [&](const Uuid& caller) {
    key.id = freshId();
    return valueOf(*engine, CreateApiKey{key, 20, {}, caller}).outcome;
  };
  CHECK(make(session.id) == CreateApiKeyOutcome::created);
  CHECK(make(freshId()) == CreateApiKeyOutcome::sessionOver);
  valueOf(*engine, RevokeSessions{ann, {}, {}, "logout", startTime(), {}});
  CHECK(make(session.id) == CreateApiKeyOutcome::sessionOver);
}

TEST_CASE("There are no more live keys than allowed", "[keys]") {
  const TestStorage storage(eachKeyStorage());
  const auto engine = storage.engine();
  const auto first = machineKey("first");
  auto second = machineKey("second");
  second.expiresAt = startTime() + std::chrono::hours{1};
  CHECK(create(*engine, first, 2));
  CHECK(create(*engine, second, 2));
  CHECK_FALSE(create(*engine, machineKey("third"), 2));
  revoke(*engine, {first.id, std::nullopt, startTime()});
  CHECK(create(*engine, machineKey("third"), 2));
  auto later = machineKey("fourth");
  later.createdAt = startTime() + std::chrono::hours{2};  // the second has expired by then
  CHECK(create(*engine, later, 2));
}

TEST_CASE("A key has one successor; the old one ends when the overlap does", "[keys]") {
  const TestStorage storage(eachKeyStorage());
  const auto engine = storage.engine();
  const auto key = machineKey("rotated");
  REQUIRE(create(*engine, key));
  const auto now = startTime() + std::chrono::hours{1};
  const auto fresh = freshId();
  const auto rotated = rotateKey(*engine, key.id, fresh, now, std::chrono::minutes{10});
  REQUIRE(rotated.outcome == RotateApiKeyOutcome::rotated);
  CHECK(rotated.key.id == fresh);
  CHECK(rotated.key.rotatedFrom == key.id);
  CHECK(rotated.key.name == key.name);
  CHECK(rotated.key.scopes == key.scopes);
  CHECK(rotated.key.allowedNetworks == key.allowedNetworks);
  CHECK(use(*engine, key.id, now)->key.expiresAt == now + std::chrono::minutes{10});
  CHECK_FALSE(use(*engine, key.id, now)->key.revokedAt);
  // The same call repeated after a lost answer.
  CHECK(rotateKey(*engine, key.id, fresh, now, std::chrono::minutes{10}).outcome ==
        RotateApiKeyOutcome::rotated);
  CHECK(rotateKey(*engine, key.id, freshId(), now, {}).outcome == RotateApiKeyOutcome::rotatedBefore);
  CHECK(rotateKey(*engine, fresh, freshId(), now, {}).outcome == RotateApiKeyOutcome::rotated);
  CHECK(use(*engine, fresh, now)->key.revokedAt == now);
  CHECK(rotateKey(*engine, freshId(), freshId(), now, {}).outcome == RotateApiKeyOutcome::notFound);
}

TEST_CASE("Rotating one key at once gives one successor", "[keys][race]") {
  const TestStorage storage(eachKeyStorage());
  const auto engine = storage.engine();
  constexpr int kThreads = 100 / 10;
  const auto key = machineKey("raced");
  REQUIRE(create(*engine, key));
  std::atomic<int> rotated{0};
  std::barrier together(kThreads);
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&] {
      const auto own = storage.engine();
      together.arrive_and_wait();
      for (int j = 0; j < 10; ++j) {
        rotated += rotateKey(*own, key.id, freshId(), startTime(), std::chrono::minutes{1}).outcome ==
                   RotateApiKeyOutcome::rotated;
      }
    });
  }
  for (auto& thread : threads) {
    thread.join();
  }
  CHECK(rotated == 1);
}

TEST_CASE("A token key is published before it signs, and verifies after it has signed", "[keys]") {
  const TestStorage storage(eachKeyStorage());
  const auto engine = storage.engine();
  const auto start = startTime();
  const auto month = std::chrono::hours{24 * 30};
  makeCurrent(*engine, "a", start);
  CHECK_FALSE(rotateSigning(*engine, "b", start, start - month));
  CHECK(signingStates(*engine, start) == "current:a next:b");
  // Due, but the next key is too young; then old enough, but not due.
  CHECK_FALSE(
      rotateSigning(*engine, "x", start + std::chrono::minutes{14}, start + std::chrono::minutes{14}));
  CHECK_FALSE(rotateSigning(*engine, "x", start + std::chrono::minutes{15}, start - month));
  CHECK(signingStates(*engine, start) == "current:a next:b");
  const auto later = start + std::chrono::minutes{15};
  CHECK(rotateSigning(*engine, "c", later, start));
  CHECK(signingStates(*engine, later) == "current:b next:c retiring:a");
  CHECK_FALSE(rotateSigning(*engine, "x", later, later));
  CHECK(signingStates(*engine, later + std::chrono::minutes{20}) == "current:b next:c");
}

TEST_CASE("Processes that rotate the token keys at once rotate them once", "[keys][race]") {
  const TestStorage storage(eachKeyStorage());
  const auto engine = storage.engine();
  constexpr int kProcesses = 6;
  auto now = startTime();
  makeCurrent(*engine, "first", now);
  CHECK_FALSE(rotateSigning(*engine, "second", now, now - std::chrono::hours{1}));
  for (int round = 0; round < 10; ++round) {
    now += std::chrono::minutes{30};
    std::atomic<int> rotated{0};
    std::barrier together(kProcesses);
    std::vector<std::thread> threads;
    for (int i = 0; i < kProcesses; ++i) {
      threads.emplace_back([&, i] {
        const auto own = storage.engine();
        together.arrive_and_wait();
        rotated += rotateSigning(*own, "k" + std::to_string(round) + "-" + std::to_string(i), now,
                                 now - std::chrono::minutes{25});
      });
    }
    for (auto& thread : threads) {
      thread.join();
    }
    CHECK(rotated == 1);
    const auto states = signingStates(*engine, now);
    CHECK(states.find("current:") == 0);
    CHECK(states.find("next:", states.find("next:") + 1) == std::string::npos);
  }
}

TEST_CASE("No key ever signs that was not published long enough, nor is dropped while its tokens live",
          "[keys]") {
  const TestStorage storage(eachKeyStorage());
  const auto engine = storage.engine();
  std::mt19937 random(20261121);
  auto now = startTime();
  makeCurrent(*engine, "first", now);
  std::map<std::string, TimePoint> publishedAt;  // noticed within a minute
  std::map<std::string, TimePoint> signedLast;
  std::string current = "first";
  int rotations = 0;
  for (int step = 0; step < 300; ++step) {
    now += std::chrono::seconds(random() % 600);
    const auto age = std::chrono::minutes(random() % 60);
    rotations += rotateSigning(*engine, "k" + std::to_string(step), now, now - age) ? 1 : 0;
    const auto keys = valueOf(*engine, ListSigningKeys{now});
    REQUIRE(keys.front().status == "current");
    const auto signer = keys.front().keyId;
    if (signer != current) {
      REQUIRE(now - publishedAt.at(signer) >= std::chrono::minutes{15});
      signedLast[current] = now;
      current = signer;
    }
    for (const auto& key : keys) {
      publishedAt.emplace(key.keyId, now);
    }
    for (const auto& [id, last] : signedLast) {
      const bool listed =
          std::any_of(keys.begin(), keys.end(), [&](const auto& key) { return key.keyId == id; });
      REQUIRE((listed || now - last >= std::chrono::minutes{20}));
    }
  }
  CHECK(rotations > 10);
}

TEST_CASE("Acting on a machine's key takes a higher rank than its maker's, or having made it",
          "[access][keys]") {
  const TestStorage storage(eachKeyStorage());
  const auto engine = storage.engine();
  const auto admin = [&](const std::string& role, const std::string& email) {
    const auto id = freshId();
    REQUIRE(valueOf(*engine, CreateAdministrator{id, email, "x", role, false, startTime()}) ==
            CreateAdministratorOutcome::created);
    return id;
  };
  const auto top = admin("superadmin", "top@example.org");
  const auto second = admin("superadmin", "second@example.org");
  const auto low = admin("admin", "low@example.org");
  const auto lowest = admin("support", "lowest@example.org");
  const auto plain = activeUser(*engine, "plain@example.org");
  const auto keyBy = [&](const Uuid& maker) {
    auto key = machineKey("ranked");
    key.createdBy = maker;
    key.allowedNetworks.clear();
    REQUIRE(create(*engine, key, 100));
    return key.id;
  };
  const auto topKey = keyBy(top);
  const auto childOfTop = keyBy(topKey);
  const auto lowKey = keyBy(low);
  const auto operatorKey = keyBy({});
  struct Case {
    Uuid actor;
    Uuid key;
    bool may;
  };
  const std::vector<Case> cases = {
      {low, topKey, false},    {low, childOfTop, false}, {low, operatorKey, false},
      {lowKey, topKey, false}, {second, topKey, false},  {second, operatorKey, false},
      {plain, lowKey, false},  {lowest, lowKey, false},  {freshId(), lowKey, false},
      {top, topKey, true},     {top, childOfTop, true},  {topKey, childOfTop, true},
      {second, lowKey, true},  {topKey, lowKey, true},   {operatorKey, lowKey, true},
      {low, lowKey, true},     {lowKey, lowKey, true},   {{}, topKey, true},
      {{}, operatorKey, true}};
  for (std::size_t i = 0; i < cases.size(); ++i) {
    const auto& each = cases[i];
    CAPTURE(i);
    RotateApiKey rotation;
    rotation.oldId = each.key;
    rotation.newId = freshId();
    rotation.newSecretHash = Bytes(32, 1);
    rotation.createdBy = each.actor;
    rotation.now = startTime();
    rotation.oldEndsAt = startTime() + std::chrono::hours{1};
    if (!each.may) {
      CHECK(valueOf(*engine, rotation).outcome == RotateApiKeyOutcome::rankTooLow);
      const auto revoked =
          valueOf(*engine, RevokeApiKey{each.key, std::nullopt, startTime(), {}, each.actor});
      CHECK(revoked.rankTooLow);
      REQUIRE(revoked.key);
      CHECK_FALSE(revoked.key->revokedAt);
      continue;
    }
    const auto fresh = keyBy(each.key == topKey       ? top
                             : each.key == childOfTop ? topKey
                             : each.key == lowKey     ? low
                                                      : Uuid{});
    const auto acting = each.actor == each.key ? fresh : each.actor;
    const auto revoked = valueOf(*engine, RevokeApiKey{fresh, std::nullopt, startTime(), {}, acting});
    CHECK_FALSE(revoked.rankTooLow);
    REQUIRE(revoked.key);
    CHECK(revoked.key->revokedAt);
  }
}
