#include "bank/bri/briAnswers.hpp"

#include <catch2/catch_test_macros.hpp>

#include <nlohmann/json.hpp>

#include "test/unit/bank/bri/briOrders.hpp"

using namespace ks;
using Json = nlohmann::json;

namespace {

const TimePoint kNow = *parseTime("2026-01-05T00:00:00.000Z");

Json amountOf(const char* value) { return {{"value", value}, {"currency", "IDR"}}; }

/// What the bank says about our account.
Json accountData() {
  return {{"partnerServiceId", "   77777"},
          {"customerNo", "1234567890"},
          {"virtualAccountNo", "   777771234567890"},
          {"virtualAccountName", "Sabrina"},
          {"totalAmount", amountOf("10000.00")},
          {"expiredDate", "2026-01-02T23:59:00+07:00"},
          {"trxId", kTestReference}};
}

Json paidData() {
  auto data = accountData();
  data["paymentRequestId"] = "20260102101112000000000123";
  data["paidAmount"] = amountOf("9000.00");
  data["trxDateTime"] = "2026-01-02T10:11:12+07:00";
  data["paymentFlagStatus"] = "00";
  return data;
}

Json codeData(const char* status) {
  return {{"originalReferenceNo", "000123456789"},
          {"originalPartnerReferenceNo", kTestReference},
          {"latestTransactionStatus", status},
          {"amount", amountOf("10000.00")},
          {"paidTime", "2026-01-02T10:11:12+07:00"}};
}

std::string bodyOf(const std::string& code, Json members = Json::object()) {
  members["responseCode"] = code;
  members["responseMessage"] = "message";
  return members.dump();
}

BankAnswer read(const BankOrder& order, int http, const std::string& body) {
  return readBriAnswer(testTerms(), order, http, body, kNow);
}

BankAnswer refusal(BankOperation operation, const std::string& code,
                   PaymentMethod method = PaymentMethod::briVa) {
  return read(testOrder(operation, method), std::stoi(code.substr(0, 3)), bodyOf(code));
}

BankAnswer account(BankOperation operation, const Json& data) {
  const auto* const code = operation == BankOperation::create   ? "2002700"
                           : operation == BankOperation::find   ? "2003000"
                           : operation == BankOperation::status ? "2002600"
                                                                : "2003100";
  return read(testOrder(operation), 200, bodyOf(code, {{"virtualAccountData", data}}));
}

BankAnswer codeStatus(const Json& data) {
  return read(testOrder(BankOperation::status, PaymentMethod::briQris), 200, bodyOf("2005100", data));
}

void checkUnknown(const BankAnswer& answer) {
  CHECK(answer.outcome == BankOutcome::unknown);
  CHECK(answer.state == BankState::none);
  CHECK_FALSE(answer.again);
  CHECK(answer.vaNumber.empty());
  CHECK(answer.qrContent.empty());
  CHECK(answer.bankRef.empty());
  CHECK_FALSE(answer.credit.has_value());
  CHECK(answer.report.empty());
  CHECK_FALSE(answer.message.empty());
}

/// The members that name a payment, each as another's.
std::vector<std::pair<const char*, Json>> otherPayments() {
  return {{"trxId", "ANOTHERTRX"},
          {"virtualAccountNo", "   999990000000001"},
          {"virtualAccountNo", "   777771234567891"},
          {"virtualAccountNo", nullptr},
          {"virtualAccountNo", 777771234567890},
          {"totalAmount", amountOf("10000.01")},
          {"totalAmount", amountOf("10000")},
          {"totalAmount", {{"value", "10000.00"}, {"currency", "USD"}}},
          {"totalAmount", 10000}};
}

}  // namespace

TEST_CASE("BRI answers: a created account", "[bank]") {
  const auto answer = account(BankOperation::create, accountData());
  CHECK(answer.outcome == BankOutcome::ok);
  CHECK(answer.state == BankState::unpaid);
  CHECK(answer.vaNumber == kTestNumber);
  CHECK(answer.httpStatus == 200);
  CHECK(answer.code == "2002700");
  CHECK(answer.message == "message");
  // Spelled as in the standard, padded as before SNAP 1.0.2, without what the bank may leave out.
  auto data = accountData();
  data["virtualAccountNo"] = "000777771234567890";
  data.erase("trxId");
  data.erase("totalAmount");
  const auto older =
      read(testOrder(BankOperation::create), 200, bodyOf("2002700", {{"virtualAccountdata", data}}));
  CHECK(older.outcome == BankOutcome::ok);
  CHECK(older.vaNumber == kTestNumber);
}

TEST_CASE("BRI answers: another payment's data is unknown", "[bank]") {
  for (const auto operation :
       {BankOperation::create, BankOperation::find, BankOperation::status, BankOperation::remove}) {
    for (const auto& [name, value] : otherPayments()) {
      auto data = operation == BankOperation::status ? paidData() : accountData();
      CAPTURE(static_cast<int>(operation), name, value.dump());
      REQUIRE(account(operation, data).outcome == BankOutcome::ok);
      data[name] = value;
      checkUnknown(account(operation, data));
    }
  }
  for (const auto operation : {BankOperation::create, BankOperation::find, BankOperation::status}) {
    checkUnknown(account(operation, nullptr));
    checkUnknown(account(operation, Json::array()));
    checkUnknown(account(operation, "text"));
  }
  auto noAmount = accountData();
  noAmount.erase("totalAmount");
  checkUnknown(account(BankOperation::find, noAmount));
}

TEST_CASE("BRI answers: half a body, garbage and redirects are unknown", "[bank]") {
  const auto whole = bodyOf("2002700", {{"virtualAccountData", accountData()}});
  const auto order = testOrder(BankOperation::create);
  REQUIRE(read(order, 200, whole).outcome == BankOutcome::ok);
  for (std::size_t size = 0; size < whole.size(); ++size) {
    if (read(order, 200, whole.substr(0, size)).outcome != BankOutcome::unknown) {
      FAIL("a body of " << size << " bytes is believed");
    }
  }
  checkUnknown(read(order, 200, whole.substr(0, whole.size() - 2) + "]]]"));
  checkUnknown(read(order, 307, ""));
  checkUnknown(read(order, 307, whole));
  checkUnknown(read(order, 502, "<html></html>"));
  checkUnknown(read(order, 500, whole));
  checkUnknown(read(order, 0, ""));
  checkUnknown(read(order, 200, bodyOf("2002600", {{"virtualAccountData", accountData()}})));
}

TEST_CASE("BRI answers: a creation that was refused", "[bank]") {
  for (const auto& [code, state, again] :
       {std::tuple{"4092701", BankState::duplicate, false}, std::tuple{"4092700", BankState::none, true},
        std::tuple{"4012701", BankState::none, true}, std::tuple{"4012700", BankState::none, false},
        std::tuple{"4002702", BankState::none, false}, std::tuple{"4042716", BankState::none, false},
        std::tuple{"4042712", BankState::none, false}, std::tuple{"4042714", BankState::none, false},
        std::tuple{"4032702", BankState::none, false}}) {
    CAPTURE(code);
    const auto answer = refusal(BankOperation::create, code);
    CHECK(answer.outcome == BankOutcome::refused);
    CHECK(answer.state == state);
    CHECK(answer.again == again);
    CHECK(answer.code == code);
  }
  CHECK(refusal(BankOperation::create, "4094701", PaymentMethod::briQris).state == BankState::duplicate);
  CHECK(refusal(BankOperation::create, "4014701", PaymentMethod::briQris).again);
  for (const char* code :
       {"4032777", "4292700", "5002700", "5042700", "2022700", "4042718", "4052700", "4094701"}) {
    CAPTURE(code);
    checkUnknown(refusal(BankOperation::create, code));
  }
}

TEST_CASE("BRI answers: an account that was looked for", "[bank]") {
  auto data = accountData();
  const auto found = account(BankOperation::find, data);
  CHECK(found.outcome == BankOutcome::ok);
  CHECK(found.state == BankState::unpaid);
  CHECK(found.vaNumber == kTestNumber);
  data["additionalInfo"] = {{"paidStatus", "N"}};
  CHECK(account(BankOperation::find, data).state == BankState::unpaid);
  data["additionalInfo"] = {{"paidStatus", "Y"}};
  CHECK(account(BankOperation::find, data).state == BankState::paid);
  CHECK_FALSE(account(BankOperation::find, data).credit.has_value());
  data["additionalInfo"] = {{"paidStatus", "?"}};
  checkUnknown(account(BankOperation::find, data));
  data["additionalInfo"] = Json::array();
  data["paidStatus"] = "Y";
  CHECK(account(BankOperation::find, data).state == BankState::paid);
  for (const char* code : {"4043012", "4043001", "4043011"}) {
    CHECK(refusal(BankOperation::find, code).outcome == BankOutcome::refused);
    CHECK(refusal(BankOperation::find, code).state == BankState::missing);
  }
  CHECK(refusal(BankOperation::find, "4043019").state == BankState::ended);
  CHECK(refusal(BankOperation::find, "4093000").again);
  CHECK(refusal(BankOperation::find, "4093001").state == BankState::none);
}

TEST_CASE("BRI answers: whether an account was paid", "[bank]") {
  const auto paid = account(BankOperation::status, paidData());
  CHECK(paid.outcome == BankOutcome::ok);
  CHECK(paid.state == BankState::paid);
  REQUIRE(paid.credit.has_value());
  CHECK(paid.credit->reference == "20260102101112000000000123");
  CHECK(paid.credit->amount == Money{900'000, Currency::idr});  // not the amount that was asked
  CHECK(paid.credit->at == *parseTime("2026-01-02T03:11:12Z"));
  auto undated = paidData();
  undated["trxDateTime"] = "yesterday";
  CHECK(account(BankOperation::status, undated).credit->at == kNow);
  CHECK(refusal(BankOperation::status, "4042601").outcome == BankOutcome::ok);
  CHECK(refusal(BankOperation::status, "4042601").state == BankState::unpaid);
  CHECK(refusal(BankOperation::status, "4042612").outcome == BankOutcome::refused);
  CHECK(refusal(BankOperation::status, "4042612").state == BankState::missing);
  auto bare = accountData();
  checkUnknown(account(BankOperation::status, bare));
  bare["paidStatus"] = "N";
  CHECK(account(BankOperation::status, bare).state == BankState::unpaid);
  bare["paidStatus"] = "Y";
  CHECK(account(BankOperation::status, bare).state == BankState::paid);
  CHECK_FALSE(account(BankOperation::status, bare).credit.has_value());
}

TEST_CASE("BRI answers: money that cannot be read is not money", "[bank]") {
  const std::vector<std::pair<const char*, Json>> spoiled = {
      {"paidAmount", amountOf("9000")},
      {"paidAmount", amountOf("9000.0")},
      {"paidAmount", amountOf("9000.000")},
      {"paidAmount", amountOf("-9000.00")},
      {"paidAmount", amountOf("0.00")},
      {"paidAmount", amountOf("9e3.00")},
      {"paidAmount", 9000},
      {"paidAmount", {{"value", 9000.5}, {"currency", "IDR"}}},
      {"paidAmount", {{"value", "9000.00"}, {"currency", "USD"}}},
      {"paymentRequestId", ""},
      {"paymentRequestId", 123},
      {"paymentRequestId", "with space"},
      {"paymentRequestId", std::string(129, '1')},
      {"paymentFlagStatus", "01"},
      {"paidStatus", "N"}};
  for (const auto& [name, value] : spoiled) {
    CAPTURE(name, value.dump());
    auto data = paidData();
    data[name] = value;
    checkUnknown(account(BankOperation::status, data));
  }
  for (const char* name : {"paidAmount", "paymentRequestId"}) {
    auto data = paidData();
    data.erase(name);
    checkUnknown(account(BankOperation::status, data));
  }
}

TEST_CASE("BRI answers: an account that was removed", "[bank]") {
  auto data = accountData();
  data.erase("trxId");
  data.erase("totalAmount");
  CHECK(account(BankOperation::remove, data).outcome == BankOutcome::ok);
  CHECK(account(BankOperation::remove, data).state == BankState::ended);
  const auto bare = read(testOrder(BankOperation::remove), 200, bodyOf("2003100"));
  CHECK(bare.state == BankState::ended);
  const auto paid = refusal(BankOperation::remove, "4043114");
  CHECK(paid.outcome == BankOutcome::refused);
  CHECK(paid.state == BankState::paid);
  CHECK(refusal(BankOperation::remove, "4043112").state == BankState::missing);
  CHECK(refusal(BankOperation::remove, "4043119").state == BankState::ended);
  CHECK(refusal(BankOperation::find, "4043019").state == BankState::ended);
}

TEST_CASE("BRI answers: a QR code", "[bank]") {
  const auto order = testOrder(BankOperation::create, PaymentMethod::briQris);
  const Json good = {{"referenceNo", "000123456789"},
                     {"partnerReferenceNo", kTestReference},
                     {"qrContent", "00020101021226490013ID.CO.BRI.WWW5406100000 K SERVICES6304ABCD"}};
  const auto answer = read(order, 200, bodyOf("2004700", good));
  CHECK(answer.outcome == BankOutcome::ok);
  CHECK(answer.state == BankState::unpaid);
  CHECK(answer.qrContent == good["qrContent"]);
  CHECK(answer.bankRef == "000123456789");
  const std::vector<std::pair<const char*, Json>> spoiled = {{"partnerReferenceNo", "ANOTHERREF"},
                                                             {"partnerReferenceNo", nullptr},
                                                             {"qrContent", ""},
                                                             {"qrContent", "line\n"},
                                                             {"qrContent", std::string(513, '0')},
                                                             {"referenceNo", ""},
                                                             {"referenceNo", 123456789}};
  for (const auto& [name, value] : spoiled) {
    CAPTURE(name, value.dump());
    auto members = good;
    members[name] = value;
    checkUnknown(read(order, 200, bodyOf("2004700", members)));
  }
}

TEST_CASE("BRI answers: whether a QR code was paid", "[bank]") {
  const auto paid = codeStatus(codeData("00"));
  CHECK(paid.outcome == BankOutcome::ok);
  CHECK(paid.state == BankState::paid);
  REQUIRE(paid.credit.has_value());
  CHECK(paid.credit->reference == "000123456789");  // as in the notification
  CHECK(paid.credit->amount == Money{1'000'000, Currency::idr});
  CHECK(paid.credit->at == *parseTime("2026-01-02T03:11:12Z"));
  auto partly = codeData("00");
  partly["refundHistory"] = {{{"partnerRefundNo", kTestRefund}, {"refundAmount", amountOf("4000.00")}}};
  CHECK(codeStatus(partly).state == BankState::paid);
  CHECK(codeStatus(partly).credit->amount == Money{1'000'000, Currency::idr});
  auto undated = codeData("00");
  undated.erase("paidTime");
  CHECK(codeStatus(undated).credit->at == kNow);
  for (const char* status : {"01", "02", "03"}) {
    CHECK(codeStatus(codeData(status)).state == BankState::unpaid);
  }
  for (const char* status : {"05", "06"}) {
    CHECK(codeStatus(codeData(status)).state == BankState::ended);
  }
  CHECK(codeStatus(codeData("07")).state == BankState::missing);
  const auto refunded = codeStatus(codeData("04"));
  CHECK(refunded.outcome == BankOutcome::ok);
  CHECK(refunded.state == BankState::refunded);
  CHECK_FALSE(refunded.credit.has_value());
  for (const char* status : {"08", "", "0", "000"}) {
    CAPTURE(status);
    checkUnknown(codeStatus(codeData(status)));
  }
  const std::vector<std::pair<const char*, Json>> spoiled = {{"originalReferenceNo", "000000000001"},
                                                             {"originalPartnerReferenceNo", "ANOTHERREF"},
                                                             {"amount", amountOf("10000")},
                                                             {"amount", amountOf("0.00")},
                                                             {"amount", nullptr}};
  for (const auto& [name, value] : spoiled) {
    CAPTURE(name, value.dump());
    auto data = codeData("00");
    data[name] = value;
    checkUnknown(codeStatus(data));
  }
  CHECK(refusal(BankOperation::status, "4045101", PaymentMethod::briQris).state == BankState::missing);
  CHECK(refusal(BankOperation::status, "4045101", PaymentMethod::briQris).outcome == BankOutcome::refused);
}

TEST_CASE("BRI answers: a report", "[bank]") {
  const auto report = [](const Json& rows, const char* name = "virtualAccountData") {
    return read(testOrder(BankOperation::report), 200, bodyOf("2003500", {{name, rows}}));
  };
  auto other = paidData();
  other["virtualAccountNo"] = "   777779";
  other["paymentRequestId"] = "2";
  other.erase("trxId");
  for (const char* name : {"virtualAccountData", "virtualAccountdata"}) {
    const auto answer = report({paidData(), other}, name);
    CHECK(answer.outcome == BankOutcome::ok);
    REQUIRE(answer.report.size() == 2);
    CHECK(answer.report[0].reference == "20260102101112000000000123");
    CHECK(answer.report[0].amount.minor == 900'000);
    CHECK(answer.report[0].at == *parseTime("2026-01-02T03:11:12Z"));
    CHECK(answer.report[0].vaNumber == kTestNumber);
    CHECK(answer.report[0].gatewayRef == kTestReference);
    CHECK(answer.report[1].vaNumber == "777779");
    CHECK(answer.report[1].gatewayRef.empty());
  }
  CHECK(report(Json::array()).outcome == BankOutcome::ok);
  CHECK(report(Json::array()).report.empty());
  checkUnknown(report(paidData()));
  checkUnknown(read(testOrder(BankOperation::report), 200, bodyOf("2003500")));
  const std::vector<std::pair<const char*, Json>> spoiled = {{"virtualAccountNo", "   999990000000001"},
                                                             {"paidAmount", amountOf("9000")},
                                                             {"paymentRequestId", nullptr},
                                                             {"trxDateTime", "2026-01-02 10:11:12"}};
  for (const auto& [name, value] : spoiled) {
    CAPTURE(name, value.dump());
    auto row = paidData();
    row[name] = value;
    const auto answer = report({row, paidData()});
    CHECK(answer.outcome == BankOutcome::ok);
    CHECK(answer.report.size() == 1);
    REQUIRE(answer.unreadable.size() == 1);
    CHECK(answer.unreadable[0].find(name) != std::string::npos);
    CHECK(answer.unreadable[0].size() <= 500);
  }
  CHECK(report({paidData(), "text"}).unreadable.size() == 1);
  Json odd = Json::array();
  for (int i = 0; i < 200; ++i) {
    odd.push_back(i);
  }
  CHECK(report(odd).unreadable.size() == 200);
  odd.push_back("one more");
  checkUnknown(report(odd));
}

TEST_CASE("BRI answers: an access token", "[bank]") {
  const auto token = [](const std::string& life) {
    return readBriToken(
        200, R"({"accessToken":"R04XSUbnm1GXNmDiXx9ysWMpFWBr","tokenType":"BearerToken","expiresIn":)" +
                 life + "}");
  };
  for (const char* life : {"\"899\"", "899"}) {
    const auto read = token(life);
    REQUIRE(read.ok());
    CHECK(read.value().text.reveal() == "R04XSUbnm1GXNmDiXx9ysWMpFWBr");
    CHECK(read.value().life == std::chrono::seconds{899});
  }
  CHECK(token("\"99999999\"").value().life == std::chrono::hours{24});
  for (const char* life : {"0", "\"0\"", "-1", "\"-1\"", "\"\"", "\"899s\"", "899.5", "null", "[]",
                           "99999999999999999999", "\"99999999999999999999\""}) {
    CAPTURE(life);
    CHECK_FALSE(token(life).ok());
  }
  CHECK(readBriToken(200, R"({"responseCode":"2007300","accessToken":"abc","expiresIn":"899"})").ok());
  for (const char* body :
       {"", "{}", R"({"expiresIn":"899"})", R"({"accessToken":"","expiresIn":"899"})",
        R"({"accessToken":"a b","expiresIn":"899"})", R"({"accessToken":"a\nb","expiresIn":"899"})",
        R"({"responseCode":"5007300","accessToken":"abc","expiresIn":"899"})"}) {
    CAPTURE(body);
    CHECK_FALSE(readBriToken(200, body).ok());
  }
  CHECK_FALSE(readBriToken(500, R"({"accessToken":"abc","expiresIn":"899"})").ok());
  const auto refused =
      readBriToken(401, R"({"responseCode":"4017300","responseMessage":"Unauthorized. stringToSign"})");
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.fault().message == "4017300 Unauthorized. stringToSign");
}
