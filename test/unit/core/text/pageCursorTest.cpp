#include "core/text/pageCursor.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace ks;

TEST_CASE("page cursors read back and nothing else does", "[core]") {
  for (const PageCursor& cursor :
       {PageCursor{TimePoint{Milliseconds{1'770'072'671'123}}, "auth"}, PageCursor{TimePoint{}, ""},
        PageCursor{TimePoint{Milliseconds{-5}}, std::string("a\0b", 3)}}) {
    const auto text = writePageCursor("list", cursor);
    const auto read = readPageCursor("list", text);
    REQUIRE(read);
    CHECK(read->at == cursor.at);
    CHECK(read->key == cursor.key);
    CHECK_FALSE(readPageCursor("list of others", text));
    for (std::size_t i = 0; i < text.size(); ++i) {
      for (const char c : {'A', 'z', '_', '=', ' ', '\0'}) {
        auto changed = text;
        changed[i] = c;
        CHECK((changed == text || !readPageCursor("list", changed)));
      }
      CHECK_FALSE(readPageCursor("list", text.substr(0, i)));
      CHECK_FALSE(readPageCursor("list", text + text.substr(0, i + 1)));
    }
  }
  CHECK_FALSE(readPageCursor("list", ""));
  CHECK_FALSE(readPageCursor("list", std::string(100'000, 'A')));
}
