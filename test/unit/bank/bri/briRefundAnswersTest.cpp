#include <catch2/catch_test_macros.hpp>
#include <nlohmann/json.hpp>

#include "bank/bri/briAnswers.hpp"
#include "test/unit/bank/bri/briOrders.hpp"

using namespace ks;

namespace {

using RefundJson = nlohmann::json;

RefundJson refundMoney(const char* value) { return {{"value", value}, {"currency", "IDR"}}; }

RefundJson refundAnswer() {
  return {{"originalPartnerReferenceNo", kTestReference},
          {"originalReferenceNo", "000123456789"},
          {"refundNo", "000123456790"},
          {"partnerRefundNo", kTestRefund},
          {"refundAmount", refundMoney("4000.00")},
          {"refundTime", "2026-01-02T10:11:12+07:00"}};
}

RefundJson listedRefund(const std::string& reference = kTestRefund) {
  return {{"partnerRefundNo", reference},
          {"refundNo", "000123456790"},
          {"refundAmount", refundMoney("4000.00")},
          {"refundStatus", "00"}};
}

/// The answer of a query about the code, with a list of refunds.
RefundJson codeWithRefunds(const char* status, const RefundJson& list) {
  return {{"originalReferenceNo", "000123456789"},
          {"originalPartnerReferenceNo", kTestReference},
          {"latestTransactionStatus", status},
          {"amount", refundMoney("10000.00")},
          {"refundHistory", list}};
}

BankAnswer readRefundAnswer(BankOperation operation, const std::string& code, RefundJson members) {
  members["responseCode"] = code;
  members["responseMessage"] = "message";
  return readBriAnswer(testTerms(), testOrder(operation, PaymentMethod::briQris),
                       std::stoi(code.substr(0, 3)), members.dump(), *parseTime("2026-01-05T00:00:00.000Z"));
}

BankAnswer refundOf(const RefundJson& members, const std::string& code = "2007800") {
  return readRefundAnswer(BankOperation::refund, code, members);
}

BankAnswer foundRefund(const RefundJson& members, const std::string& code = "2005100") {
  return readRefundAnswer(BankOperation::findRefund, code, members);
}

void checkRefundUnknown(const BankAnswer& answer) {
  CHECK(answer.outcome == BankOutcome::unknown);
  CHECK(answer.state == BankState::none);
  CHECK_FALSE(answer.again);
  CHECK(answer.refundReference.empty());
  CHECK_FALSE(answer.message.empty());
}

void checkRefunded(const BankAnswer& answer, const std::string& reference) {
  CHECK(answer.outcome == BankOutcome::ok);
  CHECK(answer.state == BankState::refunded);
  CHECK(answer.refundReference == reference);
}

}  // namespace

TEST_CASE("BRI answers: a refund", "[bank]") {
  checkRefunded(refundOf(refundAnswer()), "000123456790");
  for (const char* name :
       {"originalPartnerReferenceNo", "originalReferenceNo", "refundAmount", "refundTime"}) {
    CAPTURE(name);
    auto members = refundAnswer();
    members.erase(name);
    checkRefunded(refundOf(members), "000123456790");
  }
  for (const RefundJson& number : {RefundJson(""), RefundJson(), RefundJson(7), RefundJson("with space"),
                                   RefundJson(std::string(129, '1'))}) {
    CAPTURE(number.dump());
    auto members = refundAnswer();
    members["refundNo"] = number;
    checkRefunded(refundOf(members), kTestRefund);
  }
}

TEST_CASE("BRI answers: another refund's data is unknown", "[bank]") {
  const std::vector<std::pair<const char*, RefundJson>> others = {
      {"partnerRefundNo", "019a0000000070008000000000000003"},
      {"partnerRefundNo", nullptr},
      {"partnerRefundNo", ""},
      {"originalReferenceNo", "000000000001"},
      {"originalPartnerReferenceNo", "ANOTHERREF"},
      {"refundAmount", refundMoney("4000.01")},
      {"refundAmount", refundMoney("4000")},
      {"refundAmount", {{"value", "4000.00"}, {"currency", "USD"}}},
      {"refundAmount", nullptr}};
  for (const auto& [name, value] : others) {
    CAPTURE(name, value.dump());
    auto members = refundAnswer();
    members[name] = value;
    checkRefundUnknown(refundOf(members));
  }
  auto bare = refundAnswer();
  bare.erase("partnerRefundNo");
  checkRefundUnknown(refundOf(bare));
  checkRefundUnknown(refundOf(refundAnswer(), "2005800"));
  checkRefundUnknown(refundOf(refundAnswer(), "2027800"));
}

TEST_CASE("BRI answers: a refund that was refused", "[bank]") {
  for (const auto& [code, state, again] :
       {std::tuple{"4097801", BankState::duplicate, false}, std::tuple{"4097800", BankState::none, true},
        std::tuple{"4017801", BankState::none, true}, std::tuple{"4017800", BankState::none, false},
        std::tuple{"4007802", BankState::none, false}, std::tuple{"4037814", BankState::none, false},
        std::tuple{"4037815", BankState::none, false}, std::tuple{"4047801", BankState::none, false},
        std::tuple{"4047813", BankState::none, false}, std::tuple{"4047814", BankState::none, false},
        std::tuple{"4047819", BankState::none, false}}) {
    CAPTURE(code);
    const auto answer = refundOf(refundAnswer(), code);
    CHECK(answer.outcome == BankOutcome::refused);
    CHECK(answer.state == state);
    CHECK(answer.again == again);
    CHECK(answer.code == code);
    CHECK(answer.refundReference.empty());
  }
  for (const char* code : {"4037877", "4047818", "4057800", "4297800", "5007800", "5047800", "4095801"}) {
    CAPTURE(code);
    checkRefundUnknown(refundOf(refundAnswer(), code));
  }
}

TEST_CASE("BRI answers: a refund that was looked for", "[bank]") {
  const auto list = [](std::initializer_list<RefundJson> rows) {
    return RefundJson(RefundJson::array_t(rows));
  };
  const auto other = listedRefund("019a0000000070008000000000000003");
  checkRefunded(foundRefund(codeWithRefunds("00", list({other, listedRefund()}))), "000123456790");
  auto otherName = listedRefund();
  otherName["partnerReferenceNo"] = otherName["partnerRefundNo"];
  otherName.erase("partnerRefundNo");
  otherName.erase("refundStatus");
  otherName.erase("refundNo");
  checkRefunded(foundRefund(codeWithRefunds("00", list({otherName}))), kTestRefund);
  // A try that failed before one that did not.
  auto failed = listedRefund();
  failed["refundStatus"] = "06";
  checkRefunded(foundRefund(codeWithRefunds("00", list({failed, listedRefund()}))), "000123456790");
  for (const auto& rows : {list({}), list({other})}) {
    const auto answer = foundRefund(codeWithRefunds("00", rows));
    CHECK(answer.outcome == BankOutcome::ok);
    CHECK(answer.state == BankState::missing);
    CHECK(answer.refundReference.empty());
  }
  // All of the payment was given back.
  checkRefunded(foundRefund(codeWithRefunds("04", list({listedRefund()}))), "000123456790");
  CHECK(foundRefund(codeWithRefunds("04", list({other}))).state == BankState::missing);
}

TEST_CASE("BRI answers: without a list only the refund of the whole payment is known by its status",
          "[bank]") {
  auto given = codeWithRefunds("04", nullptr);
  given["responseCode"] = "2005100";
  given["responseMessage"] = "message";
  auto order = testOrder(BankOperation::findRefund, PaymentMethod::briQris);
  const auto answered = [&] {
    return readBriAnswer(testTerms(), order, 200, given.dump(), *parseTime("2026-01-05T00:00:00.000Z"));
  };
  checkRefundUnknown(answered());  // the bank may have given back more than this refund
  order.refundAmount = order.amount;
  checkRefunded(answered(), kTestRefund);
}

TEST_CASE("BRI answers: a refund that the bank does not speak of is unknown", "[bank]") {
  const auto list = [](std::initializer_list<RefundJson> rows) {
    return RefundJson(RefundJson::array_t(rows));
  };
  auto without = codeWithRefunds("00", nullptr);
  checkRefundUnknown(foundRefund(without));
  without.erase("refundHistory");
  checkRefundUnknown(foundRefund(without));
  CHECK(foundRefund(without).message == "the bank does not say which refunds it has paid");
  checkRefundUnknown(foundRefund(codeWithRefunds("00", listedRefund())));
  // What cannot be read may be ours.
  for (const RefundJson& row : {RefundJson("text"), RefundJson(), RefundJson::object(), RefundJson::array(),
                                listedRefund(""), RefundJson{{"partnerReferenceNo", kTestReference}}}) {
    CAPTURE(row.dump());
    checkRefundUnknown(foundRefund(codeWithRefunds("00", list({listedRefund("another"), row}))));
  }
  const std::vector<std::pair<const char*, RefundJson>> spoiled = {{"refundAmount", refundMoney("4001.00")},
                                                                   {"refundAmount", refundMoney("4000")},
                                                                   {"refundAmount", nullptr},
                                                                   {"refundStatus", "03"},
                                                                   {"refundStatus", "06"},
                                                                   {"refundStatus", 0},
                                                                   {"refundStatus", ""}};
  for (const auto& [name, value] : spoiled) {
    CAPTURE(name, value.dump());
    auto row = listedRefund();
    row[name] = value;
    checkRefundUnknown(foundRefund(codeWithRefunds("00", list({row}))));
  }
  for (const char* status : {"01", "03", "05", "06", "07", "08", ""}) {
    CAPTURE(status);
    checkRefundUnknown(foundRefund(codeWithRefunds(status, list({listedRefund()}))));
  }
  auto otherCode = codeWithRefunds("00", list({listedRefund()}));
  otherCode["originalReferenceNo"] = "000000000001";
  checkRefundUnknown(foundRefund(otherCode));
  // A question that is refused says nothing about the refund.
  for (const char* code : {"4045101", "4045114", "4005101", "4095101"}) {
    CAPTURE(code);
    const auto answer = foundRefund(codeWithRefunds("00", list({})), code);
    CHECK(answer.outcome == BankOutcome::refused);
    CHECK(answer.state == BankState::none);
  }
}
