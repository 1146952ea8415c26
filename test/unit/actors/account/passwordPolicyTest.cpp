#include "actors/account/passwordPolicy.hpp"

#include <catch2/catch_test_macros.hpp>
#include <string>

namespace ks {
namespace {

const PasswordPolicy kPolicy;

ErrorCode refusalOf(const std::string& password, bool secondFactor = false) {
  const auto result = checkNewPassword(SecretText{password}, "password",
                                       {"wolfgang@example.test", "wolfgang77"}, secondFactor, kPolicy);
  return result.ok() ? ErrorCode::none : result.fault().code;
}

}  // namespace

TEST_CASE("a new password is judged by its length in code points", "[passwordPolicy]") {
  CHECK(refusalOf("fourteen chars") == ErrorCode::passwordTooShort);
  CHECK(refusalOf("fifteen chars!!") == ErrorCode::none);
  CHECK(refusalOf("eight ch", true) == ErrorCode::none);
  CHECK(refusalOf("seven c", true) == ErrorCode::passwordTooShort);
  std::string fifteen;
  for (int i = 0; i < 15; ++i) {
    fifteen += "\xe4\xb8\xad";
  }
  CHECK(refusalOf(fifteen) == ErrorCode::none);
  CHECK(refusalOf(fifteen.substr(3)) == ErrorCode::passwordTooShort);
  CHECK(refusalOf(std::string(256, 'x')) == ErrorCode::none);
  CHECK(refusalOf(std::string(257, 'x')) == ErrorCode::passwordTooLong);
  CHECK(refusalOf("not UTF-8 \xff at all, no") == ErrorCode::invalidFormat);
}

TEST_CASE("a password made of what the account is known by is refused", "[passwordPolicy]") {
  CHECK(refusalOf("Wolfgang@Example.test1") == ErrorCode::passwordContextWord);
  CHECK(refusalOf("12345wolfgang77") == ErrorCode::passwordContextWord);
  CHECK(refusalOf("example.test-1234") == ErrorCode::passwordContextWord);
  CHECK(refusalOf("12example34", true) == ErrorCode::passwordContextWord);
  CHECK(refusalOf("wolfgang rides a green bicycle") == ErrorCode::none);
  UserRecord user;
  user.email = "ann@k.example";
  user.username = "lilith99";
  user.displayName = "Lilith of Ulm";
  const auto refused = [&user](const char* password) {
    const auto checked =
        checkNewPassword(SecretText{password}, "password", contextWordsOf(user), true, kPolicy);
    return !checked.ok() && checked.fault().code == ErrorCode::passwordContextWord;
  };
  CHECK(refused("LILITH99x"));
  CHECK(refused("lilith of ulm!"));
  CHECK(refused("K-Services 1"));
  CHECK(refused("ann@k.example1"));
  CHECK_FALSE(refused("red lantern tree"));
}

TEST_CASE("a common password is refused, in whatever case", "[passwordPolicy]") {
  CHECK(refusalOf("1qaz2wsx3edc4rfv") == ErrorCode::passwordBreached);
  CHECK(refusalOf("1QAZ2wsx3EDC4rfv") == ErrorCode::passwordBreached);
  CHECK(refusalOf("password1", true) == ErrorCode::passwordBreached);
  CHECK(refusalOf("password1") == ErrorCode::passwordTooShort);
  CHECK(refusalOf("qx7 lantern fjord") == ErrorCode::none);
}

TEST_CASE("equal passwords in other Unicode forms are the same", "[passwordPolicy]") {
  const auto composed = normalizePassword(SecretText{"caf\xc3\xa9"}, kPolicy);
  const auto decomposed = normalizePassword(SecretText{"cafe\xcc\x81"}, kPolicy);
  REQUIRE(composed.ok());
  REQUIRE(decomposed.ok());
  CHECK(composed.value().reveal() == decomposed.value().reveal());
  CHECK_FALSE(normalizePassword(SecretText{}, kPolicy).ok());
  CHECK_FALSE(normalizePassword(SecretText{std::string(1025, 'x')}, kPolicy).ok());
}

}  // namespace ks
