#include "http/routes/payment/adminPaymentSchemas.hpp"

#include <catch2/catch_test_macros.hpp>
#include <limits>
#include <nlohmann/json.hpp>

using namespace ks;

namespace {

const Uuid kSomePayment = *Uuid::parse("01890000-0000-7000-8000-000000000001");
const Uuid kSomeKey = *Uuid::parse("01890000-0000-7000-8000-000000000002");

template <class Payment>
Payment paymentInReview() {
  Payment payment{};
  payment.id = kSomePayment;
  payment.createdBy = kSomeKey;
  payment.merchantRef = "=HYPERLINK(\"x\")";
  payment.amount = Money{.minor = 1'000'050};
  payment.customerName = "@Ann, Lee";
  payment.description = "+1";
  payment.status = PaymentStatus::review;
  payment.gatewayState = GatewayState::open;
  payment.gatewayRef = "0189000000007000800000000000abcd";
  payment.vaNumber = "777770000000001";
  payment.suspenseMinor = 7;
  return payment;
}

template <class Record>
nlohmann::json jsonOf(const Record& record) {
  return nlohmann::json::parse(schemaOf<Record>().render(record));
}

template <class Line>
std::string csvLineOf(const Line& line) {
  std::string text;
  schemaOf<Line>().writeCsvRow(text, line);
  return text;
}

LedgerAccountRecord accountWith(const char* kind, std::int64_t minor) {
  LedgerAccountRecord account;
  account.kind = kind;
  account.balanceMinor = minor;
  return account;
}

LedgerLine clearingLine(std::int64_t minor) {
  LedgerLine line;
  line.transactionId = 7;
  line.key = "credit:1:2";
  line.kind = "credit";
  line.paymentId = kSomePayment;
  line.account = "bank:bri:clearing";
  line.minor = minor;
  return line;
}

nlohmann::json rupiah(const char* value) { return {{"value", value}, {"currency", "IDR"}}; }

}  // namespace

TEST_CASE("admin payments: everything of a payment, and what only administrators see", "[http][payment]") {
  const auto shown = jsonOf(paymentInReview<AdminPayment>());
  auto plain = jsonOf(paymentInReview<PaymentRecord>());
  for (const auto* name :
       {"created_by", "suspense", "paid_reference", "gateway_state", "gateway_ref", "bank_ref"}) {
    INFO(name);
    CHECK(shown.contains(name));
    CHECK(!plain.contains(name));
  }
  for (const auto& [name, value] : plain.items()) {
    INFO(name);
    CHECK(shown[name] == value);
  }
  CHECK(shown["created_by"] == kSomeKey.toString());
  CHECK(shown["suspense"] == rupiah("0.07"));
  CHECK(shown["gateway_state"] == "open");
  CHECK(shown["bank_ref"].is_null());
}

TEST_CASE("admin payments: a line of a file has amounts of its own and no formulas", "[http][payment]") {
  std::string header;
  schemaOf<PaymentLine>().writeCsvHeader(header);
  CHECK(
      header ==
      "id,created_at,merchant_ref,method,status,amount,paid,refunded,refunding,suspense,currency,description,"
      "customer_name,user_id,created_by,va_number,gateway_ref,bank_ref,paid_reference,expires_at,paid_at,"
      "late\r\n");
  CHECK(
      csvLineOf(paymentInReview<PaymentLine>()) ==
      "01890000-0000-7000-8000-000000000001,1970-01-01T00:00:00.000Z,\"'=HYPERLINK(\"\"x\"\")\",bri_va,review,"
      "10000.50,0.00,0.00,0.00,0.07,IDR,'+1,\"'@Ann, Lee\",,01890000-0000-7000-8000-000000000002,777770000000001,"
      "0189000000007000800000000000abcd,,,1970-01-01T00:00:00.000Z,,false\r\n");
}

TEST_CASE("admin payments: filters", "[http][payment]") {
  const auto parse = [](TextPairs pairs) {
    return schemaOf<AdminPaymentQuery>().parsePairs(std::move(pairs));
  };
  const auto good = parse({{"status", "review"},
                           {"method", "bri_qris"},
                           {"user_id", kSomePayment.toString()},
                           {"created_by", kSomeKey.toString()},
                           {"merchant_ref", "INV 1"},
                           {"from", "2026-02-03T10:30:45Z"},
                           {"limit", "200"}});
  REQUIRE(good.ok());
  CHECK(good.value().status == PaymentStatus::review);
  CHECK(good.value().method == PaymentMethod::briQris);
  CHECK(good.value().userId == kSomePayment);
  CHECK(good.value().createdBy == kSomeKey);
  CHECK(good.value().merchantRef == "INV 1");
  CHECK(good.value().from.has_value());
  CHECK(!good.value().to);
  CHECK(good.value().limit == 200);
  CHECK(parse({}).value().limit == 50);
  for (const auto& [name, text] : TextPairs{{"status", "gone"},
                                            {"user_id", "me"},
                                            {"created_by", "1"},
                                            {"merchant_ref", ""},
                                            {"limit", "201"},
                                            {"gateway_ref", "x"}}) {
    INFO(name);
    CHECK(!parse({{name, text}}).ok());
  }
}

TEST_CASE("ledger: a balance is on one side, nothing on the account's own", "[http][payment]") {
  struct Expected {
    const char* kind;
    std::int64_t minor;
    nlohmann::json debit;
    nlohmann::json credit;
  };
  for (const auto& [kind, minor, debit, credit] : {
           Expected{"asset", 1'999'950, rupiah("19999.50"), nullptr},
           Expected{"asset", -1, nullptr, rupiah("0.01")},
           Expected{"asset", 0, rupiah("0.00"), nullptr},
           Expected{"liability", -100, nullptr, rupiah("1.00")},
           Expected{"liability", 5, rupiah("0.05"), nullptr},
           Expected{"liability", 0, nullptr, rupiah("0.00")},
           // More than any amount: a sum.
           Expected{"asset", std::numeric_limits<std::int64_t>::max(), rupiah("92233720368547758.07"),
                    nullptr},
           Expected{"asset", std::numeric_limits<std::int64_t>::min(), nullptr,
                    rupiah("92233720368547758.08")},
       }) {
    INFO(kind << " " << minor);
    const auto shown = jsonOf(accountWith(kind, minor));
    CHECK(shown["debit"] == debit);
    CHECK(shown["credit"] == credit);
  }
}

TEST_CASE("ledger: all accounts, and whether it is balanced", "[http][payment]") {
  LedgerAccounts ledger;
  ledger.accounts = {accountWith("asset", 1), accountWith("liability", -1)};
  CHECK(jsonOf(ledger)["balanced"] == true);
  ledger.balanced = false;
  CHECK(jsonOf(ledger)["balanced"] == false);
  CHECK(jsonOf(ledger)["accounts"].size() == 2);
}

TEST_CASE("ledger: an entry and its line of a file", "[http][payment]") {
  const LedgerEntryRecord credit = clearingLine(-1'000'000);
  const auto shown = jsonOf(credit);
  CHECK(shown["transaction_id"] == 7);
  CHECK(shown["debit"].is_null());
  CHECK(shown["credit"] == rupiah("10000.00"));
  std::string header;
  schemaOf<LedgerLine>().writeCsvHeader(header);
  CHECK(header == "transaction_id,at,kind,key,payment_id,account,debit,credit,currency\r\n");
  const std::string begin =
      "7,1970-01-01T00:00:00.000Z,credit,credit:1:2,01890000-0000-7000-8000-000000000001,bank:bri:clearing,";
  CHECK(csvLineOf(clearingLine(-1'000'000)) == begin + ",10000.00,IDR\r\n");
  CHECK(csvLineOf(clearingLine(7)) == begin + "0.07,,IDR\r\n");
  auto ofNone = clearingLine(7);
  ofNone.paymentId = {};
  CHECK(csvLineOf(ofNone).find(",credit:1:2,,bank:bri:clearing,") != std::string::npos);
  CHECK(jsonOf(static_cast<const LedgerEntryRecord&>(ofNone))["payment_id"].is_null());
}
