#include "http/routes/payment/paymentRoutes.hpp"

#include "http/routing/openApiDocument.hpp"
#include "test/unit/http/routing/dispatcherBench.hpp"

namespace {

constexpr std::string_view kPaymentOfOne = "/api/payment/payments/01890000-0000-7000-8000-000000000001";

struct PaymentCall {
  HttpMethod method;
  std::string target;
};
/// All but the methods and what creates.
std::vector<PaymentCall> paymentCalls() {
  const std::string one{kPaymentOfOne};
  return {{HttpMethod::get, "/api/payment/payments"},
          {HttpMethod::get, one},
          {HttpMethod::get, one + "/events"},
          {HttpMethod::get, one + "/refunds"},
          {HttpMethod::get, "/api/payment/refunds/01890000-0000-7000-8000-000000000001"},
          {HttpMethod::post, one + "/cancel"},
          {HttpMethod::post, one + "/sync"}};
}

struct PaymentBench : Bench {
  bool enabled = true;
  bool asked = false;

  PaymentBench() {
    addPaymentRoutes(routes, {.payments = [this]() -> PaymentActor {
                                asked = true;
                                throw FaultAnswer{makeFault(ErrorCode::paymentNotFound)};
                              },
                              .refunds = [this]() -> RefundActor {
                                asked = true;
                                throw FaultAnswer{makeFault(ErrorCode::paymentNotFound)};
                              },
                              .enabled = [this] { return enabled; },
                              .methods =
                                  [] {
                                    return std::vector<OfferedMethod>{
                                        {PaymentMethod::briQris, Money{.minor = 100}, Money{.minor = 500}}};
                                  }});
  }
  HttpResponse as(std::string_view authorization, HttpMethod method, std::string_view target) {
    return call(method, target, {{"Authorization", authorization}});
  }
  HttpResponse create(std::string_view authorization, std::string_view key, const std::string& more = {}) {
    const auto body = R"({"merchant_ref":"1","method":"bri_qris","amount":{"value":"1.00","currency":"IDR"},)"
                      R"("customer_name":"Ann")" +
                      more + "}";
    return call(
        HttpMethod::post, "/api/payment/payments",
        {{"Authorization", authorization}, {"Content-Type", "application/json"}, {"Idempotency-Key", key}},
        body);
  }
};

}  // namespace

TEST_CASE("payments: where there is no bank every route says so, and there are no methods",
          "[http][payment]") {
  PaymentBench bench;
  bench.enabled = false;
  for (const auto& [method, target] : paymentCalls()) {
    INFO(target);
    const auto answer = bench.as("Bearer good", method, target);
    CHECK(answer.status == 503);
    CHECK(codeOf(answer) == "PAYMENTS_DISABLED");
    CHECK(header(answer, "Retry-After") == "300");
  }
  CHECK(codeOf(bench.create("Bearer good", "k")) == "PAYMENTS_DISABLED");
  CHECK(!bench.asked);
  const auto methods = bench.as("Bearer good", HttpMethod::get, "/api/payment/methods");
  CHECK(methods.status == 200);
  CHECK(nlohmann::json::parse(methods.body)["data"].empty());
}

TEST_CASE("payments: the methods with their limits", "[http][payment]") {
  PaymentBench bench;
  const auto answer = bench.as("Bearer good", HttpMethod::get, "/api/payment/methods");
  const auto method = nlohmann::json::parse(answer.body)["data"][0];
  CHECK(method["method"] == "bri_qris");
  CHECK(method["least"] == nlohmann::json{{"value", "1.00"}, {"currency", "IDR"}});
  CHECK(method["most"]["value"] == "5.00");
}

TEST_CASE("payments: people need no permission, keys one, impersonators read only", "[http][payment]") {
  PaymentBench bench;
  for (const auto& [method, target] : paymentCalls()) {
    INFO(target);
    CHECK(codeOf(bench.call(method, target)) == "TOKEN_MISSING");
    for (const auto* key : {"Bearer keyAdmin", "Bearer ownKey"}) {
      CHECK(codeOf(bench.as(key, method, target)) == "PERMISSION_DENIED");
    }
    CHECK(!bench.asked);
    const bool reads = method == HttpMethod::get;
    CHECK(codeOf(bench.as("Bearer acting", method, target)) ==
          (reads ? "PAYMENT_NOT_FOUND" : "IMPERSONATION_DENIED"));
    CHECK(codeOf(bench.as("Bearer good", method, target)) == "PAYMENT_NOT_FOUND");
    bench.asked = false;
  }
  CHECK(codeOf(bench.create("Bearer keyAdmin", "k")) == "PERMISSION_DENIED");
  CHECK(codeOf(bench.create("Bearer acting", "k")) == "IMPERSONATION_DENIED");
  CHECK(codeOf(bench.as("Bearer keyAdmin", HttpMethod::get, "/api/payment/methods")) == "PERMISSION_DENIED");
}

TEST_CASE("payments: what is created has a key, and a person is who pays", "[http][payment]") {
  PaymentBench bench;
  const auto keyless = bench.create("Bearer good", "");
  CHECK(codeOf(keyless) == "REQUIRED");
  CHECK(nlohmann::json::parse(keyless.body)["error"]["field"] == "Idempotency-Key");
  const auto another =
      bench.create("Bearer good", "k", R"(,"user_id":"01890000-0000-7000-8000-000000000001")");
  CHECK(codeOf(another) == "VALIDATION_FAILED");
  CHECK(nlohmann::json::parse(another.body)["error"]["field"] == "user_id");
  CHECK(!bench.asked);
  CHECK(codeOf(bench.create("Bearer good", "k")) == "PAYMENT_NOT_FOUND");
  CHECK(bench.asked);
}

TEST_CASE("payments: what is not offered is refused at the method", "[http][payment]") {
  PaymentBench bench;
  const auto answer = bench.call(
      HttpMethod::post, "/api/payment/payments",
      {{"Authorization", "Bearer good"}, {"Content-Type", "application/json"}, {"Idempotency-Key", "k"}},
      R"({"merchant_ref":"1","method":"bri_va","amount":{"value":"1.00","currency":"IDR"},"customer_name":"Ann"})");
  CHECK(codeOf(answer) == "VALIDATION_FAILED");
  CHECK(nlohmann::json::parse(answer.body)["error"]["field"] == "method");
  CHECK(!bench.asked);
}

TEST_CASE("payments: the document says who may call and what a creation needs", "[http][payment]") {
  PaymentBench bench;
  const auto document = nlohmann::json::parse(openApiDocument(bench.routes, {.title = "T", .version = "1"}));
  const auto& create = document["paths"]["/api/payment/payments"]["post"];
  CHECK(create["x-key-permission"] == "payments:write");
  CHECK(create["x-impersonation"] == "refused");
  CHECK(create["responses"]["201"]["headers"].contains("Idempotent-Replayed"));
  CHECK(create["responses"]["201"]["headers"].contains("ETag"));
  CHECK(create["x-error-codes"]["422"] == nlohmann::json{"IDEMPOTENCY_MISMATCH", "AMOUNT_NOT_WHOLE"});
  const auto& list = document["paths"]["/api/payment/payments"]["get"];
  CHECK(list["x-key-permission"] == "payments:read");
  CHECK(list["x-impersonation"] == "allowed");
  const auto& money = document["components"]["schemas"]["Money"];
  CHECK(money["properties"]["value"]["type"] == "string");
  CHECK(money["properties"]["value"]["pattern"] == "^[0-9]{1,16}\\.[0-9]{2}$");
  CHECK(money["properties"]["currency"]["enum"] == nlohmann::json{"IDR"});
  CHECK(document["paths"]["/api/payment/payments/{id}/sync"]["post"]["x-error-codes"]["504"] ==
        nlohmann::json{"TIMEOUT", "GATEWAY_TIMEOUT"});
}
