#include <catch2/catch_test_macros.hpp>
#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "core/text/base32.hpp"
#include "crypto/recoveryCode.hpp"
#include "crypto/sodiumRandomSource.hpp"
#include "crypto/totp.hpp"

using namespace ks;

namespace {

// RFC 6238, appendix B: the secret of the SHA-1 rows.
constexpr std::string_view kRfcSecret = "12345678901234567890";

TimePoint atSecond(std::int64_t seconds) { return TimePoint{std::chrono::seconds{seconds}}; }

}  // namespace

TEST_CASE("base32: RFC 4648", "[core]") {
  const std::vector<std::pair<std::string_view, std::string_view>> vectors = {{"", ""},
                                                                              {"f", "MY"},
                                                                              {"fo", "MZXQ"},
                                                                              {"foo", "MZXW6"},
                                                                              {"foob", "MZXW6YQ"},
                                                                              {"fooba", "MZXW6YTB"},
                                                                              {"foobar", "MZXW6YTBOI"}};
  for (const auto& [plain, text] : vectors) {
    CHECK(base32Encode(asBytes(plain)) == text);
    REQUIRE(base32Decode(text));
    CHECK(asText(*base32Decode(text)) == plain);
  }
  for (const auto* bad : {"M", "MZ=", "mzxw6", "MZXW61", "MZX", "MZXW6Y", "MR", " MY", "MY "}) {
    CHECK_FALSE(base32Decode(bad));
  }
}

TEST_CASE("one-time codes: RFC 6238, appendix B", "[crypto]") {
  const std::vector<std::pair<std::int64_t, std::string>> vectors = {
      {59, "94287082"},         {1111111109, "07081804"}, {1111111111, "14050471"},
      {1234567890, "89005924"}, {2000000000, "69279037"}, {20000000000, "65353130"}};
  for (const auto& [seconds, code] : vectors) {
    CHECK(hotpCode(asBytes(kRfcSecret), totpStep(atSecond(seconds)), 8) == code);
    CHECK(hotpCode(asBytes(kRfcSecret), totpStep(atSecond(seconds))) == code.substr(2));
  }
}

TEST_CASE("one-time codes: RFC 4226, appendix D", "[crypto]") {
  const std::vector<std::string> codes = {"755224", "287082", "359152", "969429", "338314",
                                          "254676", "287922", "162583", "399871", "520489"};
  for (std::size_t i = 0; i < codes.size(); ++i) {
    CHECK(hotpCode(asBytes(kRfcSecret), static_cast<std::int64_t>(i)) == codes[i]);
  }
}

TEST_CASE("a code is good one step before and after its own", "[crypto]") {
  SodiumRandomSource random;
  const auto secret = makeTotpSecret(random);
  CHECK(secret.size() == 32);
  const auto key = base32Decode(secret.reveal());
  REQUIRE(key);
  CHECK(key->size() == 20);
  const auto now = atSecond(1'770'114'645);
  const auto present = totpStep(now);
  for (const int offset : {-1, 0, 1}) {
    CHECK(findTotpStep(secret, hotpCode(*key, present + offset), now) == present + offset);
  }
  for (const int offset : {-20, -2, 2, 20}) {
    CHECK_FALSE(findTotpStep(secret, hotpCode(*key, present + offset), now));
  }
  CHECK_FALSE(findTotpStep(secret, "", now));
  CHECK_FALSE(findTotpStep(SecretText{"not base32"}, "000000", now));
}

TEST_CASE("codes as they are typed", "[crypto]") {
  CHECK(readTotpCode("123456") == "123456");
  CHECK(readTotpCode(" 123 456 ") == "123456");
  for (const auto* bad : {"", "12345", "1234567", "12345a", "123-456", "１２３４５６"}) {
    CHECK_FALSE(readTotpCode(bad));
  }
}

TEST_CASE("recovery codes: 128 bits, whatever the hand that typed them", "[crypto]") {
  SodiumRandomSource random;
  const auto code = std::string{makeRecoveryCode(random).reveal()};
  REQUIRE(code.size() == 30);
  const auto hash = recoveryCodeHash(code);
  REQUIRE(hash);
  CHECK(hash->size() == 32);
  std::string sloppy = "  ";
  for (const char c : code) {
    sloppy += c == '-' ? ' ' : static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
  }
  CHECK(recoveryCodeHash(sloppy) == hash);
  CHECK(recoveryCodeHash(makeRecoveryCode(random).reveal()) != hash);
  CHECK_FALSE(recoveryCodeHash(code.substr(1)));
  CHECK_FALSE(recoveryCodeHash(code + "A"));
  CHECK_FALSE(recoveryCodeHash(""));
  CHECK_FALSE(recoveryCodeHash("0" + code.substr(1)));
}

TEST_CASE("the address for the app names service and account", "[crypto]") {
  CHECK(totpAddress(SecretText{"ABCD"}, "k-services", "ann+x y@example.org").reveal() ==
        "otpauth://totp/k-services:ann%2Bx%20y@example.org?secret=ABCD&issuer=k-services&algorithm=SHA1&"
        "digits=6&period=30");
}
