#include "http/routing/requestDispatcher.hpp"

#include <catch2/catch_test_macros.hpp>
#include <nlohmann/json.hpp>
#include <set>
#include <stdexcept>

#include "actors/runtime/auditNote.hpp"
#include "http/routing/openApiDocument.hpp"
#include "http/server/waitRule.hpp"

using namespace ks;

namespace {

class FixedClock final : public ClockInterface {
 public:
  TimePoint now() const override { return TimePoint(std::chrono::milliseconds(1770114645123)); }
};
class ZeroSource final : public RandomSourceInterface {
 public:
  void fill(std::span<std::byte> bytes) override {
    for (auto& byte : bytes) {
      byte = std::byte{7};
    }
  }
};

struct NameInput {
  std::string name;
};
struct PageQuery {
  int limit = 50;
};
struct IdPath {
  Uuid id;
};

const ObjectSchema<NameInput>& nameSchema() {
  static const auto schema =
      ObjectSchema<NameInput>("NameInput").field("name", &NameInput::name, rules().length(1, 5));
  return schema;
}
const ObjectSchema<PageQuery>& pageSchema() {
  static const auto schema = ObjectSchema<PageQuery>("PageQuery")
                                 .field("limit", &PageQuery::limit, rules().range(1, 200).optional());
  return schema;
}
const ObjectSchema<IdPath>& idSchema() {
  static const auto schema = ObjectSchema<IdPath>("IdPath").field("id", &IdPath::id);
  return schema;
}

struct Bench {
  FixedClock clock;
  ZeroSource random;
  UuidGenerator ids{clock, random};
  AdmissionGate gate{4};
  RequestMetrics metrics;
  EventInbox inbox{ids};
  RefusalTrail refusals{inbox, ids, clock};
  RouteTable routes;
  std::string seenIp;
  std::string seenToken;

  void add(HttpMethod method, std::string path, std::string id, RouteAccess access) {
    RouteSpec spec{.method = method,
                   .path = std::move(path),
                   .operationId = std::move(id),
                   .summary = "s",
                   .tag = "t",
                   .access = std::move(access)};
    routes.add(std::move(spec), noInput(), {noContent("Done")}, [this](const RequestCall<>& call) {
      seenIp = call.context.client.ip;
      return HttpResponse::empty();
    });
  }
  Bench() {
    add(HttpMethod::get, "/open", "open", RouteAccess::open());
    add(HttpMethod::get, "/me", "me", RouteAccess::signedIn());
    add(HttpMethod::post, "/me/logout", "logout", RouteAccess::signedIn());
    add(HttpMethod::get, "/admin", "admin", RouteAccess::needs("monitoring:read"));
    add(HttpMethod::post, "/me/factor", "factor", RouteAccess::signedIn().recent());
    add(HttpMethod::post, "/admin/roles", "roles", RouteAccess::needs("monitoring:read").recent());
    add(HttpMethod::post, "/admin/person", "person",
        RouteAccess::needs("monitoring:read").recent().byPeople());
    add(HttpMethod::get, "/admin/both", "both", RouteAccess::needs("monitoring:read").with("audit:read"));
    routes.add({.method = HttpMethod::put,
                .path = "/things/{id}",
                .operationId = "putThing",
                .summary = "s",
                .tag = "t",
                .errors = {ErrorCode::userNotFound},
                .bodyLimit = 100},
               bodyInput(nameSchema()).withPath(idSchema()).withQuery(pageSchema()),
               {output(200, "It", nameSchema())}, [](const RequestCall<NameInput, PageQuery, IdPath>& call) {
                 return HttpResponse::json(200, nameSchema(),
                                           NameInput{call.body.name + std::to_string(call.query.limit)});
               });
    add(HttpMethod::get, "/things/special", "special", RouteAccess::open());
    addImpersonation(HttpMethod::post, "/me/stop", "stop", ImpersonationRule::open);
    addImpersonation(HttpMethod::get, "/me/secrets", "secrets", ImpersonationRule::closed);
  }
  void addImpersonation(HttpMethod method, std::string path, std::string id, ImpersonationRule rule) {
    routes.add({.method = method,
                .path = std::move(path),
                .operationId = std::move(id),
                .summary = "s",
                .tag = "t",
                .access = RouteAccess::signedIn(),
                .impersonation = rule},
               noInput(), {noContent("Done")}, [](const RequestCall<>&) { return HttpResponse::empty(); });
  }

  AuditEvent eventOf(std::string action) {
    AuditEvent event;
    event.id = ids.next();
    event.action = std::move(action);
    return event;
  }

  HttpResponse call(HttpMethod method, std::string_view target,
                    std::vector<std::pair<std::string_view, std::string_view>> headers = {},
                    std::string_view body = {}, bool overUnix = true) {
    DispatcherConfig config{&clock, &ids, &gate, &metrics, {}};
    config.authentication.authenticate = [this](std::string_view token,
                                                const RequestContext&) -> Result<Authenticated> {
      seenToken = token;
      const std::set<std::string_view> known = {"good", "admin", "weakAdmin",  "keyAdmin", "stale",
                                                "weak", "moved", "staleAdmin", "ownKey",   "acting"};
      if (!known.contains(token)) {
        return ErrorCode::tokenExpired;
      }
      auto principal = std::make_shared<Principal>();
      principal->userId = *Uuid::parse("01890000-0000-7000-8000-000000000001");
      if (token.ends_with("dmin") || token == "ownKey") {
        principal->permissions = {"monitoring:read"};
      }
      if (token == "keyAdmin") {
        principal->keyId = principal->userId;
      } else if (token == "ownKey") {
        principal->keyId = *Uuid::parse("01890000-0000-7000-8000-000000000002");
      }
      if (token == "acting") {
        principal->impersonatorId = principal->userId;
      }
      principal->assuranceLevel = token == "admin" || token == "staleAdmin" ? 2 : 1;
      principal->authenticatedAt = clock.now() - std::chrono::minutes{token.starts_with("stale") ? 11 : 9};
      auto user = std::make_shared<UserRecord>();
      principal->deviceChanged = token == "moved";
      user->mfaEnabled = token == "weak";
      return Authenticated{principal, user, TokenTransport::bearer};
    };
    config.refusals = &refusals;
    config.authentication.clock = &clock;
    config.authentication.csrf = [](const Principal&, std::string_view token) { return token == "csrf"; };
    config.authentication.sameDevice = [](const Authenticated&, const ClientInfo&) { return true; };
    config.authentication.trustedOrigins = [] { return std::vector<std::string>{"https://app.example.org"}; };
    RequestDispatcher dispatcher(routes, config);
    HttpRequest request;
    request.method = method;
    request.target = target;
    request.headers = std::move(headers);
    request.body = body;
    request.overUnixSocket = overUnix;
    request.peerAddress = overUnix ? "" : "::ffff:10.1.2.3";
    return dispatcher.dispatch(request);
  }
};

std::string header(const HttpResponse& answer, std::string_view name) {
  for (const auto& [key, value] : answer.headers) {
    if (key == name) {
      return value;
    }
  }
  return {};
}

std::string codeOf(const HttpResponse& answer) {
  return nlohmann::json::parse(answer.body)["error"]["code"].get<std::string>();
}

constexpr std::string_view kThing = "/things/01890000-0000-7000-8000-000000000001";

}  // namespace

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

  const auto paths =
      nlohmann::json::parse(openApiDocument(bench.routes, {.title = "T", .version = "1"}))["paths"];
  CHECK(paths["/me"]["get"]["x-impersonation"] == "allowed");
  CHECK(paths["/me/logout"]["post"]["x-impersonation"] == "refused");
  const std::string refusals = paths["/me/secrets"]["get"]["responses"]["403"]["description"];
  CHECK(refusals.find("IMPERSONATION_DENIED") != std::string::npos);
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
          "ETag, Retry-After, X-Next-Cursor, X-Request-ID");
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
        "Authorization, Content-Type, If-Match, X-CSRF-Token, X-Request-ID");
  CHECK(header(preflight, "Access-Control-Max-Age") == "600");
  CHECK(header(preflight, "Vary").find("Access-Control-Request-Method") != std::string::npos);
  const auto foreign = bench.call(HttpMethod::options, kThing, {{"Origin", "https://evil.example"}, asks});
  CHECK(header(foreign, "Access-Control-Allow-Methods").empty());
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

TEST_CASE("mistakes in the table are found when it is built", "[http][routes]") {
  Bench bench;
  CHECK_THROWS_AS(bench.add(HttpMethod::get, "/open", "other", RouteAccess::open()), std::logic_error);
  CHECK_THROWS_AS(bench.add(HttpMethod::get, "/other", "open", RouteAccess::open()), std::logic_error);
  CHECK_THROWS_AS(bench.add(HttpMethod::get, "/x/{id}", "x", RouteAccess::open()), std::logic_error);
  CHECK_THROWS_AS(bench.add(HttpMethod::get, "nope", "nope", RouteAccess::open()), std::logic_error);
}

TEST_CASE("the OpenAPI document describes the table", "[http][openapi]") {
  Bench bench;
  const auto document = nlohmann::json::parse(openApiDocument(bench.routes, {.title = "T", .version = "1"}));
  CHECK(document["openapi"] == "3.1.0");
  const auto& put = document["paths"]["/things/{id}"]["put"];
  CHECK(put["operationId"] == "putThing");
  CHECK(put["requestBody"]["content"]["application/json"]["schema"]["$ref"] ==
        "#/components/schemas/NameInput");
  CHECK(put["parameters"][0]["in"] == "path");
  CHECK(put["parameters"][0]["schema"]["format"] == "uuid");
  CHECK(put["parameters"][1]["schema"]["maximum"] == 200);
  CHECK(put["responses"]["404"]["description"] == "USER_NOT_FOUND");
  CHECK(document["components"]["schemas"]["NameInput"]["properties"]["name"]["maxLength"] == 5);
  CHECK(document["paths"]["/admin"]["get"]["x-permission"] == "monitoring:read");
  CHECK(document["paths"]["/me/logout"]["post"]["security"].size() == 2);
  const auto codes = document["components"]["schemas"]["ErrorCode"]["enum"];
  CHECK(codes.size() == static_cast<std::size_t>(ErrorCode::last_) - 1);
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
  bench.routes.add({.path = "/waits", .operationId = "waits", .summary = "s", .tag = "t"}, noInput(),
                   {noContent("Done")}, [](const RequestCall<>&) -> HttpResponse {
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
                   pathInput(idSchema()), {noContent("Done")},
                   [](const RequestCall<NoInput, NoInput, IdPath>&) { return HttpResponse::empty(); });
  for (const auto& [path, fault] : std::vector<std::pair<std::string, Fault>>{
           {"/there", audited(makeFault(ErrorCode::rankTooLow))},
           {"/known", refusal(makeFault(ErrorCode::factorExists), bench.eventOf("mfa.begin"))}}) {
    bench.routes.add(
        {.method = HttpMethod::post, .path = path, .operationId = path, .summary = "s", .tag = "t"},
        noInput(), {noContent("Done")},
        [fault = fault](const RequestCall<>&) { return HttpResponse(Fault(fault)); });
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
