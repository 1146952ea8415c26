#include "apps/cli/view/textTable.hpp"

#include <catch2/catch_test_macros.hpp>

namespace ks::cli {

TEST_CASE("columns are aligned by characters and no line ends in spaces") {
  TextTable table({{"NAME"}, {"COUNT", true}, {"REMARK"}});
  table.add({{"authActor"}, {"12"}, {""}});
  table.add({{"pos\xC3\xA9"}, {"1234567"}, {"slow"}});
  table.add({{"x"}, {"3"}, {"fine"}});
  CHECK(table.render(ConsoleStyle{}) ==
        "NAME         COUNT  REMARK\n"
        "authActor       12\n"
        "pos\xC3\xA9       1234567  slow\n"
        "x                3  fine\n");
}

TEST_CASE("empty cells in the middle keep the columns") {
  TextTable table({{""}, {""}, {""}});
  table.add({{"a"}, {""}, {"c"}});
  table.add({{"aa"}, {"bb"}, {"cc"}});
  table.add({{"aaa"}, {""}, {""}});
  CHECK(table.render(ConsoleStyle{}, "  ") == "  a        c\n  aa   bb  cc\n  aaa\n");
}

TEST_CASE("colours do not count as width") {
  TextTable table({{"A"}, {"B"}});
  table.add({{"up", Tone::good}, {"x"}});
  CHECK(table.render(ConsoleStyle{true}) == "\x1b[1mA\x1b[0m   \x1b[1mB\x1b[0m\n\x1b[32mup\x1b[0m  x\n");
}

TEST_CASE("long texts are cut between characters") {
  CHECK(shortened("short", 10) == "short");
  CHECK(shortened("exactly ten", 11) == "exactly ten");
  CHECK(shortened("a longer text", 8) == "a lon...");
  CHECK(shortened("\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9", 5) == "\xC3\xA9\xC3\xA9...");
}

TEST_CASE("numbers, times and sizes for a person") {
  CHECK(formatNumber(0) == "0");
  CHECK(formatNumber(0.314) == "0.31");
  CHECK(formatNumber(12.44) == "12.4");
  CHECK(formatNumber(1234.5) == "1234");
  CHECK(formatDuration(0) == "0 s");
  CHECK(formatDuration(185) == "3 min 5 s");
  CHECK(formatDuration(3600) == "1 h");
  CHECK(formatDuration(7500) == "2 h 5 min");
  CHECK(formatDuration(273600) == "3 d 4 h");
  CHECK(formatBytes(812) == "812 B");
  CHECK(formatBytes(66165145.6) == "63.1 MiB");
}

TEST_CASE("what others wrote cannot command the terminal") {
  CHECK(printable("a\x1b[31mb\x07") == "a?[31mb?");
  CHECK(printable("a\xC2\x9B"
                  "b") == "a?b");
  CHECK(printable("one\ntwo\tthree") == "one two three");
  CHECK(printable("one\r\ntwo", true) == "one\ntwo");
  CHECK(printable("\xFF") == "\xEF\xBF\xBD");
}

TEST_CASE("colours are for terminals whose user wants them") {
  CHECK(wantsColours(true, "", "xterm"));
  CHECK_FALSE(wantsColours(false, "", "xterm"));
  CHECK_FALSE(wantsColours(true, "1", "xterm"));
  CHECK_FALSE(wantsColours(true, "", "dumb"));
}

}  // namespace ks::cli
