#include <catch2/catch_test_macros.hpp>
#include <limits>

#include "core/text/base64url.hpp"
#include "crypto/cryptoSelfTest.hpp"
#include "crypto/csrfToken.hpp"
#include "crypto/deviceBinding.hpp"
#include "crypto/deviceToken.hpp"
#include "crypto/hmacSha256.hpp"
#include "crypto/refreshToken.hpp"
#include "crypto/secretToken.hpp"
#include "crypto/sodiumRandomSource.hpp"
#include "test/unit/core/testSources.hpp"
#include "test/unit/crypto/testKeys.hpp"

using namespace ks;

namespace {

const Uuid kSession = *Uuid::parse("017f22e2-79b0-7cc3-98c4-dc0c0c07398f");

}  // namespace

TEST_CASE("self-test: this machine's answers are right", "[crypto]") {
  const auto result = cryptoSelfTest();
  INFO((result ? "" : result.fault().detail));
  CHECK(result);
  SodiumRandomSource random;
  CHECK(cryptoRoundTrip(FieldCipher(testKeyring(), random)));
  CHECK(cryptoRoundTrip(FieldCipher(testKeyring(), random, false)));
}

TEST_CASE("hmac: RFC 4231", "[crypto]") {
  CHECK(toHex(hmacSha256({}, {})) == "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
  CHECK(toHex(hmacSha256(Bytes(20, 0x0b), asBytes("Hi There"))) ==
        "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
  CHECK(toHex(hmacSha256(asBytes("Jefe"), asBytes("what do ya want for nothing?"))) ==
        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  CHECK(toHex(hmacSha256(Bytes(20, 0xaa), Bytes(50, 0xdd))) ==
        "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe");
  CHECK(toHex(hmacSha256(Bytes(131, 0xaa),
                         asBytes("Test Using Larger Than Block-Size Key - Hash Key First"))) ==
        "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

TEST_CASE("secret token: form, storage hash, digest", "[crypto]") {
  CountingRandom random;
  const auto token = makeSecretToken(random);
  CHECK(token.size() == 43);
  CHECK(looksLikeSecretToken(token.reveal()));
  CHECK(makeSecretToken(random).reveal() != token.reveal());
  for (const std::string& bad : {std::string(), std::string(42, 'A'), std::string(44, 'A'),
                                 std::string(42, 'A') + "=", std::string(42, 'A') + "B"}) {
    CHECK_FALSE(looksLikeSecretToken(bad));
  }
  const TokenHasher hasher(testKeyring(kFirstKey));
  const auto hash = hasher.storedHash("verify_email", token);
  CHECK(hash.size() == 32);
  CHECK(hasher.storedHash("verify_email", token) == hash);
  CHECK(hasher.storedHash("reset_password", token) != hash);
  CHECK(hasher.storedHash("verify_emai", SecretText("l" + std::string(token.reveal()))) != hash);
  const TokenHasher rotated(testKeyring(kSecondKey + "," + kFirstKey));
  CHECK(rotated.storedHash("verify_email", token) != hash);
  const auto possible = rotated.possibleHashes("verify_email", token);
  REQUIRE(possible.size() == 2);
  CHECK(possible[0] == rotated.storedHash("verify_email", token));
  CHECK(possible[1] == hash);
  CHECK(tokenDigestHex("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK(equalConstantTime(hash, possible[1]));
  CHECK_FALSE(equalConstantTime(hash, possible[0]));
  CHECK_FALSE(equalConstantTime(hash, ByteView(hash).first(31)));
}

TEST_CASE("refresh token: round trip over the counter's range", "[crypto]") {
  CountingRandom random;
  const auto key = makeRefreshKey(random);
  CHECK(key.size() == 32);
  for (const std::int64_t counter :
       {std::int64_t{0}, std::int64_t{1}, std::int64_t{127}, std::int64_t{128}, std::int64_t{16383},
        std::int64_t{16384}, std::int64_t{1} << 40, std::numeric_limits<std::int64_t>::max()}) {
    CAPTURE(counter);
    const auto token = makeRefreshToken(kSession, counter, key);
    REQUIRE(token);
    const auto parts = readRefreshToken(token.value().reveal());
    REQUIRE(parts);
    CHECK(parts.value().sessionId == kSession);
    CHECK(parts.value().counter == counter);
    CHECK(verifyRefreshToken(token.value().reveal(), key));
    CHECK(makeRefreshToken(kSession, counter, key).value().reveal() == token.value().reveal());
  }
  CHECK_FALSE(makeRefreshToken(kSession, -1, key));
  CHECK_FALSE(makeRefreshToken(kSession, 1, SecretText("short")));
}

TEST_CASE("refresh token: the form is fixed", "[crypto]") {
  const auto token = makeRefreshToken(kSession, 300, SecretText(std::string(32, 'k'))).value();
  CHECK(token.reveal() == "AQF_IuJ5sHzDmMTcDAwHOY-sAiWVIBIJXjfUC7bqraH1CRWuX2dl");
}

TEST_CASE("refresh token: another key, session or counter does not verify", "[crypto]") {
  CountingRandom random;
  const auto key = makeRefreshKey(random);
  const auto token = makeRefreshToken(kSession, 5, key).value();
  const auto wrongKey = verifyRefreshToken(token.reveal(), makeRefreshKey(random));
  REQUIRE_FALSE(wrongKey);
  CHECK(wrongKey.fault().code == ErrorCode::refreshTokenInvalid);
  CHECK_FALSE(verifyRefreshToken(token.reveal(), SecretText("short")));
}

TEST_CASE("refresh token: any flipped bit or cut is refused without the key", "[crypto]") {
  CountingRandom random;
  const auto token = makeRefreshToken(kSession, 300, makeRefreshKey(random)).value();
  const Bytes bytes = *base64UrlDecode(token.reveal());
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    for (unsigned bit = 0; bit < 8; ++bit) {
      Bytes changed = bytes;
      changed[i] = static_cast<std::uint8_t>(changed[i] ^ (1U << bit));
      CHECK_FALSE(readRefreshToken(base64UrlEncode(changed)));
    }
    CHECK_FALSE(readRefreshToken(base64UrlEncode(ByteView(bytes).first(i))));
  }
  const std::string text(token.reveal());
  for (const std::string& bad : {text + "A", text + "=", " " + text, text + "\n", std::string(10'000, 'A'),
                                 std::string(), text + std::string(1, '\0')}) {
    const auto result = readRefreshToken(bad);
    REQUIRE_FALSE(result);
    CHECK(result.fault().code == ErrorCode::refreshTokenInvalid);
  }
}

TEST_CASE("csrf: bound to the session, survives rotation", "[crypto]") {
  const CsrfTokens tokens(testKeyring(kFirstKey));
  const auto token = tokens.make(kSession);
  CHECK(token.size() == 43);
  CHECK(tokens.verify(kSession, token));
  CHECK_FALSE(tokens.verify(Uuid{}, token));
  CHECK(CsrfTokens(testKeyring(kSecondKey + "," + kFirstKey)).verify(kSession, token));
  CHECK_FALSE(CsrfTokens(testKeyring(kSecondKey)).verify(kSession, token));
  for (std::size_t i = 0; i < token.size(); ++i) {
    std::string changed = token;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    CHECK_FALSE(tokens.verify(kSession, changed));
    CHECK_FALSE(tokens.verify(kSession, token.substr(0, i)));
  }
  CHECK_FALSE(tokens.verify(kSession, token + std::string(100, 'A')));
}

TEST_CASE("device binding: each trait counts, none can be shifted into another", "[crypto]") {
  const DeviceBinder binder(testKeyring(kFirstKey));
  const DeviceTraits traits{"chrome/linux", "d1", "203.0.113.0/24"};
  const auto bound = binder.bind(traits);
  CHECK(bound.size() == 32);
  CHECK(binder.matches(bound, traits));
  CHECK_FALSE(binder.matches(bound, {"firefox/linux", "d1", "203.0.113.0/24"}));
  CHECK_FALSE(binder.matches(bound, {"chrome/linux", "d2", "203.0.113.0/24"}));
  CHECK_FALSE(binder.matches(bound, {"chrome/linux", "d1", "203.0.114.0/24"}));
  CHECK_FALSE(binder.matches(bound, {"chrome/linuxd", "1", "203.0.113.0/24"}));
  CHECK_FALSE(binder.matches({}, traits));
  CHECK(DeviceBinder(testKeyring(kSecondKey + "," + kFirstKey)).matches(bound, traits));
}

TEST_CASE("device token: reads what it made, and nothing else", "[crypto]") {
  const DeviceTokens tokens(testKeyring());
  const KnownDevice device{kSession, *Uuid::parse("017f22e2-79b0-7cc3-98c4-dc0c0c073990"), 41};
  const auto token = tokens.make(device);
  CHECK(token.size() == 98);
  REQUIRE(tokens.read(token));
  CHECK(*tokens.read(token) == device);
  CHECK(tokens.make(*tokens.read(token)) == token);
  for (std::size_t i = 0; i < token.size(); ++i) {
    auto altered = token;
    altered[i] = altered[i] == 'A' ? 'B' : 'A';
    CHECK_FALSE(tokens.read(altered));
  }
  CHECK_FALSE(tokens.read(""));
  CHECK_FALSE(tokens.read(token.substr(1)));
  CHECK_FALSE(tokens.read(token + "A"));
}
