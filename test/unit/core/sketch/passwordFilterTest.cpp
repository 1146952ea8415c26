#include "core/sketch/passwordFilter.hpp"

#include <catch2/catch_test_macros.hpp>
#include <string>
#include <vector>

namespace ks {

TEST_CASE("a filter finds what it was made of, and hardly anything else", "[passwordFilter]") {
  const std::vector<std::string> passwords{"password1", "correcthorse", "caf\xc3\xa9 caf\xc3\xa9"};
  const auto file = makePasswordFilter(passwords);
  const auto filter = PasswordFilter::open(file);
  REQUIRE(filter);
  CHECK(filter->entries() == 3);
  for (const auto& password : passwords) {
    CHECK(filter->mayContain(password));
  }
  CHECK(filter->mayContain("PassWord1"));
  CHECK_FALSE(filter->mayContain("password2"));
  CHECK_FALSE(filter->mayContain(""));
}

TEST_CASE("a password's form in a filter", "[passwordFilter]") {
  CHECK(passwordFilterForm("PassWord") == "password");
  CHECK(passwordFilterForm("cafe\xcc\x81 Paris") == "caf\xc3\xa9 paris");
  CHECK_FALSE(passwordFilterForm("seven c"));
  CHECK_FALSE(passwordFilterForm("cafe\xcc\x81 Pa"));
  CHECK_FALSE(passwordFilterForm("not UTF-8 \xff"));
}

TEST_CASE("what is no filter is not read as one", "[passwordFilter]") {
  auto file = makePasswordFilter({"password1"});
  CHECK_FALSE(PasswordFilter::open({}));
  CHECK_FALSE(PasswordFilter::open(ByteView{file}.first(40)));
  CHECK_FALSE(PasswordFilter::open(ByteView{file}.first(file.size() - 1)));
  for (const std::size_t at : {0U, 8U, 16U, 24U, 32U}) {
    auto damaged = file;
    damaged[at] ^= 1U;
    CHECK_FALSE(PasswordFilter::open(damaged));
  }
}

}  // namespace ks
