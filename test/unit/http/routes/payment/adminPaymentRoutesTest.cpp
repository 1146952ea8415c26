#include "http/routes/payment/adminPaymentRoutes.hpp"

#include "http/routing/openApiDocument.hpp"
#include "test/unit/http/routing/dispatcherBench.hpp"

namespace {

const std::vector<std::string> kAdminPaymentPaths{
    "/api/admin/payments", "/api/admin/payments/{id}", "/api/admin/payments/{id}/events",
    "/api/admin/payments/ledger/accounts", "/api/admin/payments/ledger/entries"};

struct AdminPaymentBench : Bench {
  bool asked = false;

  AdminPaymentBench() {
    const MonitoringRoutesConfig config{.storage = [this]() -> MonitoringStorageActor {
                                          asked = true;
                                          throw FaultAnswer{makeFault(ErrorCode::dependencyUnavailable)};
                                        },
                                        .clock = clock};
    addAdminPaymentRoutes(routes, config,
                          [](const RequestContext&, const std::string&, const AuditFields&) { return true; });
    addPaymentControlRoutes(routes, config);
  }
};

std::string withPaymentId(std::string path) {
  if (const auto at = path.find("{id}"); at != std::string::npos) {
    path.replace(at, 4, "01890000-0000-7000-8000-000000000001");
  }
  return path;
}

}  // namespace

TEST_CASE("admin payments: nobody reads them without the permission", "[http][payment]") {
  AdminPaymentBench bench;
  for (const auto& path : kAdminPaymentPaths) {
    INFO(path);
    const auto target = withPaymentId(path);
    CHECK(codeOf(bench.call(HttpMethod::get, target)) == "TOKEN_MISSING");
    for (const auto* token : {"Bearer admin", "Bearer keyAdmin", "Bearer good", "Bearer acting"}) {
      CHECK(codeOf(bench.call(HttpMethod::get, target, {{"Authorization", token}})) == "PERMISSION_DENIED");
    }
  }
  CHECK(!bench.asked);
}

TEST_CASE("admin payments: the operator's questions go to the storage, and wrong ones do not",
          "[http][payment]") {
  AdminPaymentBench bench;
  for (const auto* path : {"", "?status=review&limit=200", "/{id}", "/{id}/events", "/ledger/accounts",
                           "/ledger/entries?account=merchant:payable"}) {
    INFO(path);
    bench.asked = false;
    CHECK(codeOf(bench.call(HttpMethod::get, withPaymentId("/control/payments" + std::string(path)))) ==
          "DEPENDENCY_UNAVAILABLE");
    CHECK(bench.asked);
  }
  bench.asked = false;
  for (const auto* path : {"?limit=201", "/ledger/entries?limit=501", "/ledger/entries?payment_id=1",
                           "/ledger/entries?account="}) {
    INFO(path);
    CHECK(bench.call(HttpMethod::get, "/control/payments" + std::string(path)).status == 400);
  }
  CHECK(!bench.asked);
}

TEST_CASE("admin payments: the document names the permission, the files and the sides of the ledger",
          "[http][payment]") {
  AdminPaymentBench bench;
  const auto document = nlohmann::json::parse(openApiDocument(bench.routes, {.title = "T", .version = "1"}));
  for (const auto& path : kAdminPaymentPaths) {
    INFO(path);
    CHECK(document["paths"][path]["get"]["x-permission"] == "payments:read");
  }
  for (const auto* path : {"/api/admin/payments", "/api/admin/payments/ledger/entries"}) {
    INFO(path);
    const auto& answer = document["paths"][path]["get"]["responses"]["200"];
    CHECK(answer["content"].contains("application/json"));
    CHECK(answer["content"].contains("text/csv"));
    CHECK(answer["headers"].contains("X-Next-Cursor"));
  }
  CHECK(document["paths"]["/api/admin/payments/{id}"]["get"]["responses"]["200"]["headers"].contains("ETag"));
  const auto& schemas = document["components"]["schemas"];
  CHECK(schemas["Ledger"]["required"] == nlohmann::json{"balanced", "accounts"});
  CHECK(schemas["LedgerAccount"]["required"] == nlohmann::json{"code", "kind", "debit", "credit", "entries"});
  CHECK(!document["paths"].contains("/control/payments"));
}
