#pragma once
#include <catch2/catch_test_macros.hpp>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "http/routing/requestDispatcher.hpp"

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
struct ThingQuery {
  int limit = 50;
};

inline ObjectSchema<NameInput> schemaFor(Of<NameInput> /*of*/) {
  return ObjectSchema<NameInput>("NameInput", "A name").field("name", &NameInput::name, rules().length(1, 5));
}
inline ObjectSchema<ThingQuery> schemaFor(Of<ThingQuery> /*of*/) {
  return ObjectSchema<ThingQuery>("ThingQuery")
      .field("limit", &ThingQuery::limit, rules().range(1, 200).optional());
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
  std::vector<std::string> held{"monitoring:read"};  ///< by administrators and keys

  void add(HttpMethod method, std::string path, std::string id, RouteAccess access) {
    RouteSpec spec{.method = method,
                   .path = std::move(path),
                   .operationId = std::move(id),
                   .summary = "s",
                   .tag = "t",
                   .access = std::move(access)};
    routes.add(std::move(spec), noContent("Done"), [this](const RequestCall<>& call) {
      seenIp = call.context.client.ip;
      return Done{};
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
               ok("It"), [](const RequestCall<NameInput, ThingQuery, IdPath>& call) {
                 return NameInput{call.body.name + std::to_string(call.query.limit)};
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
               noContent("Done"), [](const RequestCall<>&) { return Done{}; });
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
        principal->permissions = held;
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

inline std::string header(const HttpResponse& answer, std::string_view name) {
  for (const auto& [key, value] : answer.headers) {
    if (key == name) {
      return value;
    }
  }
  return {};
}

inline std::string codeOf(const HttpResponse& answer) {
  return nlohmann::json::parse(answer.body)["error"]["code"].get<std::string>();
}

constexpr std::string_view kThing = "/things/01890000-0000-7000-8000-000000000001";

}  // namespace
