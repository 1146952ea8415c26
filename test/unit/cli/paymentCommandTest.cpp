#include <catch2/catch_test_macros.hpp>
#include <nlohmann/json.hpp>

#include "apps/cli/exitCode.hpp"
#include "test/unit/cli/installationUnderTest.hpp"

namespace ks::cli {
namespace {

constexpr const char* kPaymentId = "01890000-0000-7000-8000-000000000001";
const char* const kPaymentRow =
    R"({"id":"01890000-0000-7000-8000-000000000001","merchant_ref":"INV-1","method":"bri_va","status":"pending",)"
    R"("amount":{"value":"10000.00","currency":"IDR"},"va":{"number":"777770000000001","bank":"BRI"},"qr":null,)"
    R"("created_at":"2026-02-03T10:30:45.123Z","paid_at":null})";
const char* const kPaymentHistory =
    R"({"data":[{"seq":1,"type":"created","from":"created","to":"created","actor":"user","detail":"",)"
    R"("at":"2026-02-03T10:30:45.123Z"}],"page":{"has_more":false}})";

std::string accountRow(const char* code, const char* kind, const char* debit, const char* credit) {
  const auto money = [](const std::string& value) {
    return value.empty() ? std::string("null") : R"({"value":")" + value + R"(","currency":"IDR"})";
  };
  return std::string(R"({"code":")") + code + R"(","kind":")" + kind + R"(","debit":)" + money(debit) +
         R"(,"credit":)" + money(credit) + R"(,"entries":2})";
}

std::string ledgerAnswer(bool balanced) {
  return std::string(R"({"balanced":)") + (balanced ? "true" : "false") + R"(,"accounts":[)" +
         accountRow("bank:bri:clearing", "asset", "19999.00", "") + "," +
         accountRow("merchant:payable", "liability", "", "19999.00") + "]}";
}

/// k-admin with one payment; the first lines of its requests are kept.
class PaymentAdmin {
 public:
  explicit PaymentAdmin(const Installation& installation, std::string payment = kPaymentRow)
      : payment_(std::move(payment)), server_(installation.socket("admin"), [this](const std::string& text) {
          asked.push_back(text.substr(0, text.find(" HTTP")));
          const auto& target = asked.back();
          if (target.ends_with("/events")) {
            return ControlSocketServer::http(200, kPaymentHistory);
          }
          if (target.ends_with(kPaymentId)) {
            return ControlSocketServer::http(200, payment_);
          }
          return ControlSocketServer::http(
              200, R"({"data":[)" + payment_ + R"(],"page":{"has_more":true,"next_cursor":"c1","limit":1}})");
        }) {}

  std::vector<std::string> asked;

 private:
  std::string payment_;
  ControlSocketServer server_;
};

/// Answers as the simulator does and keeps the bodies.
struct SimulatedBank {
  std::vector<std::string> asked;
  int status = 200;
  std::string answer =
      R"({"credit":{"id":"1","amount":"10000.00","state":"taken"},"result":"accepted","answers":[]})";
  ControlSocketServer server{[this](const std::string& text) {
    asked.push_back(text.substr(0, text.find(" HTTP")) + " " + text.substr(text.find("\r\n\r\n") + 4));
    return ControlSocketServer::http(status, answer);
  }};
  [[nodiscard]] EnvironmentMap settings() const {
    return {{"K_BRI_URL", "http://127.0.0.1:" + std::to_string(server.port())},
            {"K_BRI_PARTNER_SERVICE_ID", "77777"}};
  }
};

}  // namespace

TEST_CASE("payments list asks with the filters and says how to go on") {
  const Installation installation;
  const PaymentAdmin admin(installation);
  const auto ran = installation.run({"payments", "--status", "pending", "--ref", "INV 1", "--by", kPaymentId,
                                     "--limit", "1", "--from=2026-01-01T00:00:00Z"});
  CHECK(ran.status == kOk);
  CHECK(ran.out ==
        "CREATED                   STATUS   METHOD        AMOUNT  REFERENCE  ID\n"
        "2026-02-03T10:30:45.123Z  pending  bri_va  10000.00 IDR  INV-1      "
        "01890000-0000-7000-8000-000000000001\n"
        "There are more: --cursor c1\n");
  CHECK(admin.asked ==
        std::vector<std::string>{std::string("GET /control/payments?limit=1&status=pending&created_by=") +
                                 kPaymentId + "&merchant_ref=INV+1&from=2026-01-01T00:00:00Z"});
  const auto json = nlohmann::json::parse(installation.run({"payments", "list", "--json"}).out);
  CHECK(json["command"] == "payments");
  CHECK(json["payments"][0]["amount"]["value"] == "10000.00");
  CHECK(json["page"]["next_cursor"] == "c1");
  CHECK(installation.run({"payments", "--status", "gone"}).status == kUsage);
}

TEST_CASE("payments show has the payment and its history") {
  const Installation installation;
  const PaymentAdmin admin(installation);
  const auto ran = installation.run({"payments", "show", kPaymentId});
  CHECK(ran.status == kOk);
  CHECK(ran.out.find("amount        10000.00 IDR\n") != std::string::npos);
  CHECK(ran.out.find("paid_at") == std::string::npos);
  CHECK(ran.out.find("2026-02-03T10:30:45.123Z  created  created  user") != std::string::npos);
  const auto json = nlohmann::json::parse(installation.run({"payments", "show", kPaymentId, "--json"}).out);
  CHECK(json["payment"]["merchant_ref"] == "INV-1");
  CHECK(json["events"][0]["type"] == "created");
  CHECK(installation.run({"payments", "show"}).status == kUsage);
}

TEST_CASE("payments ledger shows both sides and fails when they differ") {
  const Installation installation;
  bool balanced = true;
  std::string target;
  const ControlSocketServer admin(installation.socket("admin"), [&](const std::string& text) {
    target = text.substr(0, text.find(" HTTP"));
    return ControlSocketServer::http(200, ledgerAnswer(balanced));
  });
  const auto ran = installation.run({"payments", "ledger"});
  CHECK(ran.status == kOk);
  CHECK(ran.out ==
        "ACCOUNT            KIND              DEBIT        CREDIT  ENTRIES\n"
        "bank:bri:clearing  asset      19999.00 IDR                      2\n"
        "merchant:payable   liability                19999.00 IDR        2\n"
        "balanced\n");
  CHECK(target == "GET /control/payments/ledger/accounts");
  balanced = false;
  const auto broken = installation.run({"payments", "ledger"});
  CHECK(broken.status == kDegraded);
  CHECK(broken.out.find("NOT balanced") != std::string::npos);
  const auto json = installation.run({"payments", "ledger", "--json"});
  CHECK(json.status == kDegraded);
  CHECK(nlohmann::json::parse(json.out)["balanced"] == false);
  installation.run({"payments", "ledger", "--account", "bank:bri:clearing", "--payment", kPaymentId});
  CHECK(target ==
        std::string("GET /control/payments/ledger/entries?limit=50&account=bank:bri:clearing&payment_id=") +
            kPaymentId);
}

TEST_CASE("payments simulate pays what is named, or what a payment has at the bank") {
  const Installation installation;
  const PaymentAdmin admin(installation);
  SimulatedBank bank;
  const auto ran = installation.run({"payments", "simulate", "777770000000002"}, bank.settings());
  CHECK(ran.status == kOk);
  CHECK(ran.out == "The simulated bank took 10000.00 and told the service: accepted\n");
  CHECK(admin.asked.empty());
  CHECK(installation.run({"payments", "simulate", "000000000001", "--amount", "12000.00"}, bank.settings())
            .status == kOk);
  CHECK(installation.run({"payments", "simulate", kPaymentId}, bank.settings()).status == kOk);
  CHECK(bank.asked == std::vector<std::string>{R"(POST /sim/pay {"va":"777770000000002"})",
                                               R"(POST /sim/pay {"qr":"000000000001","amount":"12000.00"})",
                                               R"(POST /sim/pay {"va":"777770000000001"})"});
  CHECK(admin.asked == std::vector<std::string>{std::string("GET /control/payments/") + kPaymentId});

  bank.status = 409;
  bank.answer = R"({"error":{"code":"va_paid","message":"the virtual account is paid"}})";
  const auto refused = installation.run({"payments", "simulate", "777770000000002"}, bank.settings());
  CHECK(refused.status == kDegraded);
  CHECK(refused.err.find("the virtual account is paid (va_paid, status 409)") != std::string::npos);
}

TEST_CASE("payments simulate: a payment that the bank does not know yet has nothing to be paid") {
  const Installation installation;
  const PaymentAdmin admin(installation, R"({"id":"1","status":"created","va":null,"qr":null})");
  const SimulatedBank bank;
  const auto ran = installation.run({"payments", "simulate", kPaymentId}, bank.settings());
  CHECK(ran.status == kDegraded);
  CHECK(ran.err.find("this payment is created") != std::string::npos);
  CHECK(bank.asked.empty());
}

TEST_CASE("payments simulate never calls a bank that may be real") {
  const Installation installation;
  const SimulatedBank bank;
  auto production = bank.settings();
  production.emplace("K_ENVIRONMENT", "production");
  const auto refused = installation.run({"payments", "simulate", "777770000000002"}, production);
  CHECK(refused.status == kDegraded);
  CHECK(refused.err == "error: in production nothing is simulated\n");
  for (const auto* url :
       {"https://partner.api.bri.co.id", "http://192.0.2.1:8003", "https://127.0.0.1:8003"}) {
    INFO(url);
    const auto ran = installation.run({"payments", "simulate", "777770000000002"}, {{"K_BRI_URL", url}});
    CHECK(ran.status == kDegraded);
    CHECK(ran.err.find("not a simulator on this machine") != std::string::npos);
  }
  const auto none = installation.run({"payments", "simulate", "777770000000002"});
  CHECK(none.status == kDegraded);
  CHECK(none.err.find("K_BRI_URL is required here and is empty") != std::string::npos);
  CHECK(bank.asked.empty());
}

}  // namespace ks::cli
