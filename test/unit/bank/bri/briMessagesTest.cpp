#include "bank/bri/briMessages.hpp"

#include <catch2/catch_test_macros.hpp>

#include "core/text/jsonMinify.hpp"
#include "test/unit/bank/bri/briOrders.hpp"

using namespace ks;

namespace {

BriCall callOf(const BankOrder& order, const BriTerms& terms = testTerms()) {
  auto call = briCallOf(terms, order);
  INFO((call ? "" : call.fault().message));
  REQUIRE(call.ok());
  // What is signed is the minified body, so that it must be what is sent.
  CHECK(minifyJson(call.value().body) == call.value().body);
  return call.value();
}

std::string causeOf(const BankOrder& order, const BriTerms& terms = testTerms()) {
  const auto call = briCallOf(terms, order);
  return call ? "" : call.fault().message;
}

}  // namespace

TEST_CASE("BRI calls: a virtual account, member by member", "[bank]") {
  const auto call = callOf(testOrder(BankOperation::create));
  CHECK(call.service == "27");
  CHECK(call.method == "POST");
  CHECK(call.path == "/snap/v1.0/transfer-va/create-va");
  CHECK(call.body ==
        R"({"partnerServiceId":"   77777","customerNo":"1234567890","virtualAccountNo":"   777771234567890",)"
        R"("virtualAccountName":"Sabrina","totalAmount":{"value":"10000.00","currency":"IDR"},)"
        R"("expiredDate":"2026-01-02T23:59:00+07:00","trxId":"019a0000000070008000000000000001",)"
        R"("additionalInfo":{"description":"a test"}})");
}

TEST_CASE("BRI calls: questions about an account", "[bank]") {
  const std::string named =
      R"({"partnerServiceId":"   77777","customerNo":"1234567890","virtualAccountNo":"   777771234567890",)";
  const auto find = callOf(testOrder(BankOperation::find));
  CHECK(find.service == "30");
  CHECK(find.method == "POST");
  CHECK(find.path == "/snap/v1.0/transfer-va/inquiry-va");
  CHECK(find.body == named + R"("trxId":"019a0000000070008000000000000001"})");
  const auto status = callOf(testOrder(BankOperation::status));
  CHECK(status.service == "26");
  CHECK(status.method == "POST");
  CHECK(status.path == "/snap/v1.0/transfer-va/status");
  CHECK(status.body == named + R"("inquiryRequestId":"019a0000000070008000000000000001"})");
  const auto remove = callOf(testOrder(BankOperation::remove));
  CHECK(remove.service == "31");
  CHECK(remove.method == "DELETE");
  CHECK(remove.path == "/snap/v1.0/transfer-va/delete-va");
  CHECK(remove.body == find.body);
}

TEST_CASE("BRI calls: a QR code and its query", "[bank]") {
  const auto made = callOf(testOrder(BankOperation::create, PaymentMethod::briQris));
  CHECK(made.service == "47");
  CHECK(made.path == "/snap/v1.1/qr/qr-mpm-generate");
  CHECK(made.body == R"({"partnerReferenceNo":"019a0000000070008000000000000001",)"
                     R"("amount":{"value":"10000.00","currency":"IDR"},)"
                     R"("merchantId":"000001019000014","terminalId":"10049258"})");
  const auto query = callOf(testOrder(BankOperation::status, PaymentMethod::briQris));
  CHECK(query.service == "51");
  CHECK(query.method == "POST");
  CHECK(query.path == "/snap/v1.1/qr/qr-mpm-query");
  CHECK(query.body == R"({"originalReferenceNo":"000123456789","serviceCode":"47",)"
                      R"("additionalInfo":{"terminalId":"10049258"}})");
}

TEST_CASE("BRI calls: a refund of a QR code, and whether it got through", "[bank]") {
  const auto refund = callOf(testOrder(BankOperation::refund, PaymentMethod::briQris));
  CHECK(refund.service == "78");
  CHECK(refund.method == "POST");
  CHECK(refund.path == "/snap/v1.1/qr/qr-mpm-refund");
  CHECK(refund.body == R"({"merchantId":"000001019000014",)"
                       R"("originalPartnerReferenceNo":"019a0000000070008000000000000001",)"
                       R"("originalReferenceNo":"000123456789",)"
                       R"("partnerRefundNo":"019a0000000070008000000000000002",)"
                       R"("refundAmount":{"value":"4000.00","currency":"IDR"},"reason":"damaged",)"
                       R"("additionalInfo":{"terminalId":"10049258"}})");
  auto order = testOrder(BankOperation::refund, PaymentMethod::briQris);
  order.reason.clear();
  CHECK(callOf(order).body.find(R"("reason":"REFUND")") != std::string::npos);
  order.reason = std::string(254, 'x') + "\xC3\xA9";
  CHECK(callOf(order).body.find("\"reason\":\"" + std::string(254, 'x') + "\"") != std::string::npos);
  const auto query = callOf(testOrder(BankOperation::status, PaymentMethod::briQris));
  const auto find = callOf(testOrder(BankOperation::findRefund, PaymentMethod::briQris));
  CHECK(find.service == "51");
  CHECK(find.path == query.path);
  CHECK(find.body == query.body);
}

TEST_CASE("BRI calls: refunds that no call can be made of", "[bank]") {
  for (const auto operation : {BankOperation::refund, BankOperation::findRefund}) {
    CHECK(causeOf(testOrder(operation)) == "the bank has no such service for virtual accounts");
    auto unknown = testOrder(operation, PaymentMethod::briQris);
    unknown.bankRef.clear();
    CHECK(causeOf(unknown) == "the bank's reference of the QR code is not known");
  }
  const auto good = testOrder(BankOperation::refund, PaymentMethod::briQris);
  auto terms = testTerms();
  terms.qrRefundPath.clear();
  CHECK(causeOf(good, terms) == "refunds of QR codes need K_BRI_QR_REFUND_PATH");
  CHECK(causeOf(testOrder(BankOperation::findRefund, PaymentMethod::briQris), terms).empty());
  for (const char* reference : {"", "with space", "019a00000000700080000000000000022"}) {
    CAPTURE(reference);
    auto order = good;
    order.refundReference = reference;
    CHECK(causeOf(order) == "the reference has a form that the bank does not take");
  }
  for (const std::int64_t minor : {-100, 0, 1, 400'050}) {
    CAPTURE(minor);
    auto order = good;
    order.refundAmount.minor = minor;
    CHECK(causeOf(order) == "the bank takes whole rupiah only");
  }
}

TEST_CASE("BRI calls: a report is of one Jakarta day", "[bank]") {
  const auto report = callOf(testOrder(BankOperation::report));
  CHECK(report.service == "35");
  CHECK(report.path == "/snap/v1.0/transfer-va/report");
  CHECK(report.body == R"({"partnerServiceId":"   77777","startDate":"2026-01-02",)"
                       R"("startTime":"00:00:00+07:00","endTime":"23:59:59+07:00"})");
  CHECK(report.mostAnswer > callOf(testOrder(BankOperation::find)).mostAnswer);
  auto two = testOrder(BankOperation::report);
  two.to += std::chrono::milliseconds{1};
  CHECK(causeOf(two) == "a report is of one day");
  auto backwards = testOrder(BankOperation::report);
  backwards.to = backwards.from - std::chrono::milliseconds{1};
  CHECK(causeOf(backwards) == "a report is of one day");
}

TEST_CASE("BRI calls: paths and padding are settings", "[bank]") {
  auto terms = testTerms();
  terms.partnerServiceId = "12345678";
  terms.vaPrefix = "/v9/va";
  terms.qrGeneratePath = "/v9/make";
  terms.qrQueryPath = "/v9/ask";
  terms.qrRefundPath = "/v9/refund";
  terms.qrServiceCode = "17";
  auto order = testOrder(BankOperation::find);
  order.vaNumber = "123456780";
  const auto find = callOf(order, terms);
  CHECK(find.path == "/v9/va/inquiry-va");
  CHECK(find.body.find(R"("virtualAccountNo":"123456780")") != std::string::npos);
  CHECK(callOf(testOrder(BankOperation::create, PaymentMethod::briQris), terms).path == "/v9/make");
  const auto query = callOf(testOrder(BankOperation::status, PaymentMethod::briQris), terms);
  CHECK(query.path == "/v9/ask");
  CHECK(callOf(testOrder(BankOperation::refund, PaymentMethod::briQris), terms).path == "/v9/refund");
  CHECK(query.body.find(R"("serviceCode":"17")") != std::string::npos);
}

TEST_CASE("BRI calls: texts of people are cut and never break the body", "[bank]") {
  auto order = testOrder(BankOperation::create);
  order.customerName = std::string(254, 'x') + "\xC3\xA9";  // would be 256 bytes
  order.description = "a \"quote\"\n\x80";
  const auto body = callOf(order).body;
  CHECK(body.find("\"virtualAccountName\":\"" + std::string(254, 'x') + "\"") != std::string::npos);
  CHECK(body.find(R"(a \"quote\"\n)") != std::string::npos);
  order.customerName.clear();
  order.description.clear();
  const auto bare = callOf(order).body;
  CHECK(bare.find("virtualAccountName\":\"\"") == std::string::npos);
  CHECK(bare.find("additionalInfo") == std::string::npos);
}

TEST_CASE("BRI calls: what no call can be made of", "[bank]") {
  for (const char* number : {"", "77777", "888881234567890", "7777712345678901234", "77777123456789x",
                             "   777771234567890", "77777 123"}) {
    CAPTURE(number);
    auto order = testOrder(BankOperation::find);
    order.vaNumber = number;
    CHECK(causeOf(order) == "the virtual account is none of this partner's");
  }
  for (const char* reference : {"", "with space", "019a00000000700080000000000000011", "a\"b"}) {
    CAPTURE(reference);
    auto order = testOrder(BankOperation::create);
    order.gatewayRef = reference;
    CHECK(causeOf(order) == "the reference has a form that the bank does not take");
    order = testOrder(BankOperation::create, PaymentMethod::briQris);
    order.gatewayRef = reference;
    CHECK(causeOf(order) == "the reference has a form that the bank does not take");
  }
  for (const std::int64_t minor : {0, 1, 1'000'050}) {
    auto order = testOrder(BankOperation::create);
    order.amount.minor = minor;
    CHECK(causeOf(order) == "the bank takes whole rupiah only");
    order = testOrder(BankOperation::create, PaymentMethod::briQris);
    order.amount.minor = minor;
    CHECK(causeOf(order) == "the bank takes whole rupiah only");
  }
  CHECK_FALSE(causeOf(testOrder(BankOperation::find, PaymentMethod::briQris)).empty());
  CHECK_FALSE(causeOf(testOrder(BankOperation::remove, PaymentMethod::briQris)).empty());
  auto unknown = testOrder(BankOperation::status, PaymentMethod::briQris);
  unknown.bankRef.clear();
  CHECK_FALSE(causeOf(unknown).empty());
  auto terms = testTerms();
  terms.terminalId.clear();
  CHECK_FALSE(causeOf(testOrder(BankOperation::create, PaymentMethod::briQris), terms).empty());
  CHECK(causeOf(testOrder(BankOperation::create), terms).empty());
}
