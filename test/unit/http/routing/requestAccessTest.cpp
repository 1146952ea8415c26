// Who may call, from where.
#include <algorithm>

#include "dispatcherBench.hpp"
#include "http/routing/openApiDocument.hpp"

TEST_CASE("access by bearer and by cookie", "[http][dispatch]") {
  Bench bench;
  auto answer = bench.call(HttpMethod::get, "/me");
  CHECK(codeOf(answer) == "TOKEN_MISSING");
  CHECK(header(answer, "WWW-Authenticate") == "Bearer");
  answer = bench.call(HttpMethod::get, "/me", {{"Authorization", "bearer good"}});
  CHECK(answer.status == 204);
  CHECK(header(answer, "X-User-ID") == "01890000-0000-7000-8000-000000000001");
  CHECK(codeOf(bench.call(HttpMethod::get, "/me", {{"Authorization", "Basic good"}})) == "TOKEN_INVALID");
  CHECK(codeOf(bench.call(HttpMethod::get, "/me", {{"Authorization", "Bearer old"}})) == "TOKEN_EXPIRED");
  CHECK(bench.call(HttpMethod::get, "/me", {{"Cookie", "a=b; __Host-ks_at=good"}}).status == 204);
  CHECK(codeOf(bench.call(HttpMethod::get, "/admin", {{"Authorization", "Bearer good"}})) ==
        "PERMISSION_DENIED");
  CHECK(bench.call(HttpMethod::get, "/admin", {{"Authorization", "Bearer admin"}}).status == 204);
  CHECK(bench.call(HttpMethod::get, "/admin", {{"Authorization", "Bearer keyAdmin"}}).status == 204);
  CHECK(codeOf(bench.call(HttpMethod::get, "/admin", {{"Authorization", "Bearer weakAdmin"}})) ==
        "MFA_REQUIRED");
  const auto factor = [&](std::string_view authorization) {
    return bench.call(HttpMethod::post, "/me/factor", {{"Authorization", authorization}});
  };
  CHECK(factor("Bearer good").status == 204);
  CHECK(codeOf(factor("Bearer stale")) == "REAUTH_REQUIRED");
  const auto weak = factor("Bearer weak");
  CHECK(codeOf(weak) == "STEP_UP_REQUIRED");
  CHECK(nlohmann::json::parse(weak.body)["error"]["methods"] == nlohmann::json{"totp"});
  const auto moved = factor("Bearer moved");
  CHECK(codeOf(moved) == "STEP_UP_REQUIRED");
  CHECK(codeOf(factor("Bearer keyAdmin")) == "PERMISSION_DENIED");
  const auto post = [&](std::string_view target, std::string_view authorization) {
    const auto said = bench.call(HttpMethod::post, target, {{"Authorization", authorization}});
    return said.status == 204 ? std::string("fine") : codeOf(said);
  };
  CHECK(post("/admin/roles", "Bearer admin") == "fine");
  CHECK(post("/admin/roles", "Bearer staleAdmin") == "REAUTH_REQUIRED");
  CHECK(post("/admin/roles", "Bearer keyAdmin") == "fine");  // a machine shows its key each time
  CHECK(post("/admin/roles", "Bearer ownKey") == "MFA_REQUIRED");
  CHECK(post("/admin/person", "Bearer admin") == "fine");
  CHECK(post("/admin/person", "Bearer staleAdmin") == "REAUTH_REQUIRED");
  CHECK(post("/admin/person", "Bearer keyAdmin") == "PERMISSION_DENIED");
  CHECK(codeOf(bench.call(HttpMethod::get, "/admin/both", {{"Authorization", "Bearer admin"}})) ==
        "PERMISSION_DENIED");
}

TEST_CASE("keys need a permission where a person's own session needs none", "[http][dispatch]") {
  Bench bench;
  const auto add = [&](const char* path, const char* permission) {
    bench.routes.add({.path = path,
                      .operationId = path,
                      .summary = "s",
                      .tag = "t",
                      .access = RouteAccess::signedIn(),
                      .keysNeed = permission},
                     noContent("Done"), [](const RequestCall<>&) { return Done{}; });
  };
  add("/held", "monitoring:read");
  add("/missing", "audit:read");
  const auto get = [&](std::string_view path, std::string_view authorization) {
    const auto answer = bench.call(HttpMethod::get, path, {{"Authorization", authorization}});
    return answer.status == 204 ? std::string("fine") : codeOf(answer);
  };
  for (const auto* path : {"/held", "/missing"}) {
    CHECK(get(path, "Bearer good") == "fine");
    CHECK(get(path, "Bearer acting") == "fine");
  }
  for (const auto* key : {"Bearer keyAdmin", "Bearer ownKey"}) {
    CHECK(get("/held", key) == "fine");
    CHECK(get("/missing", key) == "PERMISSION_DENIED");
    CHECK(get("/me", key) == "PERMISSION_DENIED");
  }
  CHECK(bench.call(HttpMethod::get, "/missing", {{"Authorization", "Bearer keyAdmin"}})
            .fault->message.find("audit:read") != std::string::npos);
  CHECK(codeOf(bench.call(HttpMethod::get, "/held", {{"Cookie", "__Host-ks_at=keyAdmin"}})) ==
        "TOKEN_INVALID");
  const auto refused = bench.inbox.next();
  REQUIRE(!refused->audit.empty());
  CHECK(refused->audit.front().reason == "permission_denied");
  CHECK(refused->audit.front().targetId == "GET /missing");

  const auto document = nlohmann::json::parse(openApiDocument(bench.routes, {.title = "T", .version = "1"}));
  const auto& operation = document["paths"]["/missing"]["get"];
  CHECK(operation["x-key-permission"] == "audit:read");
  CHECK(!operation.contains("x-permission"));
  CHECK(operation["description"] == "Requires a sign-in, or a key with the permission `audit:read`.");
  CHECK_THROWS_AS(bench.routes.add({.path = "/x",
                                    .operationId = "x",
                                    .summary = "s",
                                    .tag = "t",
                                    .access = RouteAccess::needs("audit:read"),
                                    .keysNeed = "audit:read"},
                                   noContent("Done"), [](const RequestCall<>&) { return Done{}; }),
                  std::logic_error);
}

TEST_CASE("what is for machines is for their keys alone", "[http][dispatch]") {
  Bench bench;
  bench.add(HttpMethod::post, "/machines", "machines", RouteAccess::needs("monitoring:read").byMachines());
  const auto post = [&](std::vector<std::pair<std::string_view, std::string_view>> headers) {
    const auto answer = bench.call(HttpMethod::post, "/machines", std::move(headers));
    return answer.status == 204 ? std::string("fine") : codeOf(answer);
  };
  CHECK(post({{"Authorization", "Bearer keyAdmin"}}) == "fine");
  for (const auto* person :
       {"Bearer admin", "Bearer weakAdmin", "Bearer staleAdmin", "Bearer good", "Bearer ownKey"}) {
    INFO(person);
    CHECK(post({{"Authorization", person}}) == "PERMISSION_DENIED");
  }
  CHECK(post({{"Cookie", "__Host-ks_at=admin"}}) == "PERMISSION_DENIED");
  CHECK(post({{"Cookie", "__Host-ks_at=keyAdmin"}}) == "TOKEN_INVALID");
  CHECK(post({{"Authorization", "Bearer acting"}}) == "IMPERSONATION_DENIED");
  CHECK(post({}) == "TOKEN_MISSING");
  bench.held = {"audit:read"};
  CHECK(post({{"Authorization", "Bearer keyAdmin"}}) == "PERMISSION_DENIED");

  const auto document = nlohmann::json::parse(openApiDocument(bench.routes, {.title = "T", .version = "1"}));
  const auto& operation = document["paths"]["/machines"]["post"];
  CHECK(operation["description"] ==
        "Requires a machine's key with the permission `monitoring:read`; people are refused.");
  CHECK(operation["x-permission"] == "monitoring:read");
  CHECK(operation["security"] == nlohmann::json::parse(R"([{"bearer":[]}])"));
  CHECK(operation["x-error-codes"]["403"] ==
        nlohmann::json{"ACCOUNT_SUSPENDED", "PERMISSION_DENIED", "IMPERSONATION_DENIED"});
  CHECK(!operation.contains("parameters"));
  for (const auto& access :
       {RouteAccess::signedIn().byMachines(), RouteAccess::needs("x").byPeople().byMachines()}) {
    CHECK_THROWS_AS(bench.add(HttpMethod::post, "/nobody", "nobody", access), std::logic_error);
  }
}

TEST_CASE("who acts as another user reads, and does what a route allows by its own word",
          "[http][dispatch]") {
  Bench bench;
  const auto act = [&](HttpMethod method, std::string_view path) {
    const auto answer = bench.call(method, path, {{"Authorization", "Bearer acting"}});
    return answer.status == 204 ? std::string("fine") : codeOf(answer);
  };
  CHECK(act(HttpMethod::get, "/me") == "fine");
  CHECK(act(HttpMethod::post, "/me/stop") == "fine");
  CHECK(act(HttpMethod::post, "/me/logout") == "IMPERSONATION_DENIED");
  CHECK(act(HttpMethod::get, "/me/secrets") == "IMPERSONATION_DENIED");
  CHECK(bench.call(HttpMethod::get, "/me/secrets", {{"Authorization", "Bearer good"}}).status == 204);
  RouteSpec stream;
  stream.streams = true;
  CHECK(!impersonatorMayCall(stream));

  const auto document = nlohmann::json::parse(openApiDocument(bench.routes, {.title = "T", .version = "1"}));
  const auto& paths = document["paths"];
  CHECK(paths["/me"]["get"]["x-impersonation"] == "allowed");
  CHECK(paths["/me/logout"]["post"]["x-impersonation"] == "refused");
  const auto refusals = paths["/me/secrets"]["get"]["x-error-codes"]["403"];
  CHECK(std::find(refusals.begin(), refusals.end(), "IMPERSONATION_DENIED") != refusals.end());
}

TEST_CASE("unsafe methods by cookie need the same origin and the CSRF token", "[http][dispatch]") {
  Bench bench;
  const std::pair<std::string_view, std::string_view> cookie{"Cookie", "__Host-ks_at=good"};
  const std::pair<std::string_view, std::string_view> token{"X-CSRF-Token", "csrf"};
  const auto logout = [&](std::vector<std::pair<std::string_view, std::string_view>> headers) {
    const auto answer = bench.call(HttpMethod::post, "/me/logout", std::move(headers));
    return answer.status == 204 ? std::string("fine") : codeOf(answer);
  };
  CHECK(logout({cookie}) == "ORIGIN_DENIED");
  CHECK(logout({cookie, token}) == "ORIGIN_DENIED");
  CHECK(logout({cookie, token, {"Sec-Fetch-Site", "cross-site"}}) == "ORIGIN_DENIED");
  CHECK(logout({cookie, token, {"Sec-Fetch-Site", "same-site"}}) == "ORIGIN_DENIED");
  CHECK(logout({cookie, {"Sec-Fetch-Site", "same-origin"}}) == "CSRF_FAILED");
  CHECK(logout({cookie, {"X-CSRF-Token", "wrong"}, {"Sec-Fetch-Site", "same-origin"}}) == "CSRF_FAILED");
  CHECK(logout({cookie, token, {"Sec-Fetch-Site", "same-origin"}}) == "fine");
  CHECK(logout({cookie, token, {"Host", "k.example"}, {"Origin", "https://k.example"}}) == "fine");
  CHECK(logout({cookie, token, {"Host", "k.example"}, {"Origin", "https://evil.example"}}) ==
        "ORIGIN_DENIED");
  CHECK(logout({cookie, token, {"Host", "k.example"}, {"Origin", "null"}}) == "ORIGIN_DENIED");
  CHECK(logout({cookie, token, {"Origin", "https://app.example.org"}}) == "fine");
  CHECK(logout({{"Authorization", "Bearer good"}}) == "fine");
}

TEST_CASE("trusted origins may read answers, others are told nothing", "[http][dispatch]") {
  Bench bench;
  const std::pair<std::string_view, std::string_view> trusted{"Origin", "https://app.example.org"};
  for (const auto* path : {"/open", "/nothing", "/me"}) {
    const auto answer = bench.call(HttpMethod::get, path, {trusted});
    CHECK(header(answer, "Access-Control-Allow-Origin") == "https://app.example.org");
    CHECK(header(answer, "Access-Control-Allow-Credentials") == "true");
    CHECK(header(answer, "Access-Control-Expose-Headers") ==
          "ETag, Idempotent-Replayed, Retry-After, X-Next-Cursor, X-Request-ID");
    CHECK(header(answer, "Vary") == "Origin");
  }
  for (const auto* origin : {"https://app.example.org.evil.example", "http://app.example.org", "null", "*"}) {
    const auto answer = bench.call(HttpMethod::get, "/open", {{"Origin", origin}});
    CHECK(answer.status == 204);
    CHECK(header(answer, "Access-Control-Allow-Origin").empty());
    CHECK(header(answer, "Access-Control-Allow-Credentials").empty());
    CHECK(header(answer, "Vary") == "Origin");
  }
  CHECK(header(bench.call(HttpMethod::get, "/open"), "Vary") == "Origin");

  const std::pair<std::string_view, std::string_view> asks{"Access-Control-Request-Method", "PUT"};
  const auto preflight = bench.call(HttpMethod::options, kThing, {trusted, asks});
  CHECK(preflight.status == 204);
  CHECK(header(preflight, "Access-Control-Allow-Origin") == "https://app.example.org");
  CHECK(header(preflight, "Access-Control-Allow-Methods") == "PUT, OPTIONS");
  CHECK(header(preflight, "Access-Control-Allow-Headers") ==
        "Authorization, Content-Type, Idempotency-Key, If-Match, X-CSRF-Token, X-Request-ID");
  CHECK(header(preflight, "Access-Control-Max-Age") == "600");
  CHECK(header(preflight, "Vary").find("Access-Control-Request-Method") != std::string::npos);
  const auto foreign = bench.call(HttpMethod::options, kThing, {{"Origin", "https://evil.example"}, asks});
  CHECK(header(foreign, "Access-Control-Allow-Methods").empty());
}
