#include "core/text/identifierFold.hpp"

#include <catch2/catch_test_macros.hpp>
#include <string>
#include <vector>

#include "core/text/identifierPattern.hpp"
#include "core/text/shownText.hpp"

using namespace ks;

namespace {

const std::string kDottedCapitalI = "\xc4\xb0";    // U+0130
const std::string kKelvin = "\xe2\x84\xaa";        // U+212A
const std::string kZeroWidth = "\xe2\x80\x8b";     // U+200B
const std::string kJoiner = "\xe2\x80\x8d";        // U+200D
const std::string kOverride = "\xe2\x80\xae";      // U+202E
const std::string kHardSpace = "\xc2\xa0";         // U+00A0
const std::string kCyrillicA = "\xd0\xb0";         // U+0430
const std::string kSoftHyphen = "\xc2\xad";        // U+00AD
const std::string kHangulFiller = "\xe3\x85\xa4";  // U+3164

}  // namespace

TEST_CASE("fold: an address has one form", "[core][fold]") {
  CHECK(normalizeEmail("Ann.Lee+tag@Example.ORG") == "ann.lee+tag@example.org");
  CHECK(normalizeEmail("e\xcc\x81@example.org") == "\xc3\xa9@example.org");
  CHECK(normalizeEmail("a@b.co"));
  CHECK(normalizeEmail(std::string(64, 'a') + "@example.org"));
  CHECK(normalizeEmail("x@r3---sn-4g5e6nz7.example.org"));

  const std::string munich = "ann@xn--mnchen-3ya.example";
  CHECK(normalizeEmail("ann@m\xc3\xbcnchen.example") == munich);
  CHECK(normalizeEmail("Ann@M\xc3\x9cNCHEN.example") == munich);
  CHECK(normalizeEmail("ann@mu\xcc\x88nchen.example") == munich);
  CHECK(normalizeEmail("ann@XN--MNCHEN-3ya.Example") == munich);
  // Wide letters and the ideographic full stop.
  CHECK(normalizeEmail("ann@\xef\xbd\x85\xef\xbd\x98\xef\xbd\x81mple\xe3\x80\x82org") == "ann@example.org");
  // Nontransitional: its own domain, not strasse.
  CHECK(normalizeEmail("ann@stra\xc3\x9f"
                       "e.example") == "ann@xn--strae-oqa.example");
  CHECK(normalizeEmail("a@\xe4\xbe\x8b\xe3\x81\x88.example"));
}

TEST_CASE("fold: no letter becomes another one's", "[core][fold]") {
  CHECK(normalizeEmail("adm" + kDottedCapitalI + "n@example.org") != "admin@example.org");
  CHECK(normalizeEmail("admin@example.org") == "admin@example.org");
  CHECK(normalizeEmail("ann@g" + kDottedCapitalI + "t.example") != "ann@git.example");
  // The Kelvin sign is the letter K by Unicode itself.
  CHECK(normalizeEmail(kKelvin + "@example.org") == "k@example.org");
  CHECK(normalizeUsername(kKelvin + "elvin") == "kelvin");
  CHECK(normalizeUsername("adm" + kDottedCapitalI + "n") != "admin");
}

TEST_CASE("fold: what comes out stays as it is", "[core][fold]") {
  for (const std::string& text :
       {std::string{"Ann@Example.org"}, std::string{"ann@m\xc3\xbcnchen.example"}, kKelvin + "@example.org",
        std::string{"\xc3\x89@example.org"}, std::string{"x@\xe4\xbe\x8b\xe3\x81\x88.example"}}) {
    CAPTURE(text);
    const auto once = normalizeEmail(text);
    REQUIRE(once);
    CHECK(normalizeEmail(*once) == once);
    CHECK(normalizeIdentifier(*once) == *once);
  }
}

TEST_CASE("fold: no addresses", "[core][fold]") {
  const std::string label(63, 'a');
  for (const std::string& bad : {std::string(),
                                 std::string("ann"),
                                 std::string("@example.org"),
                                 std::string("ann@"),
                                 std::string("ann@localhost"),
                                 std::string("ann@@example.org"),
                                 std::string("a@b@example.org"),
                                 std::string(".ann@example.org"),
                                 std::string("ann.@example.org"),
                                 std::string("an..n@example.org"),
                                 std::string("an n@example.org"),
                                 std::string(" ann@example.org"),
                                 std::string("ann@example.org\n"),
                                 std::string("ann@example..org"),
                                 std::string("ann@-example.org"),
                                 std::string("ann@example-.org"),
                                 std::string("ann@exam_ple.org"),
                                 std::string("ann@[127.0.0.1]"),
                                 std::string("ann@127.0.0.1"),
                                 std::string("\"a b\"@example.org"),
                                 std::string("ann@example.org\0x", 17),
                                 std::string("ann@m\xc3\xbcnchen\0.org", 17),
                                 std::string("\xff@example.org"),
                                 std::string(65, 'a') + "@example.org",
                                 "a@" + label + "." + label + "." + label + "." + label + ".org",
                                 "a@" + label + "a.org",
                                 std::string("a<b@example.org"),
                                 std::string("a,b@example.org"),
                                 "ann@example.org" + kHardSpace,
                                 "ann@ex" + kSoftHyphen + "ample.org",
                                 "ann@ex" + kZeroWidth + "ample.org",
                                 "ann" + kZeroWidth + "@example.org",
                                 "ann" + kOverride + "@example.org",
                                 "a" + kSoftHyphen + "nn@example.org",
                                 "a" + kJoiner + "nn@example.org",
                                 "p" + kCyrillicA + "ul@example.org",
                                 "ann@ex" + kCyrillicA + "mple.org",
                                 std::string("ann@xn--exmple-4nf.org"),  // the same in A-labels
                                 std::string("ann@xn--a.example"),
                                 std::string("ann@xn--ls8h.example"),  // an emoji
                                 std::string("ann\xef\xbc\xa0"
                                             "example.org")}) {  // a wide @
    CAPTURE(bad);
    CHECK_FALSE(normalizeEmail(bad));
  }
}

TEST_CASE("fold: user names", "[core][fold]") {
  CHECK(normalizeUsername("Ann.Lee-7_x") == "ann.lee-7_x");
  CHECK(normalizeUsername("\xef\xbd\x81"
                          "dmin") == "admin");  // a wide a
  CHECK(normalizeUsername("\xd0\x90\xd0\xbd\xd0\xbd\xd0\xb0") == "\xd0\xb0\xd0\xbd\xd0\xbd\xd0\xb0");
  CHECK(normalizeUsername(std::string(32, 'a')));
  for (const std::string& bad :
       {std::string{"ab"}, std::string(33, 'a'), std::string{"-ann"}, std::string{"ann."},
        std::string{"an n"}, std::string{"ann@example.org"},
        std::string{"ann\xef\xbc\xa0"
                    "example"},
        "p" + kCyrillicA + "ul", "ann" + kZeroWidth, "ann" + kOverride + "x", "a" + kHangulFiller + "nn",
        std::string{"ann\0x", 5}, std::string{"\xff\xff\xff"},
        std::string{"\xf0\x9f\x98\x80\xf0\x9f\x98\x80\xf0\x9f\x98\x80"}}) {
    CAPTURE(bad);
    CHECK_FALSE(normalizeUsername(bad));
  }
  CHECK(normalizeIdentifier("ANN") == "ann");
  CHECK(normalizeIdentifier("Ann@M\xc3\xbcnchen.example") == "ann@xn--mnchen-3ya.example");
  CHECK(normalizeIdentifier("no address@x") == "no address@x");
}

TEST_CASE("fold: blocks and searches have the form of what they are to find", "[core][fold]") {
  CHECK(normalizeIdentifierPattern("@*.M\xc3\xbcnchen.example") == "@*.xn--mnchen-3ya.example");
  CHECK(normalizeIdentifierPattern("@m\xc3\xbcnchen.example") == "@xn--mnchen-3ya.example");
  CHECK(normalizeSearch("m\xc3\xbcnchen.example") == "xn--mnchen-3ya.example");
  CHECK(normalizeSearch("nn@m\xc3\xbcnchen.example") == "nn@xn--mnchen-3ya.example");
  CHECK(normalizeSearch("M\xc3\xbcller") == "M\xc3\xbcller");
  CHECK(normalizeSearch("Mu\xcc\x88ller") == "M\xc3\xbcller");
}

TEST_CASE("shown text: composed, trimmed, without what cannot be seen", "[core][fold]") {
  CHECK(normalizeShownText("  Ann  Lee\t") == "Ann  Lee");
  CHECK(normalizeShownText(kHardSpace + "E\xcc\x81va") == "\xc3\x89va");
  // A Persian name with a non-joiner, a Sinhala one with a joiner, a family in emoji.
  const std::string persian = "\xd8\xb9\xd9\x84\xdb\x8c\xe2\x80\x8c\xd8\xb1\xd8\xb6\xd8\xa7";
  const std::string sinhala = "\xe0\xb7\x81\xe0\xb7\x8a\xe2\x80\x8d\xe0\xb6\xbb\xe0\xb7\x93";
  const std::string emoji = "Ann \xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x92\xbb \xe2\x9d\xa4\xef\xb8\x8f";
  CHECK(normalizeShownText(persian) == persian);
  CHECK(normalizeShownText(sinhala) == sinhala);
  CHECK(normalizeShownText(emoji) == emoji);
  for (const std::string& bad :
       {std::string{}, std::string{"   "}, kHardSpace, kZeroWidth, "Ann" + kZeroWidth,
        "Ann" + kOverride + "eel", "A" + kJoiner + "nn", "Ann" + kJoiner, kHangulFiller,
        std::string{"Ann\x07"},
        std::string{"\xef\xbb\xbf"
                    "Ann"},
        std::string{"Ann\xe2\x80\xa8Lee"}, std::string{"\xee\x80\x80"}, std::string{"\xff"},
        std::string{"\xe2\xa0\x80"}, std::string{"Ann\xf3\xa0\x81\x81"}, std::string{"Ann\xef\xb8\x8f"}}) {
    CAPTURE(bad);
    CHECK_FALSE(normalizeShownText(bad));
  }
}
