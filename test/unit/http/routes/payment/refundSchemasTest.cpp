#include "http/routes/payment/refundSchemas.hpp"

#include <catch2/catch_test_macros.hpp>
#include <nlohmann/json.hpp>

using namespace ks;

namespace {

template <class Refund>
Refund failedRefund() {
  Refund refund{};
  refund.id = *Uuid::parse("01890000-0000-7000-8000-000000000003");
  refund.paymentId = *Uuid::parse("01890000-0000-7000-8000-000000000001");
  refund.createdBy = *Uuid::parse("01890000-0000-7000-8000-000000000002");
  refund.amount = Money{.minor = 500'000};
  refund.reason = "=1+1";
  refund.mode = RefundMode::manual;
  refund.status = RefundStatus::failed;
  refund.reference = "0189000000007000800000000000abcd";
  refund.error = "asked for by mistake";
  refund.idempotency = {"scope", "key", {}};
  return refund;
}

template <class Refund>
nlohmann::json refundJson(const Refund& refund) {
  return nlohmann::json::parse(schemaOf<Refund>().render(refund));
}

/// Field and code of the one fault.
template <class Request>
std::pair<std::string, std::string> refundFault(const std::string& body) {
  const auto read = schemaOf<Request>().parse(body);
  REQUIRE(!read.ok());
  REQUIRE(read.fault().details.empty());
  return {read.fault().field, std::string(describe(read.fault().code).name)};
}

std::string refundBody(const std::string& reasonJson) {
  return R"({"amount":{"value":"5000.00","currency":"IDR"},"reason":)" + reasonJson + "}";
}

}  // namespace

TEST_CASE("refund input: an amount and a printable reason", "[http][payment]") {
  const auto read = schemaOf<CreateRefundRequest>().parse(refundBody(R"(" Returned goods ")"));
  REQUIRE(read.ok());
  CHECK(read.value().amount == Money{500'000, Currency::idr});
  CHECK(read.value().reason == "Returned goods");
  CHECK(read.value().id.isNil());
  using Expected = std::pair<std::string, std::string>;
  CHECK(refundFault<CreateRefundRequest>(refundBody('"' + std::string(201, 'x') + '"')) ==
        Expected{"reason", "TOO_LONG"});
  CHECK(refundFault<CreateRefundRequest>(refundBody(R"("")")) == Expected{"reason", "TOO_SHORT"});
  CHECK(refundFault<CreateRefundRequest>(refundBody(R"("a\u0000b")")) ==
        Expected{"reason", "INVALID_FORMAT"});
  CHECK(refundFault<CreateRefundRequest>(R"({"reason":"x"})") == Expected{"amount", "REQUIRED"});
  for (const auto* name : {"id", "idempotency_key", "mode", "status"}) {
    INFO(name);
    const auto wrong = schemaOf<CreateRefundRequest>().parse(
        R"({"amount":{"value":"5000.00","currency":"IDR"},"reason":"x",")" + std::string(name) + R"(":"x"})");
    REQUIRE(!wrong.ok());
    CHECK(wrong.fault().code == ErrorCode::unknownField);
  }
}

TEST_CASE("refunds: who pays out says with which reference, who gives up says why", "[http][payment]") {
  using Expected = std::pair<std::string, std::string>;
  CHECK(schemaOf<CompleteRefundRequest>().parse(R"({"bank_reference":"TRF 17"})").value().bankReference ==
        "TRF 17");
  CHECK(refundFault<CompleteRefundRequest>("{}") == Expected{"bank_reference", "REQUIRED"});
  for (const auto* reference : {R"(" x")", R"("\u00e9")", R"("a\nb")"}) {
    INFO(reference);
    CHECK(refundFault<CompleteRefundRequest>(R"({"bank_reference":)" + std::string(reference) + "}") ==
          Expected{"bank_reference", "INVALID_FORMAT"});
  }
  CHECK(refundFault<CompleteRefundRequest>(R"({"bank_reference":")" + std::string(65, '1') + R"("})") ==
        Expected{"bank_reference", "TOO_LONG"});
  CHECK(schemaOf<CancelRefundRequest>().parse(R"({"reason":"a mistake"})").ok());
  CHECK(refundFault<CancelRefundRequest>("{}") == Expected{"reason", "REQUIRED"});
}

TEST_CASE("a refund is shown without our side of the bank, except to administrators", "[http][payment]") {
  const auto shown = refundJson(failedRefund<AdminRefund>());
  auto plain = refundJson(failedRefund<RefundRecord>());
  CHECK(plain["amount"] == nlohmann::json{{"value", "5000.00"}, {"currency", "IDR"}});
  CHECK(plain["mode"] == "manual");
  CHECK(plain["status"] == "failed");
  CHECK(plain["bank_reference"].is_null());
  CHECK(plain["error"] == "asked for by mistake");
  for (const auto* name : {"created_by", "reference"}) {
    INFO(name);
    CHECK(shown.contains(name));
    CHECK(!plain.contains(name));
    plain[name] = shown[name];
  }
  CHECK(shown == plain);
}

TEST_CASE("a refund as a line of a file", "[http][payment]") {
  std::string header;
  schemaOf<RefundLine>().writeCsvHeader(header);
  CHECK(
      header ==
      "id,created_at,payment_id,status,mode,amount,currency,reason,bank_reference,error,created_by,reference,"
      "updated_at\r\n");
  std::string line;
  schemaOf<RefundLine>().writeCsvRow(line, failedRefund<RefundLine>());
  CHECK(line ==
        "01890000-0000-7000-8000-000000000003,1970-01-01T00:00:00.000Z,01890000-0000-7000-8000-000000000001,"
        "failed,manual,5000.00,IDR,'=1+1,,asked for by mistake,01890000-0000-7000-8000-000000000002,"
        "0189000000007000800000000000abcd,1970-01-01T00:00:00.000Z\r\n");
}

TEST_CASE("refund query: every filter of administrators is read", "[http][payment]") {
  const auto parse = [](TextPairs pairs) {
    return schemaOf<AdminRefundQuery>().parsePairs(std::move(pairs));
  };
  const auto read = parse({{"payment_id", "01890000-0000-7000-8000-000000000001"},
                           {"status", "unknown"},
                           {"mode", "api"},
                           {"limit", "200"},
                           {"cursor", "abc"}});
  REQUIRE(read.ok());
  CHECK(read.value().paymentId == Uuid::parse("01890000-0000-7000-8000-000000000001"));
  CHECK(read.value().status == RefundStatus::unknown);
  CHECK(read.value().mode == RefundMode::api);
  CHECK(read.value().limit == 200);
  CHECK(read.value().cursor == "abc");
  for (const auto& [name, text] : TextPairs{
           {"payment_id", "1"}, {"status", "paid"}, {"mode", "cash"}, {"limit", "201"}, {"reference", "x"}}) {
    INFO(name);
    CHECK(!parse({{name, text}}).ok());
  }
}
