#include "actors/runtime/auditNote.hpp"
#include "dispatcherBench.hpp"
#include "http/server/waitRule.hpp"

TEST_CASE("typed inputs arrive, and all their faults together", "[http][dispatch]") {
  Bench bench;
  const std::pair<std::string_view, std::string_view> json{"content-type", "application/json; charset=UTF-8"};
  auto answer = bench.call(HttpMethod::put, std::string(kThing) + "?limit=7", {json}, R"({"name":"ann"})");
  CHECK(answer.status == 200);
  CHECK(answer.body == R"({"name":"ann7"})");
  CHECK(header(answer, "X-Route") == "/things/{id}");
  answer = bench.call(HttpMethod::put, "/things/nonsense?limit=0&more=1", {json}, R"({"name":""})");
  CHECK(answer.status == 400);
  const auto body = nlohmann::json::parse(answer.body);
  CHECK(body["error"]["code"] == "VALIDATION_FAILED");
  CHECK(body["error"]["details"].size() == 4);
  CHECK(body["timestamp"] == "2026-02-03T10:30:45.123Z");
  CHECK(body["request_id"] == header(answer, "X-Request-ID"));
  answer = bench.call(HttpMethod::put, kThing, {}, "");
  CHECK(codeOf(answer) == "REQUIRED");
  CHECK(codeOf(bench.call(HttpMethod::put, kThing, {json}, "{")) == "MALFORMED_JSON");
  CHECK(codeOf(bench.call(HttpMethod::put, kThing, {{"Content-Type", "text/plain"}}, "{}")) ==
        "UNSUPPORTED_MEDIA_TYPE");
  CHECK(codeOf(bench.call(HttpMethod::put, kThing, {json}, std::string(101, ' '))) == "PAYLOAD_TOO_LARGE");
  CHECK(codeOf(bench.call(HttpMethod::get, "/open?x=%zz")) == "BAD_REQUEST");
  answer = bench.call(HttpMethod::get, "/open?x=1");
  CHECK(codeOf(answer) == "UNKNOWN_FIELD");
  CHECK(nlohmann::json::parse(answer.body)["error"]["field"] == "x");
}

TEST_CASE("paths", "[http][dispatch]") {
  Bench bench;
  CHECK(bench.call(HttpMethod::get, "/things/special").status == 204);
  CHECK(bench.call(HttpMethod::get, "/open").status == 204);
  CHECK(bench.call(HttpMethod::head, "/open").status == 204);
  CHECK(bench.call(HttpMethod::get, "/open/").status == 404);
  CHECK(bench.call(HttpMethod::get, "//open").status == 404);
  CHECK(bench.call(HttpMethod::get, "/").status == 404);
  CHECK(bench.call(HttpMethod::get, "/things/%00").status == 405);
  CHECK(bench.call(HttpMethod::put, "/things/%00").status == 404);
  CHECK(bench.call(HttpMethod::get, "/things/x/y").status == 404);
  CHECK(header(bench.call(HttpMethod::del, "/open"), "Allow") == "GET, HEAD, OPTIONS");
}

TEST_CASE("X-Real-IP counts only over the Unix socket", "[http][dispatch]") {
  Bench bench;
  std::ignore = bench.call(HttpMethod::get, "/open", {{"X-Real-IP", "2001:DB8::0:1"}}, {}, true);
  CHECK(bench.seenIp == "2001:db8::1");
  std::ignore = bench.call(HttpMethod::get, "/open", {{"X-Real-IP", "8.8.8.8"}}, {}, false);
  CHECK(bench.seenIp == "10.1.2.3");
  std::ignore = bench.call(HttpMethod::get, "/open", {{"X-Real-IP", "nonsense"}}, {}, true);
  CHECK(bench.seenIp.empty());
}

TEST_CASE("request ids are taken when well-formed, else made", "[http][dispatch]") {
  Bench bench;
  CHECK(header(bench.call(HttpMethod::get, "/open", {{"x-request-id", "A-z_0.9"}}), "X-Request-ID") ==
        "A-z_0.9");
  const std::string tooLong(65, 'a');
  for (const std::string& bad : {std::string(""), tooLong, std::string("a b"), std::string("a\"b")}) {
    const auto made = header(bench.call(HttpMethod::get, "/open", {{"X-Request-ID", bad}}), "X-Request-ID");
    CHECK(Uuid::parse(made).has_value());
    CHECK(made[14] == '7');
  }
}

TEST_CASE("a draining process refuses", "[http][dispatch]") {
  Bench bench;
  bench.gate.drain();
  const auto answer = bench.call(HttpMethod::get, "/open");
  CHECK(answer.status == 503);
  CHECK(codeOf(answer) == "SHUTTING_DOWN");
  CHECK(header(answer, "Retry-After") == "1");
}

TEST_CASE("requests are counted by route and class", "[http][metrics]") {
  Bench bench;
  std::ignore = bench.call(HttpMethod::get, "/open");
  std::ignore = bench.call(HttpMethod::get, "/nowhere");
  CHECK(bench.metrics.total(2) == 1);
  CHECK(bench.metrics.total(4) == 1);
  PrometheusText out;
  bench.metrics.append(out, bench.routes);
  CHECK(out.text().find("k_http_requests_total{method=\"GET\",route=\"/open\",status=\"2xx\"} 1\n") !=
        std::string::npos);
  CHECK(out.text().find("k_http_requests_total{method=\"\",route=\"none\",status=\"4xx\"} 1\n") !=
        std::string::npos);
}

TEST_CASE("cookies carry the attributes of their prefix", "[http][message]") {
  HttpResponse answer;
  answer.setCookie(kAccessCookie, "abc", std::chrono::seconds(600));
  CHECK(answer.headers[0].second ==
        "__Host-ks_at=abc; Path=/; Max-Age=600; HttpOnly; Secure; SameSite=Strict");
  answer.clearCookie(kAccessCookie);
  CHECK(answer.headers[1].second == "__Host-ks_at=; Path=/; Max-Age=0; HttpOnly; Secure; SameSite=Strict");
}

TEST_CASE("a full process refuses what has to wait, and answers what has not") {
  Bench bench;
  bench.routes.add({.path = "/waits", .operationId = "waits", .summary = "s", .tag = "t"},
                   {noBody(204, "Done")}, [](const RequestCall<>&) -> HttpResponse {
                     const auto refusal = beginWaiting();
                     return refusal == ErrorCode::none ? HttpResponse::empty()
                                                       : HttpResponse(noPlaceFault(refusal));
                   });
  {
    std::vector<AdmissionGate::Pass> held;
    for (std::size_t i = 0; i < bench.gate.limit(); ++i) {
      held.push_back(bench.gate.enter());
    }
    CHECK(codeOf(bench.call(HttpMethod::get, "/waits")) == "OVERLOADED");
    CHECK(bench.call(HttpMethod::get, "/open").status == 204);
  }
  CHECK(bench.call(HttpMethod::get, "/waits").status == 204);
  CHECK(bench.gate.inFlight() == 0);
  bench.gate.drain();
  CHECK(codeOf(bench.call(HttpMethod::get, "/open")) == "SHUTTING_DOWN");
}

TEST_CASE("a refusal is in the audit trail once, by whom and at which route; what is none is not") {
  Bench bench;
  bench.routes.add({.method = HttpMethod::del,
                    .path = "/things/{id}",
                    .operationId = "deleteThing",
                    .summary = "s",
                    .tag = "t",
                    .access = RouteAccess::needs("things:write")},
                   noContent("Done"), [](const IdCall<>&) { return Done{}; });
  for (const auto& [path, fault] : std::vector<std::pair<std::string, Fault>>{
           {"/there", audited(makeFault(ErrorCode::rankTooLow))},
           {"/known", refusal(makeFault(ErrorCode::factorExists), bench.eventOf("mfa.begin"))}}) {
    bench.routes.add(
        {.method = HttpMethod::post, .path = path, .operationId = path, .summary = "s", .tag = "t"},
        noContent("Done"), [fault = fault](const RequestCall<>&) -> Done { throw FaultAnswer{fault}; });
  }
  const std::string thing = "01890000-0000-7000-8000-00000000abcd";
  CHECK(bench.call(HttpMethod::del, "/things/" + thing, {{"Authorization", "Bearer good"}}).status == 403);
  CHECK(bench.call(HttpMethod::post, "/there").status == 403);  // its actor has written it
  CHECK(bench.call(HttpMethod::post, "/known").status == 409);  // its actor says what to write
  CHECK(bench.call(HttpMethod::get, "/me").status == 401);      // nobody claims to be anyone
  CHECK(bench.call(HttpMethod::get, "/me", {{"Authorization", "Bearer old"}}).status == 401);  // expired
  CHECK(bench.call(HttpMethod::get, "/nothing").status == 404);
  CHECK(bench.call(HttpMethod::put, "/things/" + thing, {}, "{}").status == 415);
  CHECK(
      bench
          .call(HttpMethod::post, "/me/logout", {{"Cookie", "__Host-ks_at=good"}, {"X-Real-IP", "192.0.2.7"}})
          .status == 403);
  const auto batch = bench.inbox.next();
  REQUIRE(batch->audit.size() == 3);
  const auto& denied = batch->audit[0];
  CHECK(denied.action == "request.refuse");
  CHECK(denied.reason == "permission_denied");
  CHECK(denied.outcome == AuditOutcome::deny);
  CHECK(denied.actorType == "user");
  CHECK(denied.actorId == "01890000-0000-7000-8000-000000000001");
  CHECK(denied.targetType == "route");
  CHECK(denied.targetId == "DELETE /things/{id}");
  REQUIRE(denied.after.size() == 1);
  CHECK(denied.after[0].second.text == thing);
  CHECK(batch->audit[1].action == "mfa.begin");
  CHECK(batch->audit[2].reason == "origin_denied");
  CHECK(batch->audit[2].ip == "192.0.2.7");
}
