#include "core/text/utf8.hpp"

#include <catch2/catch_test_macros.hpp>

#include "test/unit/core/testSources.hpp"

using namespace ks;
using namespace std::string_literals;

TEST_CASE("utf8: well-formed and ill-formed", "[core]") {
  for (const auto& good : {""s, "a"s, "\0"s, "\xc3\xa9"s, "\xe2\x82\xac"s, "\xf0\x9f\x98\x80"s,
                           "\xed\x9f\xbf"s, "\xf4\x8f\xbf\xbf"s}) {
    CHECK(isUtf8(good));
  }
  for (const auto& bad :
       {"\x80"s, "\xc3"s, "\xc0\x80"s, "\xc1\xbf"s, "\xe0\x9f\xbf"s, "\xed\xa0\x80"s, "\xf0\x8f\xbf\xbf"s,
        "\xf4\x90\x80\x80"s, "\xf5\x80\x80\x80"s, "\xff"s, "a\xe2\x82"s}) {
    CHECK_FALSE(isUtf8(bad));
  }
}

TEST_CASE("utf8: bad bytes are replaced by maximal pieces", "[core]") {
  // The Unicode standard's own example, section 3.9, table 3-8.
  CHECK(replaceBadUtf8("\x61\xf1\x80\x80\xe1\x80\xc2\x62\x80\x63\x80\xbf\x64") ==
        "a\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"
        "b\xef\xbf\xbd"
        "c\xef\xbf\xbd\xef\xbf\xbd"
        "d");
  CountingRandom random;
  for (int i = 0; i < 2000; ++i) {
    std::string text(random.next() % 20, '\0');
    random.fill(std::as_writable_bytes(std::span(text)));
    const auto fixed = replaceBadUtf8(text);
    CHECK(isUtf8(fixed));
    CHECK((fixed == text) == isUtf8(text));
    CHECK(isUtf8(cutUtf8(fixed, text.size() / 2)));
  }
}

TEST_CASE("utf8: code points are counted", "[core]") {
  CHECK(countCodePoints("") == 0);
  CHECK(countCodePoints("abc") == 3);
  CHECK(countCodePoints("\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80") == 3);
  CHECK(cutUtf8("\xe2\x82\xac\xe2\x82\xac", 5) == "\xe2\x82\xac");
  CHECK(cutUtf8("abc", 3) == "abc");
}

TEST_CASE("utf8: normalisation form C", "[core]") {
  CHECK(normalizeNfc("e\xcc\x81") == "\xc3\xa9");
  CHECK(normalizeNfc("\xe2\x84\xab") == "\xc3\x85");      // the Angstrom sign
  CHECK(normalizeNfc("\xef\xac\x81") == "\xef\xac\x81");  // the ligature stays: C, not KC
  CHECK(normalizeNfc("\xe1\x84\x80\xe1\x85\xa1") == "\xea\xb0\x80");
  CHECK(normalizeNfc("a\0b"s) == "a\0b"s);
  CHECK(normalizeNfc("") == "");
  CHECK_FALSE(normalizeNfc("\xff"));
}

TEST_CASE("utf8: control characters", "[core]") {
  CHECK(hasControlCharacter("a\nb"));
  CHECK(hasControlCharacter("a\0b"s));
  CHECK(hasControlCharacter("\x7f"));
  CHECK(hasControlCharacter("\xc2\x9b"));
  CHECK_FALSE(hasControlCharacter("\xc2\xa0 a\xc3\x9b"));
}
