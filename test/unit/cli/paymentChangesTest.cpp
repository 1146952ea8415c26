#include <catch2/catch_test_macros.hpp>
#include <deque>
#include <nlohmann/json.hpp>

#include "apps/cli/exitCode.hpp"
#include "test/unit/cli/installationUnderTest.hpp"

namespace ks::cli {
namespace {

constexpr const char* kAskedPayment = "01890000-0000-7000-8000-000000000001";
constexpr const char* kSomeRun = "01890000-0000-7000-8000-000000000004";

std::string paymentAt(int version, const char* status) {
  return R"({"id":"01890000-0000-7000-8000-000000000001","status":")" + std::string(status) +
         R"(","version":)" + std::to_string(version) + R"(,"refunding":{"value":"0.00","currency":"IDR"}})";
}

std::string runAt(const char* status, const char* error = "") {
  return R"({"id":"01890000-0000-7000-8000-000000000004","from":"2026-02-02T17:00:00.000Z",)"
         R"("to":"2026-02-03T16:59:59.000Z","status":")" +
         std::string(status) + R"(","error":")" + error +
         R"(","counts":{"credits":12,"matched":10,"healed":1,"items":1}})";
}

std::string pageWith(const std::string& row) {
  return R"({"data":[)" + row + R"(],"page":{"has_more":false,"next_cursor":null,"limit":50}})";
}

const char* const kOpenItem =
    R"({"id":"01890000-0000-7000-8000-000000000003","class":"orphan_credit","status":"open",)"
    R"("reference":"17","payment_id":null,"at_bank":{"value":"10000.00","currency":"IDR"},)"
    R"("booked":{"value":"0.00","currency":"IDR"},"created_at":"2026-02-03T10:30:45.123Z"})";

/// k-admin that answers what begins so, each time with the next of the answers and at last with the same.
class ScriptedAdmin {
 public:
  explicit ScriptedAdmin(const Installation& installation)
      : server_(installation.socket("admin"), [this](const std::string& text) {
          asked.push_back(text.substr(0, text.find(" HTTP")));
          bodies.push_back(text.substr(text.find("\r\n\r\n") + 4));
          for (auto& [begin, answers] : script) {
            if (asked.back().starts_with(begin)) {
              auto answer = answers.front();
              if (answers.size() > 1) {
                answers.pop_front();
              }
              return answer;
            }
          }
          return ControlSocketServer::http(404,
                                           R"({"error":{"code":"NOT_FOUND","message":"There is none"}})");
        }) {}

  /// The longest beginnings first.
  std::vector<std::pair<std::string, std::deque<std::string>>> script;
  std::vector<std::string> asked;
  std::vector<std::string> bodies;

 private:
  ControlSocketServer server_;
};

std::string fine(const std::string& json, int status = 200) {
  return ControlSocketServer::http(status, json);
}

}  // namespace

TEST_CASE("payments sync has the bank asked and shows what came of it") {
  const Installation installation;
  ScriptedAdmin admin(installation);
  const std::string target = std::string("/control/payments/") + kAskedPayment;
  admin.script = {{"POST " + target + "/sync", {fine(paymentAt(2, "pending"), 202)}},
                  {"GET " + target + "/events", {fine(pageWith({}))}},
                  {"GET " + target, {fine(paymentAt(2, "pending")), fine(paymentAt(3, "paid"))}}};
  const auto ran = installation.run({"payments", "sync", kAskedPayment, "--json"});
  CHECK(ran.status == kOk);
  const auto json = nlohmann::json::parse(ran.out);
  CHECK(json["changed"] == true);
  CHECK(json["payment"]["status"] == "paid");
  CHECK(json["events"].empty());
  CHECK(admin.asked == std::vector<std::string>{"POST " + target + "/sync", "GET " + target, "GET " + target,
                                                "GET " + target + "/events"});
}

TEST_CASE("payments sync says when nothing has changed") {
  const Installation installation;
  ScriptedAdmin admin(installation);
  const std::string target = std::string("/control/payments/") + kAskedPayment;
  admin.script = {{"POST " + target + "/sync", {fine(paymentAt(2, "pending"), 202)}},
                  {"GET " + target + "/events", {fine(pageWith({}))}},
                  {"GET " + target, {fine(paymentAt(2, "pending"))}}};
  const auto ran = installation.run({"payments", "sync", kAskedPayment, "--wait", "0"});
  CHECK(ran.status == kOk);
  CHECK(ran.err == "The bank is asked; within 0 s nothing has changed\n");
  CHECK(ran.out.find("refunding  0.00 IDR\n") != std::string::npos);
  CHECK(installation.run({"payments", "sync"}).status == kUsage);
  CHECK(installation.run({"payments", "sync", kAskedPayment, "--wait", "soon"}).status == kUsage);
  const auto unknown = installation.run({"payments", "sync", "7"});
  CHECK(unknown.status == kDegraded);
  CHECK(unknown.err.find("There is none") != std::string::npos);
}

TEST_CASE("payments reconcile waits for the end, and fails while a difference is open") {
  const Installation installation;
  ScriptedAdmin admin(installation);
  const std::string runs = "/control/payments/reconciliation/runs";
  admin.script = {
      {"POST " + runs, {fine(runAt("waiting"), 202)}},
      {"GET " + runs + "/" + kSomeRun, {fine(runAt("running")), fine(runAt("done"))}},
      {"GET /control/payments/reconciliation/items", {fine(pageWith(kOpenItem)), fine(pageWith({}))}}};
  const auto ran = installation.run({"payments", "reconcile", "--day", "2026-02-03"});
  CHECK(ran.status == kDegraded);
  CHECK(ran.err.empty());
  CHECK(ran.out ==
        "2026-02-02T17:00:00.000Z to 2026-02-03T16:59:59.000Z: 12 payments at the bank, 10 of them booked, 1 "
        "healed; 1 differences to look at\n"
        "CREATED                   CLASS          STATUS       AT BANK    BOOKED  REFERENCE  PAYMENT  ID\n"
        "2026-02-03T10:30:45.123Z  orphan_credit  open    10000.00 IDR  0.00 IDR  17                  "
        "01890000-0000-7000-8000-000000000003\n");
  CHECK(admin.bodies.front() == R"({"day":"2026-02-03"})");
  CHECK(admin.asked.back() == "GET /control/payments/reconciliation/items?status=open&limit=200");
  const auto clean = installation.run({"payments", "reconcile", "--json"});
  CHECK(clean.status == kOk);
  CHECK(nlohmann::json::parse(clean.out)["run"]["counts"]["matched"] == 10);
  CHECK(nlohmann::json::parse(clean.out)["items"].empty());
}

TEST_CASE("payments reconcile: a comparison that failed or goes on is no good end") {
  const Installation installation;
  ScriptedAdmin admin(installation);
  const std::string runs = "/control/payments/reconciliation/runs";
  admin.script = {{"POST " + runs, {fine(runAt("waiting"), 202)}},
                  {"GET " + runs, {fine(runAt("failed", "504"))}},
                  {"GET /control/payments/reconciliation/items", {fine(pageWith({}))}}};
  const auto failed = installation.run({"payments", "reconcile"});
  CHECK(failed.status == kDegraded);
  CHECK(failed.err == "error: the bank's report could not be read: 504\n");
  CHECK(admin.bodies.front() == "{}");
  admin.script[1].second = {fine(runAt("waiting"))};
  const auto waiting = installation.run({"payments", "reconcile", "--wait", "0"});
  CHECK(waiting.status == kDegraded);
  CHECK(waiting.err.find("has not ended within 0 s and goes on. It needs a k-public") != std::string::npos);
  CHECK(installation.run({"payments", "reconcile", "--wait", "3601"}).status == kUsage);
}

TEST_CASE("payments refunds and items ask with their own filters") {
  const Installation installation;
  ScriptedAdmin admin(installation);
  admin.script = {
      {"GET /control/payments/refunds",
       {fine(pageWith(R"({"id":"r1","payment_id":"p1","amount":{"value":"5000.00","currency":"IDR"},)"
                      R"("mode":"manual","status":"requested","created_at":"2026-02-03"})"))}},
      {"GET /control/payments/reconciliation/items", {fine(pageWith({}))}}};
  const auto refunds =
      installation.run({"payments", "refunds", "--status", "requested", "--mode=manual", "--payment", "p1"});
  CHECK(refunds.status == kOk);
  CHECK(refunds.out ==
        "CREATED     STATUS     MODE         AMOUNT  PAYMENT  ID\n"
        "2026-02-03  requested  manual  5000.00 IDR  p1       r1\n");
  CHECK(admin.asked.back() ==
        "GET /control/payments/refunds?limit=50&status=requested&mode=manual&payment_id=p1");
  const auto items = installation.run(
      {"payments", "items", "--status", "open", "--class", "orphan_credit", "--run", kSomeRun});
  CHECK(items.status == kOk);
  CHECK(items.out == "No difference matches.\n");
  CHECK(admin.asked.back() ==
        "GET /control/payments/reconciliation/items?limit=50&status=open&class=orphan_credit&run_id=" +
            std::string(kSomeRun));
  for (const auto& [action, status] : std::vector<std::pair<std::string, std::string>>{
           {"refunds", "paid"}, {"items", "requested"}, {"list", "open"}}) {
    INFO(action);
    CHECK(installation.run({"payments", action, "--status", status}).status == kUsage);
  }
  const auto misplaced = installation.run({"payments", "show", kAskedPayment, "--status", "paid"});
  CHECK(misplaced.status == kUsage);
  CHECK(misplaced.err.find(
            R"(--status goes with "payments list" or "payments refunds" or "payments items" only)") !=
        std::string::npos);
}

TEST_CASE("payments complete records the payout of a refund") {
  const Installation installation;
  ScriptedAdmin admin(installation);
  admin.script = {
      {"POST /control/payments/refunds/r1/complete",
       {fine(
           R"({"id":"r1","amount":{"value":"5000.00","currency":"IDR"},"status":"succeeded","error":null})")}}};
  const auto ran = installation.run({"payments", "complete", "r1", "--reference", "TRF 17"});
  CHECK(ran.status == kOk);
  CHECK(ran.out.find("amount  5000.00 IDR\n") != std::string::npos);
  CHECK(ran.out.find("error") == std::string::npos);
  CHECK(admin.bodies.back() == R"({"bank_reference":"TRF 17"})");
  const auto json = nlohmann::json::parse(
      installation.run({"payments", "complete", "r1", "--reference", "x", "--json"}).out);
  CHECK(json["refund"]["status"] == "succeeded");
  CHECK(installation.run({"payments", "complete", "r1"}).status == kUsage);
}

TEST_CASE("completion offers the choices of every action once") {
  const Installation installation;
  const auto zsh = installation.run({"completion", "zsh"}).out;
  const auto from = zsh.find("    payments) _arguments");
  REQUIRE(from != std::string::npos);
  const auto payments = zsh.substr(from, zsh.find('\n', from) - from);
  CHECK(payments.find("--status=") == payments.rfind("--status="));
  CHECK(payments.find("(created pending paid") != std::string::npos);
  CHECK(payments.find("review requested unknown succeeded open healed resolved)") != std::string::npos);
}

}  // namespace ks::cli
