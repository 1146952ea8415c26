#include "http/routes/administration/userImport.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace ks;

TEST_CASE("import: a line is an account, or says why it is none", "[http]") {
  const auto read = readImportLines(
      "{\"email\":\"Ann@Example.org\",\"username\":\"ann\",\"email_verified\":true,\"password_hash\":\"$2b$"
      "05$x\"}\n"
      "\r\n"
      "{\"email\":\"nobody\"}\n"
      "not json\n"
      "{\"email\":\"b@example.org\",\"password\":\"secret\"}\r\n"
      "{\"email\":\"c@example.org\"}");
  REQUIRE(read.ok());
  const auto& users = read.value();
  REQUIRE(users.size() == 5);
  CHECK(users[0].line == 1);
  CHECK(users[0].email == "ann@example.org");
  CHECK(users[0].emailVerified);
  CHECK(users[0].passwordHash.reveal() == "$2b$05$x");
  CHECK(users[0].roles == std::vector<std::string>{"user"});
  CHECK(users[1].line == 3);
  CHECK(users[1].fault == ErrorCode::invalidEmail);
  CHECK(users[1].field == "email");
  CHECK(users[2].fault == ErrorCode::malformedJson);
  CHECK(users[3].fault == ErrorCode::unknownField);
  CHECK(users[3].field == "password");
  CHECK(users[4].fault == ErrorCode::none);
  CHECK(users[4].line == 6);
}

TEST_CASE("import: no line, and too many", "[http]") {
  CHECK(readImportLines("\n \r\n").fault().code == ErrorCode::required);
  std::string text;
  for (std::size_t i = 0; i < kMostImportLines; ++i) {
    text += "{\"email\":\"a@example.org\"}\n";
  }
  CHECK(readImportLines(text).value().size() == kMostImportLines);
  CHECK(readImportLines(text + "{}").fault().code == ErrorCode::tooLong);
}
