#include "http/routes/payment/bankNoticeRoutes.hpp"

#include "http/routing/openApiDocument.hpp"
#include "test/unit/http/routing/dispatcherBench.hpp"

namespace {

constexpr std::pair<std::string_view, std::string_view> kNoticeRoutes[] = {
    {"/api/payment/bri/snap/v1.0/access-token/b2b", "73"},
    {"/api/payment/bri/snap/v1.0/transfer-va/notify-payment-intrabank", "34"},
    {"/api/payment/bri/snap/v1.0/transfer-va/inquiry", "24"},
    {"/api/payment/bri/snap/v1.0/transfer-va/payment", "25"},
    {"/api/payment/bri/snap/v1.1/qr/qr-mpm-notify", "52"}};

/// All places for those that wait are taken, so no actor is asked.
struct NoticeBench : Bench {
  bool enabled = true;
  int asked = 0;
  std::vector<AdmissionGate::Pass> places;

  NoticeBench() {
    addBankNoticeRoutes(routes, {.notices = [this]() -> BankNoticeActor {
                                   ++asked;
                                   return {};
                                 },
                                 .enabled = [this] { return enabled; }});
    places.reserve(gate.limit());
    for (std::size_t i = 0; i < gate.limit(); ++i) {
      places.push_back(gate.enter());
    }
  }
  HttpResponse post(std::string_view target, std::string_view body,
                    std::string_view type = "application/json") {
    return call(HttpMethod::post, target, {{"Content-Type", type}}, body);
  }
};

}  // namespace

TEST_CASE("bank notices: trouble of ours is 500 in the bank's form, whatever the body is",
          "[http][payment]") {
  NoticeBench bench;
  for (const auto& [target, service] : kNoticeRoutes) {
    for (const std::string_view body : {"{}", "{ no JSON", "[1]", ""}) {
      const auto answer = bench.post(target, body);
      CHECK(answer.status == 500);
      CHECK(answer.contentType == "application/json");
      CHECK(answer.body ==
            R"({"responseCode":"500)" + std::string(service) + R"(00","responseMessage":"General Error"})");
    }
  }
  CHECK(bench.asked == 20);
}

TEST_CASE("bank notices: where they are not taken there are no such routes", "[http][payment]") {
  NoticeBench bench;
  bench.enabled = false;
  for (const auto& [target, service] : kNoticeRoutes) {
    CHECK(bench.post(target, "{}").status == 404);
  }
  CHECK(bench.asked == 0);
}

TEST_CASE("bank notices: what is too long or no POST ends before; a media type is not looked at",
          "[http][payment]") {
  NoticeBench bench;
  for (const auto& [target, service] : kNoticeRoutes) {
    CHECK(bench.post(target, std::string(65 * 1024, ' ')).status == 413);
    CHECK(bench.call(HttpMethod::get, target).status == 405);
  }
  CHECK(bench.asked == 0);
  // It is not signed, and a definite no has the bank give the money back.
  for (const auto& [target, service] : kNoticeRoutes) {
    CHECK(bench.post(target, "{}", "text/plain").status != 415);
  }
  CHECK(bench.asked == static_cast<int>(std::size(kNoticeRoutes)));
  CHECK(openApiDocument(bench.routes, {"", "", "", "/"}).find("/api/payment/bri") == std::string::npos);
}
