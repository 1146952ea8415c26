#include "core/text/jsonMinify.hpp"

#include <array>
#include <catch2/catch_test_macros.hpp>
#include <nlohmann/json.hpp>

#include "test/unit/core/testSources.hpp"

using namespace ks;

namespace {

/// A random JSON value as tokens, built from texts that a parser and a writer would change.
void appendValue(CountingRandom& random, int depth, std::vector<std::string>& tokens) {
  constexpr std::array<const char*, 12> kScalars = {"1.50",
                                                    "1E+2",
                                                    "-0",
                                                    "0.0",
                                                    R"("")",
                                                    R"("a  b")",
                                                    R"("\" \\")",
                                                    R"("\u00e9 é")",
                                                    R"("{ [ : , } ]")",
                                                    R"("tab\tslash\/")",
                                                    "true",
                                                    "null"};
  const auto kind = depth >= 4 ? 0 : random.next() % 4;
  if (kind <= 1) {
    tokens.emplace_back(kScalars.at(random.next() % kScalars.size()));
    return;
  }
  const bool object = kind == 2;
  tokens.emplace_back(object ? "{" : "[");
  const auto count = random.next() % 4;
  for (std::uint64_t i = 0; i < count; ++i) {
    if (i > 0) {
      tokens.emplace_back(",");
    }
    if (object) {
      tokens.push_back("\"k \\\" " + std::to_string(i) + "\"");
      tokens.emplace_back(":");
    }
    appendValue(random, depth + 1, tokens);
  }
  tokens.emplace_back(object ? "}" : "]");
}

std::string randomSpace(CountingRandom& random) {
  std::string space(random.next() % 4, ' ');
  for (auto& c : space) {
    c = " \t\r\n"[random.next() % 4];
  }
  return space;
}

}  // namespace

TEST_CASE("minify: white space outside strings goes, everything else stays", "[core]") {
  const std::pair<const char*, const char*> cases[] = {
      {"", ""},
      {" \t\r\n", ""},
      {"{ \"a\": \"b c\",\n \"n\": 1.50 }", R"({"a":"b c","n":1.50})"},
      {R"({ "a b" : " c\td " })", R"({"a b":" c\td "})"},
      {R"([ "\" ", "\\" , "\\\" x" ])", R"(["\" ","\\","\\\" x"])"},
      {R"([ "\u00e9", "é", "\/" ])", R"(["\u00e9","é","\/"])"},
      {"[ 1.50 , 1E+2 , -0.0 , 10000.00 ]", "[1.50,1E+2,-0.0,10000.00]"},
      {"{\"a\":\"x\n\ty\"}", "{\"a\":\"x\n\ty\"}"},
      {"\"\xC2\xA0\"\xC2\xA0\v", "\"\xC2\xA0\"\xC2\xA0\v"},
  };
  for (const auto& [json, expected] : cases) {
    CAPTURE(json);
    CHECK(minifyJson(json) == expected);
  }
  const std::string withZero("[\"a\0 b\", \0 1]", 13);
  CHECK(minifyJson(withZero) == std::string("[\"a\0 b\",\0"
                                            "1]",
                                            11));
}

TEST_CASE("minify: a string without end is refused", "[core]") {
  for (const char* json : {"\"", R"({"a)", R"({"a":"b)", R"("\")", R"("\\\")", R"("a\)", R"("a" ")"}) {
    CAPTURE(json);
    CHECK_FALSE(minifyJson(json));
  }
}

TEST_CASE("minify: the tokens stay, twice is once", "[core]") {
  CountingRandom random;
  for (int i = 0; i < 2000; ++i) {
    std::vector<std::string> tokens;
    appendValue(random, 0, tokens);
    std::string spaced = randomSpace(random);
    std::string bare;
    for (const auto& token : tokens) {
      spaced += token + randomSpace(random);
      bare += token;
    }
    CAPTURE(spaced);
    REQUIRE(nlohmann::json::accept(spaced));
    REQUIRE(minifyJson(spaced) == bare);
    REQUIRE(minifyJson(bare) == bare);
  }
}
