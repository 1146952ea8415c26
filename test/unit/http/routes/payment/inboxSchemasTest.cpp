#include "http/routes/payment/inboxSchemas.hpp"

#include <catch2/catch_test_macros.hpp>
#include <nlohmann/json.hpp>

#include "http/routes/payment/noticeText.hpp"

using namespace ks;

TEST_CASE("inbox: the bank's password is in no body that is shown", "[http][payment]") {
  for (const auto& [body, shown] : std::vector<std::pair<std::string, std::string>>{
           {R"({"passApp":"b7aee423"})", R"({"passApp":"***"})"},
           {R"({ "amount": 1.50, "passApp" : "b7\"aee423", "x": [1, 2] })",
            R"({ "amount": 1.50, "passApp" : "***", "x": [1, 2] })"},
           {R"({"passApp":17,"a":1})", R"({"passApp":"***","a":1})"},
           {R"({"passApp":null})", R"({"passApp":"***"})"},
           {R"({"passApp":{"b7aee423":["}",{"x":"]"}]},"a":1})", R"({"passApp":"***","a":1})"},
           {R"({"passApp":[],"a":"passApp"})", R"({"passApp":"***","a":"passApp"})"},
           {R"({"additionalInfo":{"passApp":"b7aee423","idApp":"X"}})",
            R"({"additionalInfo":{"passApp":"***","idApp":"X"}})"},
           {R"([{"PASSAPP":"b7aee423"},{"passApp":"b7aee423"}])", R"([{"PASSAPP":"***"},{"passApp":"***"}])"},
           {R"({"pass\u0041pp":"b7aee423"})", R"({"pass\u0041pp":"***"})"},
           {R"({"say":"\"passApp\":\"no secret\""})", R"({"say":"\"passApp\":\"no secret\""})"},
           {R"({"passApps":"x","virtualAccountNo":"   777770000000001"})",
            R"({"passApps":"x","virtualAccountNo":"   777770000000001"})"},
           {"[]", "[]"},
           {"", ""},
           {R"({"passApp":"b7aee423")", ""},
           {R"(passApp=b7aee423)", ""}}) {
    INFO(body);
    CHECK(shownNotice(body) == shown);
    CHECK(shownNotice(body).find("b7aee423") == std::string::npos);
  }
}

TEST_CASE("inbox: a notice is shown with its answer, if it got one", "[http][payment]") {
  BankNoticeRecord notice;
  notice.service = "34";
  notice.dedupKey = "push:1";
  notice.externalId = "000000000017";
  notice.body = R"({"passApp":"b7aee423"})";
  const auto json = [&notice] { return nlohmann::json::parse(schemaOf<BankNoticeRecord>().render(notice)); };
  auto shown = json();
  CHECK(shown["service"] == "34");
  CHECK(shown["body"] == R"({"passApp":"***"})");
  for (const auto* name : {"payment_id", "answer_status", "answer_body", "processed_at"}) {
    INFO(name);
    CHECK(shown[name].is_null());
  }
  notice.answerStatus = 404;
  notice.answerBody = R"({"responseCode":"4043412"})";
  notice.paymentId = *Uuid::parse("01890000-0000-7000-8000-000000000001");
  shown = json();
  CHECK(shown["answer_status"] == 404);
  CHECK(shown["answer_body"] == notice.answerBody);
  CHECK(shown["payment_id"] == notice.paymentId.toString());
}

TEST_CASE("inbox query: every filter is read", "[http][payment]") {
  const auto read =
      schemaOf<ListBankNotices>().parsePairs({{"answered", "false"},
                                              {"matched", "true"},
                                              {"service", "52"},
                                              {"payment_id", "01890000-0000-7000-8000-000000000001"}});
  REQUIRE(read.ok());
  CHECK(read.value().answered == false);
  CHECK(read.value().matched == true);
  CHECK(read.value().service == "52");
  CHECK(read.value().paymentId.has_value());
  CHECK(!schemaOf<ListBankNotices>().parsePairs({}).value().answered);
  for (const auto& [name, text] :
       TextPairs{{"answered", "maybe"}, {"service", "73"}, {"limit", "201"}, {"body", "x"}}) {
    INFO(name);
    CHECK(!schemaOf<ListBankNotices>().parsePairs({{name, text}}).ok());
  }
}
