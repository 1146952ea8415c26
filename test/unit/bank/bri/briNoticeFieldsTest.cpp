#include <utility>
#include <variant>
#include <vector>

#include "test/unit/bank/bri/briNoticeCalls.hpp"

using namespace ks;
using Json = nlohmann::json;

namespace {

BankNotice readNotice(BankNoticeKind kind, const Json& body) {
  const auto read = notices().read(noticeRequest(kind, body.dump()), kNoticeNow);
  if (const auto* const problem = std::get_if<BankNoticeProblem>(&read)) {
    FAIL("refused: " << answerTo(kind, *problem));
  }
  return std::get<BankNotice>(read);
}

std::string refusalOf(BankNoticeKind kind, const std::string& body) {
  const auto read = notices().read(noticeRequest(kind, body), kNoticeNow);
  const auto* const problem = std::get_if<BankNoticeProblem>(&read);
  return problem == nullptr ? "none" : answerTo(kind, *problem);
}

PaymentRecord testPayment() {
  PaymentRecord payment;
  payment.customerName = "Sabrina \"B\"";
  payment.amount = Money{.minor = 1'000'000};
  return payment;
}

}  // namespace

TEST_CASE("BRI notices: what they say", "[bank]") {
  const auto push = readNotice(BankNoticeKind::push, pushNotice());
  CHECK(push.reference == "20260102101112000000000123");
  CHECK(push.dedupKey == push.vaNumber + ":" + push.reference);
  CHECK(push.vaNumber == kTestNumber);
  CHECK(push.serviceId == "   77777");
  CHECK(push.customerNo == "1234567890");
  CHECK(push.accountNo == "   777771234567890");
  const auto inquiry = readNotice(BankNoticeKind::inquiry, inquiryNotice());
  CHECK(inquiry.dedupKey == inquiry.vaNumber + ":20260102101112000000000124");
  CHECK(inquiry.vaNumber == kTestNumber);
  const auto payment = readNotice(BankNoticeKind::payment, paymentNotice());
  CHECK(payment.reference == "20260102101112000000000123");
  CHECK(payment.amount == Money{.minor = 1'000'000});
  CHECK(payment.at == *parseTime("2026-01-02T03:11:12.000Z"));
  const auto code = readNotice(BankNoticeKind::qrNotify, codeNotice());
  CHECK(code.dedupKey == "000123456789:00");
  CHECK(code.bankRef == "000123456789");
  CHECK(code.gatewayRef == kTestReference);
  CHECK(code.vaNumber.empty());

  auto body = paymentNotice();
  body.erase("trxDateTime");
  CHECK(readNotice(BankNoticeKind::payment, body).at == kNoticeNow);
  body = codeNotice();
  body.erase("originalPartnerReferenceNo");
  CHECK(readNotice(BankNoticeKind::qrNotify, body).gatewayRef.empty());
  // Before SNAP 1.0.2 the padding was zeros.
  body = pushNotice();
  body["partnerServiceId"] = "00077777";
  body["virtualAccountNo"] = "000777771234567890";
  CHECK(readNotice(BankNoticeKind::push, body).vaNumber == kTestNumber);
  // Another partner's: no payment of ours has such a number.
  body = pushNotice();
  body["partnerServiceId"] = "   88888";
  body["virtualAccountNo"] = "   888881234567890";
  CHECK(readNotice(BankNoticeKind::push, body).vaNumber == "888881234567890");
}

TEST_CASE("BRI notices: the fields of each service", "[bank]") {
  const auto longText = [](std::size_t size) { return Json(std::string(size, 'x')); };
  struct Rule {
    std::vector<BankNoticeKind> kinds;
    const char* name;
    bool needed;
    std::vector<Json> bad;
  };
  const std::vector<BankNoticeKind> accounts{BankNoticeKind::push, BankNoticeKind::inquiry,
                                             BankNoticeKind::payment};
  const std::vector<Rule> rules{
      {accounts, "partnerServiceId", true, {77777, "77777x", "   ", "000077777"}},
      {accounts, "customerNo", true, {"x", 1, " 1234567890", Json(std::string(21, '1'))}},
      {accounts, "virtualAccountNo", true, {"   77777", "777771234567891", "x", true}},
      {{BankNoticeKind::push, BankNoticeKind::payment},
       "paymentRequestId",
       true,
       {Json::object(), "a b", "\u00e9", longText(129), longText(5000)}},
      {{BankNoticeKind::inquiry}, "inquiryRequestId", true, {1, longText(129)}},
      {{BankNoticeKind::payment},
       "paidAmount",
       true,
       {"10000.00",
        10000,
        Json::object(),
        {{"value", 10000}, {"currency", "IDR"}},
        {{"value", "10000"}, {"currency", "IDR"}},
        {{"value", "10000.00"}, {"currency", "USD"}},
        {{"value", "10000.00"}},
        {{"value", "-1.00"}, {"currency", "IDR"}}}},
      {{BankNoticeKind::payment}, "trxDateTime", false, {"yesterday", 1, "2026-01-02T10:11:12"}},
      {{BankNoticeKind::qrNotify}, "originalReferenceNo", true, {1, "a b", longText(65)}},
      {{BankNoticeKind::qrNotify}, "originalPartnerReferenceNo", false, {1, "a b", longText(65)}},
      {{BankNoticeKind::qrNotify}, "latestTransactionStatus", true, {0, "0", "000", "x0"}}};
  for (const auto& rule : rules) {
    for (const auto kind : rule.kinds) {
      INFO(rule.name);
      const std::string service(bankNoticeService(kind));
      const auto good = noticeBody(kind);
      CHECK(refusalOf(kind, good.dump()) == "none");
      for (const auto& nothing : {Json(), Json("")}) {
        auto body = good;
        body[rule.name] = nothing;
        CHECK(refusalOf(kind, body.dump()) ==
              (rule.needed ? "400" + service + "02 Invalid Mandatory Field " + rule.name : "none"));
      }
      auto body = good;
      body.erase(rule.name);
      CHECK(refusalOf(kind, body.dump()) ==
            (rule.needed ? "400" + service + "02 Invalid Mandatory Field " + rule.name : "none"));
      for (const auto& bad : rule.bad) {
        INFO(bad.dump());
        body[rule.name] = bad;
        CHECK(refusalOf(kind, body.dump()) == "400" + service + "01 Invalid Field Format " + rule.name);
      }
    }
  }
  for (const auto kind : kSignedKinds) {
    for (const char* body : {"", "{", "[]", "null", "\"text\"", "{}x"}) {
      CHECK(refusalOf(kind, body) == "400" + std::string(bankNoticeService(kind)) + "00 Bad Request");
    }
    CHECK(refusalOf(kind, std::string(60'000, '[')) ==
          "400" + std::string(bankNoticeService(kind)) + "00 Bad Request");
  }
}

TEST_CASE("BRI notices: what is answered, byte for byte", "[bank]") {
  const auto payment = testPayment();
  const auto accepted = [&](BankNoticeKind kind) {
    const auto reply = notices().accepted(kind, readNotice(kind, noticeBody(kind)), payment);
    CHECK(reply.status == 200);
    return reply.body;
  };
  CHECK(accepted(BankNoticeKind::push) ==
        R"({"responseCode":"2003400","responseMessage":"Successful","virtualAccountData":{)"
        R"("partnerServiceId":"   77777","customerNo":"1234567890","virtualAccountNo":"   777771234567890",)"
        R"("paymentRequestId":"20260102101112000000000123"}})");
  CHECK(accepted(BankNoticeKind::inquiry) ==
        R"({"responseCode":"2002400","responseMessage":"Successful","virtualAccountData":{)"
        R"("partnerServiceId":"   77777","customerNo":"1234567890","virtualAccountNo":"   777771234567890",)"
        R"("virtualAccountName":"Sabrina \"B\"","inquiryRequestId":"20260102101112000000000124",)"
        R"("totalAmount":{"value":"10000.00","currency":"IDR"},"inquiryStatus":"00",)"
        R"("inquiryReason":{"english":"Success","indonesia":"Sukses"},"additionalInfo":{}}})");
  CHECK(accepted(BankNoticeKind::payment) ==
        R"({"responseCode":"2002500","responseMessage":"Successful","virtualAccountData":{)"
        R"("partnerServiceId":"   77777","customerNo":"1234567890","virtualAccountNo":"   777771234567890",)"
        R"("virtualAccountName":"Sabrina \"B\"","paymentRequestId":"20260102101112000000000123",)"
        R"("paidAmount":{"value":"10000.00","currency":"IDR"},"paymentFlagStatus":"00",)"
        R"("paymentFlagReason":{"english":"Success","indonesia":"Sukses"},"additionalInfo":{}}})");
  CHECK(accepted(BankNoticeKind::qrNotify) == R"({"responseCode":"2005200","responseMessage":"Successful"})");

  struct Refused {
    BankNoticeKind kind;
    BankNoticeCase what;
    std::string code;
    std::string message;
  };
  using Kind = BankNoticeKind;
  using Case = BankNoticeCase;
  const std::vector<Refused> all{
      {Kind::push, Case::unknownPayment, "4043416", "Partner Not Found"},
      {Kind::qrNotify, Case::unknownPayment, "4045201", "Transaction Not Found"},
      {Kind::inquiry, Case::unknownPayment, "4042412", "Invalid Bill/Virtual Account"},
      {Kind::payment, Case::unknownPayment, "4042512", "Invalid Bill/Virtual Account"},
      {Kind::payment, Case::wrongAmount, "4042513", "Invalid Amount"},
      {Kind::inquiry, Case::alreadyPaid, "4042414", "Paid Bill"},
      {Kind::payment, Case::alreadyPaid, "4042514", "Paid Bill"},
      {Kind::inquiry, Case::ended, "4042419", "Invalid Bill/Virtual Account"},
      {Kind::payment, Case::ended, "4042519", "Invalid Bill/Virtual Account"},
      {Kind::push, Case::badToken, "4013401", "Invalid Token (B2B)"},
      {Kind::payment, Case::conflict, "4092500", "Conflict"}};
  for (const auto& one : all) {
    const auto reply = notices().refused(one.kind, {one.what});
    CHECK(std::to_string(reply.status) == one.code.substr(0, 3));
    CHECK(reply.body ==
          R"({"responseCode":")" + one.code + R"(","responseMessage":")" + one.message + R"("})");
  }
}
