#include "crypto/foreignHash.hpp"

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

}  // namespace

TEST_CASE("foreign hashes verify, and are to be replaced", "[crypto]") {
  for (const auto& [hash, password] : kForeignVectors) {
    CAPTURE(hash);
    CHECK(foreignHashForm(hash) == HashForm::usable);
    CHECK(importedHashForm(hash) == HashForm::usable);
    CHECK(verifyPassword(hash, SecretText(password)).value());
    CHECK_FALSE(verifyPassword(hash, SecretText("passworD")).value());
    CHECK_FALSE(verifyPassword(hash, SecretText("")).value());
    CHECK(passwordHashNeedsUpgrade(hash, {}));
    // Every text that is cut short or has one character changed is no hash, or another's.
    const std::string text(hash);
    for (std::size_t i = 0; i < text.size(); ++i) {
      auto changed = text;
      changed[i] = changed[i] == '1' ? '2' : '1';
      if (const auto verdict = verifyPassword(changed, SecretText(password));
          foreignHashForm(changed) == HashForm::usable && i + 2 < text.size()) {
        CHECK_FALSE((verdict.ok() && verdict.value() && changed.substr(0, 4) == text.substr(0, 4)));
      }
    }
    for (std::size_t length = 0; length < text.size() && text[1] == '2'; ++length) {
      CHECK(foreignHashForm(text.substr(0, length)) == HashForm::unknown);
    }
  }
}

TEST_CASE("foreign hashes that would cost a second or more are refused", "[crypto]") {
  const std::string salt = "$MDEyMzQ1Njc4OWFiY2RlZg$MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY";
  const auto bcrypt = [](const char* cost) {
    return "$2b$" + std::string(cost) + "$abcdefghijklmnopqrstuuWG29KuyeAicPCJODk1zjyGvyQUU2awu";
  };
  CHECK(importedHashForm(bcrypt("14")) == HashForm::usable);
  for (const auto& text :
       {bcrypt("15"), bcrypt("31"), "$pbkdf2-sha256$i=1000001" + salt, "$pbkdf2-sha512$4294967295" + salt,
        "$scrypt$ln=18,r=8,p=1" + salt, "$scrypt$ln=17,r=8,p=3" + salt, "$scrypt$ln=63,r=8,p=1" + salt,
        "$scrypt$ln=10,r=4294967295,p=1" + salt, "$argon2id$v=19$m=262145,t=1,p=1" + salt,
        "$argon2id$v=19$m=65536,t=17,p=1" + salt}) {
    CAPTURE(text);
    CHECK(importedHashForm(text) == HashForm::tooCostly);
  }
  CHECK(importedHashForm("$argon2id$v=19$m=65536,t=16,p=1" + salt) == HashForm::usable);
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
    CHECK(importedHashForm(text) == HashForm::unknown);
    CHECK_FALSE(verifyPassword(text, SecretText("password")).ok());
  }
}
