#include "crypto/importedHash.hpp"

#include <array>
#include <catch2/catch_test_macros.hpp>
#include <chrono>

#include "crypto/passwordHash.hpp"

using namespace ks;

namespace {

struct ForeignVector {
  const char* hash;
  const char* password;
};

// Published: Openwall's crypt_blowfish test, RFC 7914 sections 11 and 12. The others were made with Python's
// hashlib and libxcrypt.
constexpr std::array<ForeignVector, 9> kForeignVectors{{
    {"$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW", "U*U"},
    {"$pbkdf2-sha256$i=1,l=64$c2FsdA$VawEblbjCJ/"
     "sFpHCJUS2BflBhSFt3gRl5oudV8INrLxJypzM8Xm2RZkWZLOdd+8xfHG4RbHjC9UJESBB06GXgw",
     "passwd"},
    {"$scrypt$ln=14,r=8,p=1$U29kaXVtQ2hsb3JpZGU$cCO9yzr9c0hGHAbNgf046/"
     "2o+7qQT44+qbVD9lRdofLVQylVYT8Pz2LUlwUkKpr55h6F3A1lHkDfzwF7RVdYhw",
     "pleaseletmein"},
    {"$2b$05$abcdefghijklmnopqrstuuWG29KuyeAicPCJODk1zjyGvyQUU2awu", "password"},
    {"$2y$04$abcdefghijklmnopqrstuughE8Ev8uGFaUgY2cNEySvxngrb/Jzdm", "password"},
    {"$pbkdf2-sha256$i=1000,l=32$MDEyMzQ1Njc4OWFiY2RlZg$hRRjgXWkW8ResfIvBP99J/T4vkgEmMRV/0tJTOjR59I",
     "password"},
    {"$pbkdf2-sha512$1000$MDEyMzQ1Njc4OWFiY2RlZg$"
     "38DzhdBT7fPaUGBlsh42VTuuKSFAIYGZJ7l6feCDLIl.K3hdPFgxxu7xuUi4gIuH6cEIoODn18xH9Ig2ryNgUw",
     "password"},
    {"$scrypt$ln=10,r=8,p=2$MDEyMzQ1Njc4OWFiY2RlZg$bEaCAiyRYDARuNXGlQE7Plyz+/JVlfoIQ0KBQ3KtPwI", "password"},
    {"$7$86....0....salty$Xm9MR1gP5Lj1wTxAPKI7K22SrpU.nbkgqp9XkJ3sfy/", "password"},
}};

constexpr std::size_t kSpareSaltBits = 28;  ///< the character of bcrypt's salt that has some
constexpr auto kAny = longestImportedHash(kLongestAnswer);

HashForm formOf(std::string_view text) { return importedHashForm(text, kAny); }

const std::string kSomeSaltAndHash = "$MDEyMzQ1Njc4OWFiY2RlZg$MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY";

}  // namespace

TEST_CASE("foreign hashes verify, and are to be replaced", "[crypto]") {
  for (const auto& [hash, password] : kForeignVectors) {
    CAPTURE(hash);
    CHECK(formOf(hash) == HashForm::usable);
    CHECK(verifyPassword(hash, SecretText(password)).value());
    CHECK_FALSE(verifyPassword(hash, SecretText("passworD")).value());
    CHECK_FALSE(verifyPassword(hash, SecretText("")).value());
    CHECK(passwordHashNeedsUpgrade(hash, {}));
    // Every truncated text or text with one changed character is not a hash, or a different one.
    const std::string text(hash);
    for (std::size_t i = 0; i < text.size(); ++i) {
      auto changed = text;
      changed[i] = changed[i] == '1' ? '2' : '1';
      if (const auto verdict = verifyPassword(changed, SecretText(password));
          formOf(changed) == HashForm::usable && i + 2 < text.size() &&
          !(text[1] == '2' && i == kSpareSaltBits)) {
        CHECK_FALSE((verdict.ok() && verdict.value() && changed.substr(0, 4) == text.substr(0, 4)));
      }
    }
    for (std::size_t length = 0; length < text.size() && text[1] == '2'; ++length) {
      CHECK(formOf(text.substr(0, length)) == HashForm::unknown);
    }
  }
}

TEST_CASE("Argon2 hashes of others verify: long ones, other salts, lanes", "[crypto]") {
  // Made with the reference implementation.
  for (const auto* hash :
       {"$argon2id$v=19$m=64,t=1,p=4$c29tZXNhbHRzb21lc2FsdHNvbWU$"
        "yuh5Rrb5YjIEvg1AbRBjNUr5inflBnlX4cvXPtxwb23SoPtShZeIpYLYMKC6XWw6zdyVrHyzVkrUNJ4Ak1Llsg",
        "$argon2id$v=19$m=64,t=1,p=1$c29tZXNhbHQ$"
        "XGv1XIZW6Wn8Aqv++THGpS5sNOg9HNMtbaVEsw2qPvLsNXhH4DjfOd3zhSa4MAzKcr34ct1qwa5v1sC1m4Nuug",
        "$argon2id$v=19$m=64,t=1,p=8$c29tZXNhbHRzb21lc2FsdHNvbWU$R6zKc/AH+qRas6naJQW57mNy/KaC81PlX9JGqamZgf4",
        "$argon2id$v=19$m=32,t=2,p=3$c29tZXNhbHRzb21lc2FsdHNvbWU$Q7z8ffFLUdoQVjMSIwC80h5QrkuikI9g",
        "$argon2i$v=19$m=256,t=3,p=2$c29tZXNhbHRzb21lc2FsdHNvbWU$LQeeCfU+NAafqPaXFa4Nrg"}) {
    CAPTURE(hash);
    CHECK(formOf(hash) == HashForm::usable);
    CHECK(verifyPassword(hash, SecretText("password")).value());
    CHECK_FALSE(verifyPassword(hash, SecretText("passworD")).value());
  }
  CHECK(formOf("$argon2id$v=19$m=63,t=1,p=8" + kSomeSaltAndHash) == HashForm::unknown);  // 8 KiB a lane
}

TEST_CASE("bits of bcrypt's salt that nothing is made of do not matter; such bits of its hash do",
          "[crypto]") {
  const std::string canonical = "$2b$05$abcdefghijklmnopqrstuuWG29KuyeAicPCJODk1zjyGvyQUU2awu";
  auto salt = canonical;
  salt[28] = 'v';
  CHECK(formOf(salt) == HashForm::usable);
  CHECK(verifyPassword(salt, SecretText("password")).value());
  auto hash = canonical;
  hash[59] = 'v';
  CHECK(formOf(hash) == HashForm::unknown);
}

TEST_CASE("what import accepts, sign-in can check", "[crypto]") {
  const auto check = [](const std::string& text) {
    CAPTURE(text);
    if (importedHashForm(text, std::chrono::milliseconds(2)) == HashForm::usable) {
      const auto verdict = verifyPassword(text, SecretText("password"));
      REQUIRE(verdict.ok());
      CHECK_FALSE(verdict.value());
      return 1;
    }
    return 0;
  };
  int usable = 0;
  for (const int r : {1, 2, 8, 64}) {
    for (const int p : {1, 3, 64}) {
      for (int logN = 1; logN <= 20; ++logN) {
        usable += check("$scrypt$ln=" + std::to_string(logN) + ",r=" + std::to_string(r) +
                        ",p=" + std::to_string(p) + kSomeSaltAndHash);
      }
    }
  }
  for (const int lanes : {1, 2, 7, 16}) {
    for (const int memory : {8, 15, 16, 56, 127, 128, 1024}) {
      for (const char* kind : {"argon2i", "argon2id"}) {
        usable += check("$" + std::string(kind) + "$v=19$m=" + std::to_string(memory) +
                        ",t=1,p=" + std::to_string(lanes) + kSomeSaltAndHash);
      }
    }
  }
  for (char c = '!'; c <= '~'; ++c) {  // in the salt
    usable += check(std::string("$7$2/..../....sal") + c + "y$Xm9MR1gP5Lj1wTxAPKI7K22SrpU.nbkgqp9XkJ3sfy/");
    usable += check(std::string("$2b$04$abcdefghijklmnopqrstu") + c + "ughE8Ev8uGFaUgY2cNEySvxngrb/Jzdm");
  }
  CHECK(usable > 150);
  CHECK(formOf("$scrypt$ln=15,r=1,p=1" + kSomeSaltAndHash) == HashForm::usable);
  CHECK(formOf("$scrypt$ln=16,r=1,p=1" + kSomeSaltAndHash) == HashForm::unknown);  // RFC 7914: N < 2^(16 r)
}

TEST_CASE("foreign hashes that take longer than refused passwords wait are refused", "[crypto]") {
  const auto& salt = kSomeSaltAndHash;
  const auto bcrypt = [](const char* cost) {
    return "$2b$" + std::string(cost) + "$abcdefghijklmnopqrstuuWG29KuyeAicPCJODk1zjyGvyQUU2awu";
  };
  const auto fits = [](const std::string& text, int answerMs) {
    return importedHashForm(text, longestImportedHash(std::chrono::milliseconds(answerMs))) ==
           HashForm::usable;
  };
  CHECK(fits(bcrypt("10"), 100));
  CHECK_FALSE(fits(bcrypt("11"), 100));
  CHECK_FALSE(fits(bcrypt("12"), 250));
  CHECK(fits(bcrypt("12"), 500));
  CHECK(fits(bcrypt("14"), 1500));
  CHECK(fits("$argon2id$v=19$m=19456,t=2,p=1" + salt, 100));
  CHECK_FALSE(fits("$argon2id$v=19$m=65536,t=3,p=4" + salt, 100));
  CHECK(fits("$argon2id$v=19$m=65536,t=3,p=4" + salt, 200));
  CHECK(fits("$scrypt$ln=14,r=8,p=1" + salt, 100));
  CHECK(fits("$scrypt$ln=17,r=8,p=1" + salt, 600));
  CHECK(fits("$pbkdf2-sha256$i=260000" + salt, 100));
  CHECK(fits("$pbkdf2-sha256$i=600000" + salt, 200));
  for (const auto& text :
       {bcrypt("15"), bcrypt("31"), "$pbkdf2-sha256$i=5000000" + salt, "$pbkdf2-sha512$4294967295" + salt,
        "$scrypt$ln=18,r=8,p=1" + salt, "$scrypt$ln=17,r=8,p=3" + salt, "$scrypt$ln=63,r=8,p=1" + salt,
        "$scrypt$ln=10,r=429496729,p=1" + salt, "$argon2id$v=19$m=262145,t=1,p=1" + salt,
        "$argon2id$v=19$m=65536,t=64,p=1" + salt}) {
    CAPTURE(text);
    CHECK(formOf(text) == HashForm::tooCostly);
  }
  CHECK_FALSE(verifyPassword(bcrypt("15"), SecretText("password")).ok());
}

TEST_CASE("what is no hash of a known form is refused", "[crypto]") {
  for (const auto* text :
       {"", "$", "password", "$1$salt$hash", "$5$salt$hash",
        "$2b$03$abcdefghijklmnopqrstuuWG29KuyeAicPCJODk1zjyGvyQUU2awu",
        "$2b$99$abcdefghijklmnopqrstuuWG29KuyeAicPCJODk1zjyGvyQUU2awu", "$2b$05$short",
        "$pbkdf2-md5$i=1000$MDEyMzQ1Njc4OWFiY2RlZg$MDEyMzQ1Njc4OWFiY2RlZg",
        "$pbkdf2-sha256$i=0$MDEyMzQ1Njc4OWFiY2RlZg$MDEyMzQ1Njc4OWFiY2RlZg",
        "$pbkdf2-sha256$i=10,l=99$MDEyMzQ1Njc4OWFiY2RlZg$MDEyMzQ1Njc4OWFiY2RlZg", "$pbkdf2-sha256$i=10$$MDEy",
        "$scrypt$ln=10,r=8$MDEyMzQ1Njc4OWFiY2RlZg$MDEyMzQ1Njc4OWFiY2RlZg", "$scrypt$ln=0,r=8,p=1$MDEy$MDEy",
        "$7$", "$7$86....0....salty$short"}) {
    CAPTURE(text);
    CHECK(formOf(text) == HashForm::unknown);
    CHECK_FALSE(verifyPassword(text, SecretText("password")).ok());
  }
}
