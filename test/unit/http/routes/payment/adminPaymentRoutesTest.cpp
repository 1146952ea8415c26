#include "http/routes/payment/adminPaymentRoutes.hpp"

#include <algorithm>

#include "http/routing/openApiDocument.hpp"
#include "test/unit/http/routing/dispatcherBench.hpp"

namespace {

const std::vector<std::string> kAdminPaymentReads{"/api/admin/payments",
                                                  "/api/admin/payments/{id}",
                                                  "/api/admin/payments/{id}/events",
                                                  "/api/admin/payments/ledger/accounts",
                                                  "/api/admin/payments/ledger/entries",
                                                  "/api/admin/payments/refunds",
                                                  "/api/admin/payments/refunds/{id}",
                                                  "/api/admin/payments/reconciliation/runs",
                                                  "/api/admin/payments/reconciliation/runs/{id}",
                                                  "/api/admin/payments/reconciliation/items",
                                                  "/api/admin/payments/inbox"};

struct AdminPaymentWrite {
  std::string path;
  std::string permission;
  bool recent;
  std::string body;
};
const std::vector<AdminPaymentWrite> kAdminPaymentWrites{
    {"/{id}/refunds", "payments:refund", true,
     R"({"amount":{"value":"5000.00","currency":"IDR"},"reason":"Returned goods"})"},
    {"/refunds/{id}/complete", "payments:refund", true, R"({"bank_reference":"TRF-1"})"},
    {"/refunds/{id}/cancel", "payments:refund", true, R"({"reason":"a mistake"})"},
    {"/{id}/decide", "payments:reconcile", true, R"({"verdict":"accept"})"},
    {"/{id}/sync", "payments:reconcile", false, ""},
    {"/reconciliation/runs", "payments:reconcile", false, R"({"day":"2026-02-03"})"},
    {"/reconciliation/items/{id}/resolve", "payments:reconcile", true, R"({"note":"seen"})"},
    {"/inbox/{id}/replay", "payments:reconcile", false, ""}};

std::string withPaymentId(std::string path) {
  if (const auto at = path.find("{id}"); at != std::string::npos) {
    path.replace(at, 4, "01890000-0000-7000-8000-000000000001");
  }
  return path;
}

struct AdminPaymentBench : Bench {
  std::string asked;  ///< who was asked last

  AdminPaymentBench() {
    const AdminPaymentRoutesConfig config{
        .questions = {.storage = [this] { return refuse<MonitoringStorageActor>("storage"); },
                      .clock = clock},
        .refunds = [this] { return refuse<RefundActor>("refunds"); },
        .administration = [this] { return refuse<PaymentAdministrationActor>("administration"); }};
    addAdminPaymentRoutes(routes, config,
                          [](const RequestContext&, const std::string&, const AuditFields&) { return true; });
    addPaymentControlRoutes(routes, config);
  }
  template <class Handle>
  Handle refuse(const char* who) {
    asked = who;
    throw FaultAnswer{makeFault(ErrorCode::conflict)};
  }
  HttpResponse post(const std::string& target, std::string_view authorization, std::string_view body) {
    return call(HttpMethod::post, withPaymentId(target),
                {{"Authorization", authorization},
                 {"Content-Type", "application/json"},
                 {"Idempotency-Key", "k"},
                 {"If-Match", "\"1\""}},
                body);
  }
  HttpResponse asAdmin(const std::string& path, std::string_view body) {
    return post("/api/admin/payments" + path, "Bearer admin", body);
  }
};

}  // namespace

TEST_CASE("admin payments: nobody reads them without the permission", "[http][payment]") {
  AdminPaymentBench bench;
  bench.held = {"payments:reconcile", "payments:refund", "payments:write"};
  for (const auto& path : kAdminPaymentReads) {
    INFO(path);
    const auto target = withPaymentId(path);
    CHECK(codeOf(bench.call(HttpMethod::get, target)) == "TOKEN_MISSING");
    for (const auto* token : {"Bearer admin", "Bearer keyAdmin", "Bearer good", "Bearer acting"}) {
      CHECK(codeOf(bench.call(HttpMethod::get, target, {{"Authorization", token}})) == "PERMISSION_DENIED");
    }
  }
  CHECK(bench.asked.empty());
  bench.held = {"payments:read"};
  for (const auto& path : kAdminPaymentReads) {
    INFO(path);
    CHECK(codeOf(bench.call(HttpMethod::get, withPaymentId(path), {{"Authorization", "Bearer admin"}})) ==
          "CONFLICT");
    CHECK(bench.asked == (path.find("/refunds") == std::string::npos ? "storage" : "refunds"));
  }
}

TEST_CASE("admin payments: each change has its permission, and money needs a fresh sign-in",
          "[http][payment]") {
  AdminPaymentBench bench;
  for (const auto& [path, permission, recent, body] : kAdminPaymentWrites) {
    INFO(path);
    const auto target = "/api/admin/payments" + path;
    bench.asked.clear();
    bench.held = {"payments:read", "payments:write",
                  permission == "payments:refund" ? "payments:reconcile" : "payments:refund"};
    CHECK(codeOf(bench.call(HttpMethod::post, withPaymentId(target))) == "TOKEN_MISSING");
    for (const auto* token : {"Bearer admin", "Bearer keyAdmin", "Bearer good"}) {
      CHECK(codeOf(bench.post(target, token, body)) == "PERMISSION_DENIED");
    }
    bench.held = {permission};
    CHECK(codeOf(bench.post(target, "Bearer weakAdmin", body)) == "MFA_REQUIRED");
    CHECK(codeOf(bench.post(target, "Bearer ownKey", body)) == "MFA_REQUIRED");
    CHECK(codeOf(bench.post(target, "Bearer acting", body)) == "IMPERSONATION_DENIED");
    CHECK((codeOf(bench.post(target, "Bearer staleAdmin", body)) == "REAUTH_REQUIRED") == recent);
    bench.asked.clear();
    for (const auto* token : {"Bearer admin", "Bearer keyAdmin"}) {
      CHECK(codeOf(bench.post(target, token, body)) == "CONFLICT");
    }
    CHECK(bench.asked == (path == "/{id}/refunds" ? "refunds" : "administration"));
  }
}

TEST_CASE("admin payments: what is wrong in a body is named, and nobody is asked", "[http][payment]") {
  AdminPaymentBench bench;
  bench.held = {"payments:refund", "payments:reconcile"};
  const auto wrong = [&bench](const std::string& path, std::string_view body) {
    const auto error = nlohmann::json::parse(bench.asAdmin(path, body).body)["error"];
    return error["field"].get<std::string>() + " " + error["code"].get<std::string>();
  };
  CHECK(wrong("/{id}/decide", R"({"verdict":"return"})") == "bank_reference REQUIRED");
  CHECK(wrong("/{id}/decide", R"({"verdict":"keep"})") == "verdict INVALID_FORMAT");
  CHECK(wrong("/{id}/decide", "") == "verdict REQUIRED");
  CHECK(wrong("/refunds/{id}/complete", "") == "bank_reference REQUIRED");
  CHECK(wrong("/refunds/{id}/cancel", R"({"reason":""})") == "reason TOO_SHORT");
  CHECK(wrong("/reconciliation/runs", R"({"day":"2026-02-30"})") == "day INVALID_FORMAT");
  CHECK(wrong("/reconciliation/items/{id}/resolve", "") == "note REQUIRED");
  CHECK(bench.asked.empty());
  CHECK(codeOf(bench.asAdmin("/{id}/decide", R"({"verdict":"return","bank_reference":"TRF-1"})")) ==
        "CONFLICT");
  const auto keyless = bench.call(HttpMethod::post, withPaymentId("/api/admin/payments/{id}/refunds"),
                                  {{"Authorization", "Bearer admin"}, {"Content-Type", "application/json"}},
                                  R"({"amount":{"value":"5000.00","currency":"IDR"},"reason":"x"})");
  CHECK(nlohmann::json::parse(keyless.body)["error"]["field"] == "Idempotency-Key");
}

TEST_CASE("admin payments: the operator's questions go to who knows, and wrong ones do not",
          "[http][payment]") {
  AdminPaymentBench bench;
  for (const auto& [path, who] : std::vector<std::pair<std::string, std::string>>{
           {"", "storage"},
           {"?status=review&limit=200", "storage"},
           {"/{id}", "storage"},
           {"/{id}/events", "storage"},
           {"/ledger/accounts", "storage"},
           {"/ledger/entries?account=merchant:payable", "storage"},
           {"/refunds?status=unknown&mode=api", "refunds"},
           {"/reconciliation/runs/{id}", "storage"},
           {"/reconciliation/items?status=open&class=orphan_credit", "storage"}}) {
    INFO(path);
    bench.asked.clear();
    CHECK(codeOf(bench.call(HttpMethod::get, withPaymentId("/control/payments" + path))) == "CONFLICT");
    CHECK(bench.asked == who);
  }
  for (const auto& [path, body] : std::vector<std::pair<std::string, std::string>>{
           {"/{id}/sync", ""},
           {"/refunds/{id}/complete", R"({"bank_reference":"TRF-1"})"},
           {"/reconciliation/runs", "{}"}}) {
    INFO(path);
    bench.asked.clear();
    CHECK(codeOf(bench.call(HttpMethod::post, withPaymentId("/control/payments" + path),
                            {{"Content-Type", "application/json"}}, body)) == "CONFLICT");
    CHECK(bench.asked == "administration");
  }
  bench.asked.clear();
  for (const auto* path :
       {"?limit=201", "/ledger/entries?limit=501", "/ledger/entries?payment_id=1",
        "/ledger/entries?account=", "/refunds?status=paid", "/reconciliation/items?class=x"}) {
    INFO(path);
    CHECK(bench.call(HttpMethod::get, "/control/payments" + std::string(path)).status == 400);
  }
  CHECK(bench.asked.empty());
}

TEST_CASE("admin payments: the document names permissions, files and the sides of the ledger",
          "[http][payment]") {
  AdminPaymentBench bench;
  const auto document = nlohmann::json::parse(openApiDocument(bench.routes, {.title = "T", .version = "1"}));
  const auto& paths = document["paths"];
  for (const auto& path : kAdminPaymentReads) {
    INFO(path);
    CHECK(paths[path]["get"]["x-permission"] == "payments:read");
  }
  for (const auto& write : kAdminPaymentWrites) {
    INFO(write.path);
    const auto& operation = paths["/api/admin/payments" + write.path]["post"];
    CHECK(operation["x-permission"] == write.permission);
    CHECK(operation.contains("x-recent-authentication-minutes") == write.recent);
  }
  for (const auto* path : {"/api/admin/payments", "/api/admin/payments/ledger/entries",
                           "/api/admin/payments/refunds", "/api/admin/payments/reconciliation/items"}) {
    INFO(path);
    const auto& answer = paths[path]["get"]["responses"]["200"];
    CHECK(answer["content"].contains("application/json"));
    CHECK(answer["content"].contains("text/csv"));
    CHECK(answer["headers"].contains("X-Next-Cursor"));
  }
  CHECK(paths["/api/admin/payments/{id}"]["get"]["responses"]["200"]["headers"].contains("ETag"));
  for (const auto* path : {"/api/admin/payments/{id}/sync", "/api/admin/payments/reconciliation/runs"}) {
    INFO(path);
    CHECK(paths[path]["post"]["responses"].contains("202"));
  }
  CHECK(paths["/api/admin/payments/{id}/refunds"]["post"]["responses"]["201"]["headers"].contains(
      "Idempotent-Replayed"));
  const auto& schemas = document["components"]["schemas"];
  CHECK(schemas["Ledger"]["required"] == nlohmann::json{"balanced", "accounts"});
  CHECK(schemas["LedgerAccount"]["required"] == nlohmann::json{"code", "kind", "debit", "credit", "entries"});
  CHECK(schemas["PaymentDecision"]["required"] == nlohmann::json{"verdict"});
  CHECK(std::none_of(paths.items().begin(), paths.items().end(),
                     [](const auto& item) { return item.key().starts_with("/control"); }));
}
