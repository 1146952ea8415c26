#include "http/routes/payment/refundRoutes.hpp"

#include <algorithm>

#include "http/routing/openApiDocument.hpp"
#include "test/unit/http/routing/dispatcherBench.hpp"

namespace {

constexpr std::string_view kRefundsOfOne =
    "/api/payment/payments/01890000-0000-7000-8000-000000000001/refunds";
constexpr std::string_view kRefundBody =
    R"({"amount":{"value":"5000.00","currency":"IDR"},"reason":"Returned goods"})";

/// keyAdmin is a shop with the permission.
struct RefundBench : Bench {
  bool enabled = true;
  bool asked = false;

  RefundBench() {
    held = {"payments:refund"};
    PaymentRoutesConfig config;
    config.enabled = [this] { return enabled; };
    config.refunds = [this]() -> RefundActor {
      asked = true;
      throw FaultAnswer{makeFault(ErrorCode::notRefundable)};
    };
    addRefundRoutes(routes, config);
  }
  HttpResponse create(std::string_view authorization, std::string_view body = kRefundBody,
                      std::string_view key = "refund-1") {
    return call(
        HttpMethod::post, kRefundsOfOne,
        {{"Authorization", authorization}, {"Content-Type", "application/json"}, {"Idempotency-Key", key}},
        body);
  }
};

}  // namespace

TEST_CASE("refunds: only a machine with the permission asks for one", "[http][payment]") {
  RefundBench bench;
  CHECK(codeOf(bench.call(HttpMethod::post, kRefundsOfOne)) == "TOKEN_MISSING");
  for (const auto* person : {"Bearer good", "Bearer admin", "Bearer weakAdmin", "Bearer ownKey"}) {
    INFO(person);
    const auto answer = bench.create(person);
    CHECK(answer.status == 403);
    CHECK(codeOf(answer) == "PERMISSION_DENIED");
  }
  CHECK(codeOf(bench.create("Bearer acting")) == "IMPERSONATION_DENIED");
  bench.held = {"payments:read", "payments:write"};
  CHECK(codeOf(bench.create("Bearer keyAdmin")) == "PERMISSION_DENIED");
  CHECK(!bench.asked);
  bench.held = {"payments:refund"};
  CHECK(codeOf(bench.create("Bearer keyAdmin")) == "NOT_REFUNDABLE");
  CHECK(bench.asked);
}

TEST_CASE("refunds: a key, an amount and a reason are needed", "[http][payment]") {
  RefundBench bench;
  const auto keyless = bench.create("Bearer keyAdmin", kRefundBody, "");
  CHECK(codeOf(keyless) == "REQUIRED");
  CHECK(nlohmann::json::parse(keyless.body)["error"]["field"] == "Idempotency-Key");
  for (const auto* body :
       {"", R"({"reason":"x"})", R"({"amount":{"value":"5000.00","currency":"IDR"}})",
        R"({"amount":{"value":"0.00","currency":"IDR"},"reason":"x"})",
        R"({"amount":{"value":"5000.00","currency":"IDR"},"reason":" "})",
        R"({"amount":{"value":"5000.00","currency":"IDR"},"reason":"x","payment_id":"1"})"}) {
    INFO(body);
    CHECK(bench.create("Bearer keyAdmin", body).status == 400);
  }
  CHECK(!bench.asked);
}

TEST_CASE("refunds: where there is no bank there are none", "[http][payment]") {
  RefundBench bench;
  bench.enabled = false;
  const auto answer = bench.create("Bearer keyAdmin");
  CHECK(answer.status == 503);
  CHECK(codeOf(answer) == "PAYMENTS_DISABLED");
  CHECK(!bench.asked);
}

TEST_CASE("refunds: a list takes a page and no filter", "[http][payment]") {
  RefundBench bench;
  const auto list = [&bench](const std::string& query) {
    return bench.call(HttpMethod::get, std::string(kRefundsOfOne) + query, {{"Authorization", "Bearer good"}})
        .status;
  };
  CHECK(list("?limit=200&cursor=abc") == 409);
  for (const auto* query : {"?limit=201", "?limit=0", "?status=failed", "?payment_id=1"}) {
    INFO(query);
    CHECK(list(query) == 400);
  }
}

TEST_CASE("refunds: the document says that people are refused, and that it may be sent again",
          "[http][payment]") {
  RefundBench bench;
  const auto document = nlohmann::json::parse(openApiDocument(bench.routes, {.title = "T", .version = "1"}));
  const auto& paths = document["paths"];
  const auto& create = paths["/api/payment/payments/{id}/refunds"]["post"];
  CHECK(create["x-permission"] == "payments:refund");
  CHECK(create["description"].get<std::string>().ends_with(
      "Requires a machine's key with the permission `payments:refund`; people are refused."));
  CHECK(create["security"] == nlohmann::json::parse(R"([{"bearer":[]}])"));
  const auto& made = create["responses"]["201"];
  CHECK(made["headers"].contains("Idempotent-Replayed"));
  CHECK(made["content"]["application/json"]["schema"]["$ref"] == "#/components/schemas/Refund");
  CHECK(create["x-error-codes"]["409"] == nlohmann::json{"NOT_REFUNDABLE", "REFUND_EXCEEDS_BALANCE"});
  CHECK(create["x-error-codes"]["422"] == nlohmann::json{"IDEMPOTENCY_MISMATCH", "AMOUNT_NOT_WHOLE"});
  for (const auto* path : {"/api/payment/payments/{id}/refunds", "/api/payment/refunds/{id}"}) {
    INFO(path);
    CHECK(paths[path]["get"]["x-key-permission"] == "payments:read");
    CHECK(paths[path]["get"]["x-impersonation"] == "allowed");
  }
}
