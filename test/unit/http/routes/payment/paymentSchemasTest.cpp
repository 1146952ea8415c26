#include "http/routes/payment/paymentSchemas.hpp"

#include <catch2/catch_test_macros.hpp>
#include <map>
#include <nlohmann/json.hpp>

using namespace ks;

namespace {

using PaymentFaults = std::vector<std::pair<std::string, std::string>>;

/// A good body with the members, as JSON texts, replaced; an empty text leaves one out.
std::string paymentBody(const std::map<std::string, std::string>& changes = {}) {
  std::map<std::string, std::string> members{{"merchant_ref", R"("order 1")"},
                                             {"method", R"("bri_va")"},
                                             {"amount", R"({"value":"10000.00","currency":"IDR"})"},
                                             {"customer_name", R"("Ann Lee")"}};
  for (const auto& [name, json] : changes) {
    members[name] = json;
  }
  std::string body = "{";
  for (const auto& [name, json] : members) {
    if (!json.empty()) {
      body += (body.size() > 1 ? ",\"" : "\"") + name + "\":" + json;
    }
  }
  return body + "}";
}

PaymentFaults paymentFaults(const std::map<std::string, std::string>& changes) {
  const auto read = schemaOf<CreatePaymentRequest>().parse(paymentBody(changes));
  REQUIRE(!read.ok());
  PaymentFaults faults;
  for (const auto& detail : read.fault().details) {
    faults.emplace_back(detail.field, describe(detail.code).name);
  }
  if (faults.empty()) {
    faults.emplace_back(read.fault().field, describe(read.fault().code).name);
  }
  return faults;
}

std::map<std::string, std::string> amountIs(const std::string& valueJson,
                                            const std::string& currencyJson = R"("IDR")") {
  return {{"amount", R"({"value":)" + valueJson + R"(,"currency":)" + currencyJson + "}"}};
}

PaymentRecord shownPayment() {
  PaymentRecord payment;
  payment.id = *Uuid::parse("01890000-0000-7000-8000-000000000001");
  payment.merchantRef = "order 1";
  payment.amount = {1'000'050, Currency::idr};
  payment.customerName = "Ann Lee";
  payment.vaNumber = "777770000000001";
  payment.gatewayRef = "0189000000007000800000000000abcd";
  payment.suspenseMinor = 7;
  payment.version = 3;
  return payment;
}

nlohmann::json paymentJson(const PaymentRecord& payment) {
  return nlohmann::json::parse(schemaOf<PaymentRecord>().render(payment));
}

}  // namespace

TEST_CASE("payment input: a full body is read to the last rupiah", "[http][payment]") {
  const auto read = schemaOf<CreatePaymentRequest>().parse(
      paymentBody({{"amount", R"({"currency":"IDR","value":"9007199254740993.01"})"},
                   {"method", R"("bri_qris")"},
                   {"description", R"("Ten pencils")"},
                   {"expires_in_s", "300"},
                   {"user_id", R"("01890000-0000-7000-8000-000000000001")"}}));
  REQUIRE(read.ok());
  CHECK(read.value().amount == Money{900'719'925'474'099'301, Currency::idr});  // no 64-bit float holds it
  CHECK(read.value().method == PaymentMethod::briQris);
  CHECK(read.value().merchantRef == "order 1");
  CHECK(read.value().description == "Ten pencils");
  CHECK(read.value().customerName == "Ann Lee");
  CHECK(read.value().expiresIn == std::chrono::seconds{300});
  CHECK(read.value().userId == Uuid::parse("01890000-0000-7000-8000-000000000001"));

  const auto least = schemaOf<CreatePaymentRequest>().parse(paymentBody());
  REQUIRE(least.ok());
  CHECK(least.value().amount.minor == 1'000'000);
  CHECK(least.value().expiresIn == std::chrono::seconds{0});
  CHECK(least.value().description.empty());
  CHECK(!least.value().userId);
  for (const char* value : {R"("0.01")", R"("9999999999999999.99")", R"("0000000000010000.00")"}) {
    INFO(value);
    CHECK(schemaOf<CreatePaymentRequest>().parse(paymentBody(amountIs(value))).ok());
  }
}

TEST_CASE("payment input: what is no amount is refused at its place", "[http][payment]") {
  for (const char* value : {"10000",
                            "10000.00",
                            "1e4",
                            "0",
                            "true",
                            "null",
                            "[]",
                            R"({"value":"1.00"})",
                            R"("10000")",
                            R"("10000.0")",
                            R"("10000.000")",
                            R"("10000,00")",
                            R"("10,000.00")",
                            R"("+1.00")",
                            R"("-1.00")",
                            R"("1e3")",
                            R"("1e3.00")",
                            R"("1.0e")",
                            R"(" 1.00")",
                            R"("1.00 ")",
                            R"(".00")",
                            R"("1.")",
                            R"("0x1.00")",
                            R"("NaN")",
                            R"("1.00\u0000")",
                            R"("\uff11\uff10\uff10.\uff10\uff10")",
                            R"("\u0661.\u0660\u0660")"}) {
    INFO(value);
    CHECK(paymentFaults(amountIs(value)) == PaymentFaults{{"amount.value", "INVALID_FORMAT"}});
  }
  CHECK(paymentFaults(amountIs(R"("")")) == PaymentFaults{{"amount.value", "REQUIRED"}});
  for (const char* value :
       {R"("12345678901234567.00")", R"("00000000000000001.00")", R"("0.00")", R"("000.00")"}) {
    INFO(value);
    CHECK(paymentFaults(amountIs(value)) == PaymentFaults{{"amount.value", "OUT_OF_RANGE"}});
  }
  for (const char* currency : {R"("USD")", R"("idr")", R"("IDR ")", R"("")", "360", "null"}) {
    INFO(currency);
    CHECK(paymentFaults(amountIs(R"("1.00")", currency)) ==
          PaymentFaults{{"amount.currency", "INVALID_FORMAT"}});
  }
  CHECK(paymentFaults(amountIs("1", R"("USD")")) ==
        PaymentFaults{{"amount.value", "INVALID_FORMAT"}, {"amount.currency", "INVALID_FORMAT"}});
  CHECK(paymentFaults({{"amount", R"({"value":"1.00"})"}}) == PaymentFaults{{"amount.currency", "REQUIRED"}});
  CHECK(paymentFaults({{"amount", R"({"currency":"IDR"})"}}) == PaymentFaults{{"amount.value", "REQUIRED"}});
  CHECK(paymentFaults({{"amount", R"({"value":"1.00","currency":"IDR","cents":1})"}}) ==
        PaymentFaults{{"amount.cents", "UNKNOWN_FIELD"}});
  for (const char* amount : {"10000", R"("10000.00")", "null", "[]"}) {
    INFO(amount);
    CHECK(paymentFaults({{"amount", amount}}) == PaymentFaults{{"amount", "INVALID_FORMAT"}});
  }
  CHECK(paymentFaults({{"amount", ""}}) == PaymentFaults{{"amount", "REQUIRED"}});
}

TEST_CASE("payment input: what is wrong of the other members is named", "[http][payment]") {
  struct WrongMember {
    const char* field;
    std::string json;
    const char* code;
  };
  const auto text = [](std::size_t length) { return '"' + std::string(length, 'x') + '"'; };
  for (const auto& [field, json, code] :
       std::vector<WrongMember>{{"merchant_ref", "", "REQUIRED"},
                                {"merchant_ref", R"("")", "TOO_SHORT"},
                                {"merchant_ref", text(65), "TOO_LONG"},
                                {"merchant_ref", R"(" x")", "INVALID_FORMAT"},
                                {"merchant_ref", R"("x ")", "INVALID_FORMAT"},
                                {"merchant_ref", R"("a\tb")", "INVALID_FORMAT"},
                                {"merchant_ref", R"("\u00e9")", "INVALID_FORMAT"},
                                {"merchant_ref", "7", "INVALID_FORMAT"},
                                {"method", "", "REQUIRED"},
                                {"method", R"("BRI_VA")", "INVALID_FORMAT"},
                                {"customer_name", "", "REQUIRED"},
                                {"customer_name", R"("")", "TOO_SHORT"},
                                {"customer_name", R"("  ")", "INVALID_FORMAT"},
                                {"customer_name", text(41), "TOO_LONG"},
                                {"customer_name", R"("Ann\u0007")", "INVALID_FORMAT"},
                                {"customer_name", R"("Ann\u202e")", "INVALID_FORMAT"},
                                {"description", text(141), "TOO_LONG"},
                                {"description", R"("a\u0000")", "INVALID_FORMAT"},
                                {"expires_in_s", "299", "OUT_OF_RANGE"},
                                {"expires_in_s", "7776001", "OUT_OF_RANGE"},
                                {"expires_in_s", "-300", "OUT_OF_RANGE"},
                                {"expires_in_s", "1000000000000", "OUT_OF_RANGE"},
                                {"expires_in_s", "300.5", "INVALID_FORMAT"},
                                {"expires_in_s", R"("300")", "INVALID_FORMAT"},
                                {"user_id", R"("x")", "INVALID_FORMAT"}}) {
    INFO(field << " " << json);
    CHECK(paymentFaults({{field, json}}) == PaymentFaults{{field, code}});
  }
  CHECK(schemaOf<CreatePaymentRequest>()
            .parse(paymentBody({{"merchant_ref", text(64)},
                                {"customer_name", text(40)},
                                {"description", text(140)},
                                {"expires_in_s", "7776000"}}))
            .ok());
}

TEST_CASE("payment input: no member that only the servers fill", "[http][payment]") {
  for (const std::string name : {"id", "context", "idempotency_key", "idempotencyKey", "status", "paid",
                                 "created_by", "va", "version", "late"}) {
    INFO(name);
    CHECK(paymentFaults({{name, "null"}}) == PaymentFaults{{name, "UNKNOWN_FIELD"}});
  }
  for (const std::string name : {"user_id", "created_by", "id"}) {
    const auto read =
        schemaOf<ListPaymentsRequest>().parsePairs({{name, "01890000-0000-7000-8000-000000000001"}});
    REQUIRE(!read.ok());
    CHECK(read.fault().code == ErrorCode::unknownField);
  }
}

TEST_CASE("payment query: every filter is read", "[http][payment]") {
  const auto read = schemaOf<ListPaymentsRequest>().parsePairs({{"status", "partially_refunded"},
                                                                {"method", "bri_qris"},
                                                                {"merchant_ref", "order 1"},
                                                                {"from", "2026-02-03T10:30:45.123Z"},
                                                                {"to", "2026-02-04T00:00:00+07:00"},
                                                                {"limit", "7"},
                                                                {"cursor", "abc"}});
  REQUIRE(read.ok());
  CHECK(read.value().status == PaymentStatus::partiallyRefunded);
  CHECK(read.value().method == PaymentMethod::briQris);
  CHECK(read.value().merchantRef == "order 1");
  CHECK((read.value().from && read.value().to && *read.value().from < *read.value().to));
  CHECK(read.value().limit == 7);
  CHECK(read.value().cursor == "abc");
  for (const auto& [name, value] : std::vector<std::pair<std::string, std::string>>{
           {"status", "gone"}, {"method", "cash"}, {"from", "yesterday"}, {"limit", "0"}, {"limit", "501"}}) {
    INFO(name << "=" << value);
    CHECK(schemaOf<ListPaymentsRequest>().parsePairs({{name, value}}).fault().field == name);
  }
}

TEST_CASE("a payment is shown with its amounts as text and without our side of the bank", "[http][payment]") {
  auto payment = shownPayment();
  payment.status = PaymentStatus::paid;
  payment.paidMinor = 1'000'050;
  payment.refundedMinor = 2'000;
  payment.refundingMinor = 300;
  payment.paidAt = TimePoint(std::chrono::milliseconds(1));
  const auto json = paymentJson(payment);
  CHECK(json["amount"] == nlohmann::json{{"value", "10000.50"}, {"currency", "IDR"}});
  CHECK(json["paid"]["value"] == "10000.50");
  CHECK(json["refunded"]["value"] == "20.00");
  CHECK(json["refunding"]["value"] == "3.00");
  CHECK(json["status"] == "paid");
  CHECK(json["paid_at"] == "1970-01-01T00:00:00.001Z");
  CHECK(json["user_id"].is_null());
  CHECK(json["version"] == 3);
  std::vector<std::string> names;
  for (const auto& [name, value] : json.items()) {
    names.push_back(name);
  }
  CHECK(names == std::vector<std::string>{"amount", "created_at", "customer_name", "description",
                                          "expires_at", "id", "late", "merchant_ref", "method", "paid",
                                          "paid_at", "qr", "refunded", "refunding", "status", "updated_at",
                                          "user_id", "va", "version"});
  payment.userId = payment.id;
  CHECK(paymentJson(payment)["user_id"] == payment.id.toString());
}

TEST_CASE("an account is shown once the bank has confirmed it, a code once there is one", "[http][payment]") {
  auto payment = shownPayment();
  for (const auto& [status, name] : namesFor(Of<PaymentStatus>{})) {
    INFO(name);
    payment.status = status;
    const auto json = paymentJson(payment);
    CHECK(json["status"] == name);
    CHECK(json["va"].is_null() == (name == "created" || name == "failed"));
    CHECK(json["qr"].is_null());
  }
  payment.status = PaymentStatus::pending;
  CHECK(paymentJson(payment)["va"] == nlohmann::json{{"number", "777770000000001"},
                                                     {"bank", "BRI"},
                                                     {"expires_at", "1970-01-01T00:00:00.000Z"}});
  payment.vaNumber.clear();
  payment.qrContent = "000201";
  CHECK(paymentJson(payment)["va"].is_null());
  CHECK(paymentJson(payment)["qr"]["content"] == "000201");
}
