#include "crypto/webhookSecret.hpp"

#include <catch2/catch_test_macros.hpp>
#include <string>

#include "core/text/base64url.hpp"
#include "crypto/secretToken.hpp"
#include "test/unit/core/testSources.hpp"

using namespace ks;

TEST_CASE("webhook secret: whsec_ and the key in base64", "[crypto]") {
  CountingRandom random;
  CountingRandom same;
  Bytes bytes(32);
  same.fill(std::as_writable_bytes(std::span(bytes)));
  const auto secret = makeWebhookSecret(random);
  CHECK(secret.size() == 50);
  CHECK(secret.reveal() == "whsec_" + base64Encode(bytes));
  CHECK(webhookKey(secret).reveal() == asText(bytes));
  CHECK(makeWebhookSecret(random).reveal() != secret.reveal());
}

TEST_CASE("webhook secret: one without the new form is itself the key", "[crypto]") {
  CountingRandom random;
  const auto old = makeSecretToken(random);
  CHECK(webhookKey(old).reveal() == old.reveal());
  for (const char* text : {"", "whsec_", "whsec_AAAA", "whsec_-_8AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
                           "whsec_MDEyMzQ1Njc4OWFiY2RlZmdoaWprbG1ub3BxcnN0dXY", "secret"}) {
    CAPTURE(text);
    CHECK(webhookKey(SecretText(std::string(text))).reveal() == text);
  }
}
