#include "crypto/apiKey.hpp"

#include <catch2/catch_test_macros.hpp>
#include <string>

#include "crypto/sodiumRandomSource.hpp"

using namespace ks;

namespace {

const Uuid kApiKeyId = *Uuid::parse("017f22e2-79b0-7cc3-98c4-dc0c0c07398f");

}  // namespace

TEST_CASE("a key's text says its kind and id and nothing else fits it", "[apiKey]") {
  SodiumRandomSource random;
  const std::pair<ApiKeyKind, std::string> leads[] = {
      {ApiKeyKind::admin, "ks_adm_"}, {ApiKeyKind::service, "ks_svc_"}, {ApiKeyKind::user, "ks_live_"}};
  for (const auto& [kind, lead] : leads) {
    const auto secret = makeApiKey(kind, kApiKeyId, random);
    const std::string text{secret.reveal()};
    CHECK(text.starts_with(lead + "017f22e279b07cc398c4dc0c0c07398f_"));
    CHECK(text.starts_with(apiKeyPrefix(kind, kApiKeyId)));
    CHECK(claimsToBeApiKey(text));
    const auto parts = readApiKey(text);
    REQUIRE(parts);
    CHECK(parts->kind == kind);
    CHECK(parts->id == kApiKeyId);
    for (std::size_t i = 0; i < text.size(); ++i) {
      for (const char other : {'A', 'b', '_', '-', '0', '\0', '\n'}) {
        auto wrong = text;
        if (wrong[i] != other) {
          wrong[i] = other;
          CHECK_FALSE(readApiKey(wrong));
        }
      }
      CHECK_FALSE(readApiKey(text.substr(0, i)));
    }
    CHECK_FALSE(readApiKey(text + "A"));
    CHECK_FALSE(readApiKey(" " + text));
  }
}

TEST_CASE("a key's stored hash tells it from any other key", "[apiKey]") {
  SodiumRandomSource random;
  const auto one = makeApiKey(ApiKeyKind::admin, kApiKeyId, random);
  const auto two = makeApiKey(ApiKeyKind::admin, kApiKeyId, random);
  CHECK(apiKeyHash(one.reveal()).size() == 32);
  CHECK(apiKeyHash(one.reveal()) == apiKeyHash(one.reveal()));
  CHECK(apiKeyHash(one.reveal()) != apiKeyHash(two.reveal()));
}
