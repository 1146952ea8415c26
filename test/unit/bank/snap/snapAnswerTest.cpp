#include "bank/snap/snapAnswer.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace ks;

namespace {

SnapVerdict verdict(int http, const std::string& code) {
  return readSnapAnswer("27", http, R"({"responseCode":")" + code + R"(","responseMessage":"m"})").verdict;
}

}  // namespace

TEST_CASE("SNAP answers: done is one code only", "[bank]") {
  CHECK(verdict(200, "2002700") == SnapVerdict::done);
  CHECK(verdict(200, "2002701") == SnapVerdict::unknown);
  CHECK(verdict(200, "2003000") == SnapVerdict::unknown);  // another service's
  CHECK(verdict(201, "2002700") == SnapVerdict::unknown);
  CHECK(verdict(201, "2012700") == SnapVerdict::unknown);
  CHECK(verdict(202, "2022700") == SnapVerdict::unknown);  // in progress
}

TEST_CASE("SNAP answers: refused is what the standard lists", "[bank]") {
  for (const char* code :
       {"4002700", "4002702", "4012700", "4012701", "4012704", "4032700", "4032723", "4042700", "4042701",
        "4042712", "4042714", "4042717", "4042719", "4092700", "4092701"}) {
    CAPTURE(code);
    CHECK(verdict(std::stoi(std::string(code, 3)), code) == SnapVerdict::refused);
    CHECK(verdict(200, code) == SnapVerdict::unknown);
    CHECK(verdict(500, code) == SnapVerdict::unknown);
  }
  for (const char* code :
       {"4002703", "4012705", "4032724", "4032777", "4042718", "4042720", "4042799", "4052700", "4052701",
        "4092702", "4132700", "4292700", "3072700", "5002700", "5002701", "5042700", "4003002", "4046012"}) {
    CAPTURE(code);
    CHECK(verdict(std::stoi(std::string(code, 3)), code) == SnapVerdict::unknown);
  }
}

TEST_CASE("SNAP answers: what is no SNAP answer", "[bank]") {
  for (const char* body :
       {"", "{", "null", "[]", "\"2002700\"", "2002700", "<html></html>", R"({"responseCode":2002700})",
        R"({"responseCode":"200270"})", R"({"responseCode":"20027000"})", R"({"responseCode":"200270x"})",
        R"({"responseCode":["2002700"]})", R"({"responseMessage":"Successful"})",
        R"({"responseCode":"2002700"}]]])", R"({"responseCode":"2002700","responseMess)",
        "{\"responseCode\":\"2002700\",\"x\":\"\xFF\"}"}) {
    CAPTURE(body);
    const auto answer = readSnapAnswer("27", 200, body);
    CHECK(answer.verdict == SnapVerdict::unknown);
    CHECK_FALSE(answer.message.empty());
    CHECK(answer.body.is_null());
  }
  const std::string wide("{\0\"\0r\0", 6);  // UTF-16
  CHECK(readSnapAnswer("27", 200, wide).verdict == SnapVerdict::unknown);
}

TEST_CASE("SNAP answers: code and message are kept, in a form that can be shown", "[bank]") {
  const auto answer =
      readSnapAnswer("27", 404, R"({"responseCode":"4042713","responseMessage":"Invalid Amount"})");
  CHECK(answer.code == "4042713");
  CHECK(answer.caseCode == "13");
  CHECK(answer.message == "Invalid Amount");
  CHECK(readSnapAnswer("27", 403, R"({"responseCode":"4032777","responseMessage":"Unlisted"})").message ==
        "Unlisted");
  CHECK(shownSnapMessage("Unauthorized. Signature") == "Unauthorized. Signature");
  CHECK(shownSnapMessage("POST:/a:R04XSUbnm1GXNmDiXx9ysWMpFWBr:x") == "POST:/a:***:x");
  CHECK(shownSnapMessage("line\nbreak \x1B[31m \xC3\xA9") == "line?break ?[31m ??");
  CHECK(shownSnapMessage(std::string(1000, ' ')).size() == 150);
}

TEST_CASE("SNAP answers: amounts are text with two decimals and a currency", "[bank]") {
  const auto read = [](const std::string& amount) {
    return snapMoney(nlohmann::json::parse("{\"amount\":" + amount + "}"), "amount");
  };
  REQUIRE(read(R"({"value":"10000.00","currency":"IDR"})"));
  CHECK(read(R"({"value":"10000.00","currency":"IDR"})")->minor == 1'000'000);
  for (const char* amount :
       {R"({"value":10000.00,"currency":"IDR"})", R"({"value":"10000","currency":"IDR"})",
        R"({"value":"10000.0","currency":"IDR"})", R"({"value":"10000.000","currency":"IDR"})",
        R"({"value":"-1.00","currency":"IDR"})", R"({"value":"1e4.00","currency":"IDR"})",
        R"({"value":"10,000.00","currency":"IDR"})", R"({"value":"10000.00","currency":"USD"})",
        R"({"value":"10000.00"})", R"({"currency":"IDR"})", R"("10000.00")", "10000", "null", "[]",
        R"({"value":"99999999999999999.00","currency":"IDR"})"}) {
    CAPTURE(amount);
    CHECK_FALSE(read(amount).has_value());
  }
}
