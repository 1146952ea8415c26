#include "crypto/accessToken.hpp"

#include <catch2/catch_test_macros.hpp>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "core/text/base64url.hpp"
#include "crypto/hmacSha256.hpp"
#include "test/unit/core/testSources.hpp"

using namespace ks;

namespace {

// RFC 8037, appendix A.1.
const char* const kRfcSeed = "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A";
const char* const kRfcPublic = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";
const std::string kIssuer = "https://k.example";
const std::string kAudience = "k-services";
const TimePoint kNow{Milliseconds{1'770'114'645'000}};

SigningKey rfcKey() {
  return restoreSigningKey(SecretText(std::string(asText(*base64UrlDecode(kRfcSeed))))).value();
}

AccessClaims someClaims() {
  AccessClaims claims;
  claims.tokenId = *Uuid::parse("017f22e2-79b0-7cc3-98c4-dc0c0c07398f");
  claims.userId = *Uuid::parse("017f22e2-79b0-7cc3-98c4-dc0c0c073990");
  claims.sessionId = *Uuid::parse("017f22e2-79b0-7cc3-98c4-dc0c0c073991");
  claims.roles = {"user", "auditor"};
  claims.permissions = {"monitoring:read"};
  claims.assuranceLevel = 2;
  claims.methods = {"pwd", "otp"};
  claims.authenticatedAt = kNow - std::chrono::minutes{5};
  claims.issuedAt = kNow;
  claims.notBefore = kNow;
  claims.expiresAt = kNow + std::chrono::minutes{10};
  return claims;
}

AccessTokenVerifier rfcVerifier() {
  return AccessTokenVerifier({rfcKey().verificationKey()}, kIssuer, kAudience);
}

/// A token with any header and payload, correctly signed.
std::string signedToken(const std::string& header, const std::string& payload) {
  const std::string part = base64UrlEncode(asBytes(header)) + "." + base64UrlEncode(asBytes(payload));
  return part + "." + base64UrlEncode(signEd25519(rfcKey().seed, asBytes(part)));
}

std::string goodHeader() { return R"({"alg":"EdDSA","typ":"at+jwt","kid":")" + rfcKey().keyId + "\"}"; }

nlohmann::json goodPayload() {
  const auto token = AccessTokenSigner(rfcKey(), kIssuer, kAudience).sign(someClaims()).value();
  const std::string text(token.reveal());
  const auto first = text.find('.');
  const auto bytes = *base64UrlDecode(text.substr(first + 1, text.rfind('.') - first - 1));
  return nlohmann::json::parse(bytes.begin(), bytes.end());
}

ErrorCode codeOf(std::string_view token, TimePoint now = kNow) {
  const auto result = rfcVerifier().verify(token, now);
  return result ? ErrorCode::none : result.fault().code;
}

}  // namespace

TEST_CASE("signing key: RFC 8037", "[crypto]") {
  const auto key = rfcKey();
  CHECK(base64UrlEncode(key.publicKey) == kRfcPublic);
  CHECK(key.keyId == "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");                          // A.3
  const std::string_view input = "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc";  // A.4
  const auto signature = signEd25519(key.seed, asBytes(input));
  CHECK(base64UrlEncode(signature) ==
        "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg");
  CHECK(verifyEd25519(key.publicKey, asBytes(input), signature));
  CHECK_FALSE(verifyEd25519(key.publicKey, asBytes("other"), signature));
  CHECK_FALSE(verifyEd25519(Bytes(31), asBytes(input), signature));
  CHECK_FALSE(verifyEd25519(key.publicKey, asBytes(input), Bytes(63)));
  CHECK_FALSE(restoreSigningKey(SecretText("short")));
  CHECK_THROWS_AS(AccessTokenSigner(SigningKey{}, kIssuer, kAudience), std::invalid_argument);
  CHECK(jwksJson(std::vector{key.verificationKey()}) ==
        std::string(R"({"keys":[{"kty":"OKP","crv":"Ed25519","use":"sig","alg":"EdDSA","kid":")") +
            key.keyId + R"(","x":")" + kRfcPublic + R"("}]})");
  CHECK(jwksJson({}) == R"({"keys":[]})");
}

TEST_CASE("access token: what is signed is read", "[crypto]") {
  const AccessTokenSigner signer(rfcKey(), kIssuer, kAudience);
  const auto token = signer.sign(someClaims());
  REQUIRE(token);
  const auto claims = rfcVerifier().verify(token.value().reveal(), kNow);
  REQUIRE(claims);
  const auto expected = someClaims();
  CHECK(claims.value().tokenId == expected.tokenId);
  CHECK(claims.value().userId == expected.userId);
  CHECK(claims.value().sessionId == expected.sessionId);
  CHECK(claims.value().roles == expected.roles);
  CHECK(claims.value().permissions == expected.permissions);
  CHECK(claims.value().assuranceLevel == 2);
  CHECK(claims.value().methods == expected.methods);
  CHECK(claims.value().authenticatedAt == expected.authenticatedAt);
  CHECK(claims.value().expiresAt == expected.expiresAt);
}

TEST_CASE("access token: times", "[crypto]") {
  const auto token = AccessTokenSigner(rfcKey(), kIssuer, kAudience).sign(someClaims()).value();
  const auto at = [&token](std::chrono::milliseconds offset) {
    return codeOf(token.reveal(), kNow + offset);
  };
  CHECK(at(std::chrono::seconds{-5}) == ErrorCode::none);
  CHECK(at(std::chrono::milliseconds{-5001}) == ErrorCode::tokenInvalid);
  CHECK(at(std::chrono::milliseconds{604'999}) == ErrorCode::none);
  CHECK(at(std::chrono::milliseconds{605'000}) == ErrorCode::tokenExpired);
}

TEST_CASE("access token: several keys, another issuer, another audience", "[crypto]") {
  CountingRandom random;
  const auto other = makeSigningKey(random);
  const auto token = AccessTokenSigner(rfcKey(), kIssuer, kAudience).sign(someClaims()).value();
  const std::vector<VerificationKey> both{other.verificationKey(), rfcKey().verificationKey()};
  CHECK(AccessTokenVerifier(both, kIssuer, kAudience).verify(token.reveal(), kNow));
  CHECK_FALSE(
      AccessTokenVerifier({other.verificationKey()}, kIssuer, kAudience).verify(token.reveal(), kNow));
  CHECK_FALSE(AccessTokenVerifier({}, kIssuer, kAudience).verify(token.reveal(), kNow));
  CHECK_FALSE(AccessTokenVerifier(both, "https://evil.example", kAudience).verify(token.reveal(), kNow));
  CHECK_FALSE(AccessTokenVerifier(both, kIssuer, "other").verify(token.reveal(), kNow));
  const VerificationKey swapped{rfcKey().keyId, other.publicKey};
  CHECK_FALSE(AccessTokenVerifier({swapped}, kIssuer, kAudience).verify(token.reveal(), kNow));
}

TEST_CASE("access token: no other header passes, however well signed", "[crypto]") {
  const std::string payload = goodPayload().dump();
  CHECK(codeOf(signedToken(goodHeader(), payload)) == ErrorCode::none);
  const std::string kid = rfcKey().keyId;
  for (const std::string& header :
       {R"({"alg":"none","typ":"at+jwt","kid":")" + kid + "\"}",
        R"({"alg":"HS256","typ":"at+jwt","kid":")" + kid + "\"}",
        R"({"alg":"EdDSA","typ":"JWT","kid":")" + kid + "\"}", R"({"alg":"EdDSA","kid":")" + kid + "\"}",
        std::string(R"({"alg":"EdDSA","typ":"at+jwt"})"),
        R"({"alg":"EdDSA","typ":"at+jwt","kid":")" + kid + R"(","crit":["x"]})",
        R"({"alg":"EdDSA","typ":"at+jwt","kid":")" + kid + R"(","jwk":{}})",
        R"({"alg":"EdDSA","alg":"none","typ":"at+jwt","kid":")" + kid + "\"}", std::string("{}"),
        std::string()}) {
    CAPTURE(header);
    CHECK(codeOf(signedToken(header, payload)) == ErrorCode::tokenInvalid);
  }
  // The classic attack: the public key used as an HMAC secret.
  const std::string part =
      base64UrlEncode(asBytes(R"({"alg":"HS256","typ":"at+jwt"})")) + "." + base64UrlEncode(asBytes(payload));
  CHECK(codeOf(part + "." + base64UrlEncode(hmacSha256(rfcKey().publicKey, asBytes(part)))) ==
        ErrorCode::tokenInvalid);
}

TEST_CASE("access token: each claim is required and typed", "[crypto]") {
  const auto good = goodPayload();
  for (const auto& [name, value] : good.items()) {
    CAPTURE(name);
    auto payload = good;
    payload.erase(name);
    CHECK(codeOf(signedToken(goodHeader(), payload.dump())) == ErrorCode::tokenInvalid);
    for (const auto& wrong :
         {nlohmann::json(nullptr), nlohmann::json(true), nlohmann::json(-1), nlohmann::json(1.5),
          nlohmann::json("x"), nlohmann::json(18446744073709551615ULL), nlohmann::json::array({1}),
          nlohmann::json::object()}) {
      payload[name] = wrong;
      CAPTURE(wrong.dump());
      CHECK(codeOf(signedToken(goodHeader(), payload.dump())) == ErrorCode::tokenInvalid);
    }
  }
  for (const char* text : {"", "null", "[]", "{", "\xff"}) {
    CHECK(codeOf(signedToken(goodHeader(), text)) == ErrorCode::tokenInvalid);
  }
}

TEST_CASE("access token: any changed character is refused", "[crypto]") {
  const auto token = AccessTokenSigner(rfcKey(), kIssuer, kAudience).sign(someClaims()).value();
  const std::string text(token.reveal());
  const auto verifier = rfcVerifier();
  for (std::size_t i = 0; i < text.size(); ++i) {
    for (const char c : {'A', 'B', '.', '=', '\0'}) {
      if (text[i] != c) {
        std::string changed = text;
        changed[i] = c;
        CAPTURE(i, c);
        REQUIRE_FALSE(verifier.verify(changed, kNow));
      }
    }
    REQUIRE_FALSE(verifier.verify(text.substr(0, i), kNow));
  }
  for (const std::string& bad : {text + ".", text + ".x", "." + text, std::string(5000, 'A'),
                                 std::string(".."), text + "=", text + "\n"}) {
    CHECK_FALSE(verifier.verify(bad, kNow));
  }
}

TEST_CASE("access token: too many permissions do not fit a cookie", "[crypto]") {
  auto claims = someClaims();
  claims.permissions.assign(300, "some:permission");
  const auto token = AccessTokenSigner(rfcKey(), kIssuer, kAudience).sign(claims);
  REQUIRE_FALSE(token);
  CHECK(token.fault().code == ErrorCode::internal);
}
