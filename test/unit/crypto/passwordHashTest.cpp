#include "crypto/passwordHash.hpp"

#include <array>
#include <catch2/catch_test_macros.hpp>

#include "test/unit/core/testSources.hpp"

using namespace ks;

namespace {

constexpr Argon2Parameters kCheap{.memoryKib = 64, .passes = 1};

std::string phcWith(std::string_view parameters, std::string_view algorithm = "argon2id") {
  return "$" + std::string(algorithm) + "$v=19$" + std::string(parameters) +
         "$MDEyMzQ1Njc4OWFiY2RlZg$MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY";
}

}  // namespace

TEST_CASE("password: the reference implementation's hashes verify", "[crypto]") {
  // argon2 20171227, src/test.c.
  const std::array<std::pair<const char*, const char*>, 4> vectors{{
      {"$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4", "password"},
      {"$argon2id$v=19$m=256,t=2,p=2$c29tZXNhbHQ$bQk8UB/VmZZF4Oo79iDXuL5/0ttZwg2f/5U52iv1cDc", "password"},
      {"$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc", "password"},
      {"$argon2i$v=19$m=256,t=2,p=1$c29tZXNhbHQ$iekCn0Y3spW+sCcFanM2xBT63UP2sghkUoHLIUpWRS8", "password"},
  }};
  for (const auto& [phc, password] : vectors) {
    CAPTURE(phc);
    CHECK(verifyPassword(phc, SecretText(password)).value());
    CHECK_FALSE(verifyPassword(phc, SecretText("passworD")).value());
  }
}

TEST_CASE("password: our own hashes", "[crypto]") {
  CountingRandom random;
  const SecretText password("correct horse battery staple \xc3\xa9");
  const auto phc = hashPassword(password, {}, random);
  REQUIRE(phc);
  CHECK(phc.value().starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
  CHECK(verifyPassword(phc.value(), password).value());
  CHECK_FALSE(verifyPassword(phc.value(), SecretText("correct horse battery staple e")).value());
  CHECK_FALSE(verifyPassword(phc.value(), SecretText("")).value());
  CHECK(hashPassword(password, kCheap, random).value() != hashPassword(password, kCheap, random).value());
  const auto parsed = parsePhc(phc.value());
  REQUIRE(parsed);
  CHECK(parsed->salt.size() == 16);
  CHECK(parsed->hash.size() == 32);
}

TEST_CASE("password: NUL bytes and length count, nothing is cut", "[crypto]") {
  CountingRandom random;
  const std::string withNul("abc\0def", 7);
  const auto phc = hashPassword(SecretText(withNul), kCheap, random).value();
  CHECK(verifyPassword(phc, SecretText(withNul)).value());
  CHECK_FALSE(verifyPassword(phc, SecretText("abc")).value());
  const std::string longest(1024, 'x');
  const auto longPhc = hashPassword(SecretText(longest), kCheap, random).value();
  CHECK(verifyPassword(longPhc, SecretText(longest)).value());
  CHECK_FALSE(verifyPassword(longPhc, SecretText(longest.substr(1))).value());
  CHECK_FALSE(verifyPassword(longPhc, SecretText(longest + "x")).value());
  CHECK(hashPassword(SecretText(longest + "x"), kCheap, random).fault().code == ErrorCode::tooLong);
}

TEST_CASE("password: upgrades go up only", "[crypto]") {
  const Argon2Parameters wanted;
  CHECK_FALSE(passwordHashNeedsUpgrade(phcWith("m=19456,t=2,p=1"), wanted));
  CHECK_FALSE(passwordHashNeedsUpgrade(phcWith("m=47104,t=1,p=1"), wanted));
  CHECK_FALSE(passwordHashNeedsUpgrade(phcWith("m=65536,t=3,p=4"), wanted));
  CHECK_FALSE(passwordHashNeedsUpgrade(phcWith("m=19456,t=3,p=1"), wanted));
  CHECK(passwordHashNeedsUpgrade(phcWith("m=19456,t=1,p=1"), wanted));
  CHECK(passwordHashNeedsUpgrade(phcWith("m=12288,t=3,p=1"), wanted));
  CHECK(passwordHashNeedsUpgrade(phcWith("m=65536,t=3,p=1", "argon2i"), wanted));
  CHECK(passwordHashNeedsUpgrade(
      "$argon2id$v=19$m=65536,t=3,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc", wanted));
  CHECK(passwordHashNeedsUpgrade("$2b$12$abcdefghijklmnopqrstuv", wanted));
}

TEST_CASE("password: malformed hashes are faults, not wrong passwords", "[crypto]") {
  for (const std::string& bad :
       {std::string(), std::string("x"), std::string("$argon2id$"), phcWith("m=19456,t=2,p=1", "argon2d"),
        phcWith("m=19456,t=2"), phcWith("t=2,m=19456,p=1"), phcWith("m=019456,t=2,p=1"),
        phcWith("m=-1,t=2,p=1"), phcWith("m=4194304,t=2,p=1"), phcWith("m=19456,t=1000000,p=1"),
        phcWith("m=19456,t=2,p=255"), phcWith("m=99999999999,t=2,p=1"), phcWith("m=19456,t=2,p=1") + "=",
        phcWith("m=19456,t=2,p=1") + std::string(1, '\0'), phcWith("m=19456,t=2,p=1") + "$x",
        std::string("$argon2id$v=16$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4"),
        std::string("$argon2id$v=19$m=256,t=2,p=1$$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4")}) {
    CAPTURE(bad);
    CHECK_FALSE(parsePhc(bad));
    CHECK_FALSE(verifyPassword(bad, SecretText("password")));
  }
}

TEST_CASE("password: impossible parameters are faults", "[crypto]") {
  CountingRandom random;
  for (const auto& parameters :
       {Argon2Parameters{.memoryKib = 4, .passes = 1}, Argon2Parameters{.memoryKib = 64, .passes = 0},
        Argon2Parameters{.memoryKib = 0xffffffff, .passes = 1},
        Argon2Parameters{.memoryKib = 64, .passes = 65}}) {
    CHECK_FALSE(hashPassword(SecretText("x"), parameters, random));
  }
}

TEST_CASE("password: the dummy hash has the current parameters", "[crypto]") {
  CountingRandom random;
  const auto phc = makeDummyHash({.memoryKib = 128, .passes = 3}, random).value();
  CHECK(phc.starts_with("$argon2id$v=19$m=128,t=3,p=1$"));
  CHECK_FALSE(verifyPassword(phc, SecretText("anything")).value());
}
