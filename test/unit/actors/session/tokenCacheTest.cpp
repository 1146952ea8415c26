#include "actors/session/tokenCache.hpp"

#include <catch2/catch_test_macros.hpp>

#include "test/unit/core/testSources.hpp"

namespace ks {
namespace {

Uuid uuidOf(std::uint8_t last) {
  Uuid id;
  id.bytes[15] = last;
  return id;
}

TokenCache::Key keyOf(std::uint8_t first) {
  TokenCache::Key key{};
  key[0] = first;
  return key;
}

Authenticated authenticatedIn(const Uuid& sessionId) {
  auto principal = std::make_shared<Principal>();
  principal->userId = uuidOf(200);
  principal->sessionId = sessionId;
  Authenticated authenticated;
  authenticated.principal = std::move(principal);
  return authenticated;
}

}  // namespace

TEST_CASE("a token cache that does not listen remembers nothing", "[tokenCache]") {
  SteppedClock clock;
  TokenCache cache(clock, {});
  cache.put(keyOf(1), authenticatedIn(uuidOf(1)), clock.now() + std::chrono::minutes{5}, cache.generation());
  CHECK_FALSE(cache.find(keyOf(1)));
  cache.setListening(true);
  CHECK_FALSE(cache.find(keyOf(1)));
  cache.put(keyOf(1), authenticatedIn(uuidOf(1)), clock.now() + std::chrono::minutes{5}, cache.generation());
  REQUIRE(cache.find(keyOf(1)));
  CHECK(cache.find(keyOf(1))->principal->sessionId == uuidOf(1));
  cache.setListening(false);
  CHECK_FALSE(cache.find(keyOf(1)));
  cache.setListening(true);
  CHECK_FALSE(cache.find(keyOf(1)));
}

TEST_CASE("a token cache forgets by age and by the token's own end", "[tokenCache]") {
  SteppedClock clock;
  TokenCache cache(clock, {});
  cache.setListening(true);
  cache.put(keyOf(1), authenticatedIn(uuidOf(1)), clock.now() + std::chrono::seconds{5}, cache.generation());
  cache.put(keyOf(2), authenticatedIn(uuidOf(2)), clock.now() + std::chrono::hours{1}, cache.generation());
  clock.step(std::chrono::milliseconds{4999});
  CHECK(cache.find(keyOf(1)));
  clock.step(std::chrono::milliseconds{1});
  CHECK_FALSE(cache.find(keyOf(1)));
  CHECK(cache.find(keyOf(2)));
  clock.step(std::chrono::seconds{55});
  CHECK_FALSE(cache.find(keyOf(2)));
  CHECK(cache.counters().entries == 0);
}

TEST_CASE("a token cache forgets everything of a user whose own key depends on him", "[tokenCache]") {
  SteppedClock clock;
  TokenCache cache(clock, {});
  cache.setListening(true);
  const auto expires = clock.now() + std::chrono::minutes{5};
  auto key = authenticatedIn({});
  auto principal = std::make_shared<Principal>(*key.principal);
  principal->keyId = uuidOf(7);
  principal->dependsOn = {principal->userId};
  key.principal = std::move(principal);
  cache.put(keyOf(1), key, expires, cache.generation());
  cache.put(keyOf(2), key, expires, cache.generation());
  cache.put(keyOf(3), authenticatedIn(uuidOf(1)), expires, cache.generation());
  cache.forgetUser(uuidOf(200));
  CHECK_FALSE(cache.find(keyOf(1)));
  CHECK_FALSE(cache.find(keyOf(2)));
  CHECK_FALSE(cache.find(keyOf(3)));
  CHECK(cache.counters().entries == 0);
}

TEST_CASE("what was looked up before something was forgotten does not come into the token cache",
          "[tokenCache]") {
  SteppedClock clock;
  TokenCache cache(clock, {});
  cache.setListening(true);
  const auto expires = clock.now() + std::chrono::minutes{5};
  const auto before = cache.generation();
  cache.put(keyOf(1), authenticatedIn(uuidOf(1)), expires, before);
  cache.put(keyOf(2), authenticatedIn(uuidOf(1)), expires, before);
  cache.put(keyOf(3), authenticatedIn(uuidOf(2)), expires, before);
  CHECK_FALSE(cache.hasEnded(*authenticatedIn(uuidOf(1)).principal));
  cache.forgetSession(uuidOf(1));
  CHECK(cache.hasEnded(*authenticatedIn(uuidOf(1)).principal));
  CHECK_FALSE(cache.find(keyOf(1)));
  CHECK_FALSE(cache.find(keyOf(2)));
  CHECK(cache.find(keyOf(3)));
  cache.put(keyOf(1), authenticatedIn(uuidOf(1)), expires, before);
  CHECK_FALSE(cache.find(keyOf(1)));
  CHECK(cache.counters().entries == 1);
  for (const auto forget : {0, 1, 2}) {
    const auto then = cache.generation();
    if (forget == 0) {
      cache.forgetUser(uuidOf(9));
    } else if (forget == 1) {
      cache.clear();
    } else {
      cache.setListening(true);
    }
    cache.put(keyOf(4), authenticatedIn(uuidOf(4)), expires, then);
    CHECK_FALSE(cache.find(keyOf(4)));
  }
}

TEST_CASE("a user's change empties the token cache of him alone, of sessions and keys", "[tokenCache]") {
  SteppedClock clock;
  TokenCache cache(clock, {});
  cache.setListening(true);
  const auto expires = clock.now() + std::chrono::minutes{5};
  auto byKey = std::make_shared<Principal>(*authenticatedIn(Uuid{}).principal);
  byKey->keyId = uuidOf(7);
  Authenticated withKey;
  withKey.principal = byKey;
  auto another = std::make_shared<Principal>(*authenticatedIn(uuidOf(3)).principal);
  another->userId = uuidOf(201);
  Authenticated other;
  other.principal = another;
  cache.put(keyOf(1), authenticatedIn(uuidOf(1)), expires, cache.generation());
  cache.put(keyOf(2), withKey, expires, cache.generation());
  cache.put(keyOf(3), other, expires, cache.generation());
  cache.forgetSession(uuidOf(7));
  CHECK_FALSE(cache.find(keyOf(2)));
  cache.put(keyOf(2), withKey, expires, cache.generation());
  cache.forgetUser(uuidOf(200));
  CHECK_FALSE(cache.find(keyOf(1)));
  CHECK_FALSE(cache.find(keyOf(2)));
  CHECK(cache.find(keyOf(3)));
  CHECK(cache.counters().entries == 1);
}

TEST_CASE("a full token cache lets the oldest go", "[tokenCache]") {
  SteppedClock clock;
  TokenCache cache(clock, {2, std::chrono::seconds{60}});
  cache.setListening(true);
  const auto expires = clock.now() + std::chrono::minutes{5};
  for (std::uint8_t i = 1; i <= 3; ++i) {
    cache.put(keyOf(i), authenticatedIn(uuidOf(i)), expires, cache.generation());
  }
  CHECK_FALSE(cache.find(keyOf(1)));
  CHECK(cache.find(keyOf(2)));
  CHECK(cache.find(keyOf(3)));
}

TEST_CASE("an access is forgotten with whoever it depends on: the makers of a key, an impersonator",
          "[tokenCache]") {
  SteppedClock clock;
  TokenCache cache(clock, {});
  cache.setListening(true);
  const auto expires = clock.now() + std::chrono::minutes{5};
  const auto remember = [&](std::uint8_t key, std::vector<Uuid> dependsOn) {
    auto principal = std::make_shared<Principal>();
    principal->userId = uuidOf(static_cast<std::uint8_t>(100 + key));
    principal->keyId = principal->userId;
    principal->dependsOn = std::move(dependsOn);
    principal->knownSince = cache.generation();
    cache.put(keyOf(key), Authenticated{principal, {}, {}}, expires, cache.generation());
    return principal;
  };
  remember(1, {uuidOf(7), uuidOf(8)});
  const auto child = remember(2, {uuidOf(8)});
  remember(3, {});
  cache.forgetUser(uuidOf(7));
  CHECK_FALSE(cache.find(keyOf(1)));
  CHECK(cache.find(keyOf(2)));
  CHECK_FALSE(cache.hasEnded(*child));
  cache.forgetUser(uuidOf(8));
  CHECK(cache.hasEnded(*child));  // its creator may have lost permissions
  const auto again = remember(2, {uuidOf(8)});
  CHECK_FALSE(cache.hasEnded(*again));
  const auto ofNobody = remember(4, {});
  cache.clear();
  CHECK(cache.hasEnded(*again));
  CHECK_FALSE(cache.hasEnded(*ofNobody));
  remember(2, {uuidOf(8)});
  remember(3, {});
  cache.forgetUser(uuidOf(8));
  cache.forgetSession(uuidOf(8));
  CHECK_FALSE(cache.find(keyOf(2)));
  CHECK(cache.hasEnded(*child));
  CHECK(cache.find(keyOf(3)));
  CHECK(cache.counters().entries == 1);
}

}  // namespace ks
