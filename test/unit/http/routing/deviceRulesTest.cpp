// Device rules of routes.
#include <catch2/catch_test_macros.hpp>
#include <memory>
#include <string>
#include <vector>

#include "core/clockInterface.hpp"
#include "http/routing/authentication.hpp"

namespace {

using namespace ks;

struct Caller {
  bool hasFactor = false;
  int assurance = 1;
  bool moved = false;
  bool elsewhere = false;
  bool acting = false;
  bool machine = false;
};

/// The answer to a caller, and whether the device was checked.
struct Reception {
  std::string said = "admitted";
  std::vector<std::string> methods;
  int compared = 0;
};

Reception receive(const Caller& who, HttpMethod method, RouteAccess access) {
  const SystemClock clock;
  Reception reception;
  AuthenticationConfig config;
  config.clock = &clock;
  config.authenticate = [&](std::string_view, const RequestContext&) -> Result<Authenticated> {
    auto principal = std::make_shared<Principal>();
    principal->permissions = {"users:read"};
    principal->assuranceLevel = who.assurance;
    principal->authenticatedAt = clock.now();
    principal->deviceChanged = who.moved;
    if (who.acting) {
      principal->impersonatorId = Uuid{};
    }
    if (who.machine) {
      principal->keyId = Uuid{};
    }
    auto user = std::make_shared<UserRecord>();
    user->mfaEnabled = who.hasFactor;
    return Authenticated{principal, user, TokenTransport::bearer};
  };
  config.sameDevice = [&](const Authenticated&, const ClientInfo&) {
    ++reception.compared;
    return !who.elsewhere;
  };
  HttpRequest request;
  request.method = method;
  request.headers = {{"Authorization", "Bearer x"}};
  RouteSpec route{.method = method, .path = "/x", .access = std::move(access)};
  route.impersonation = ImpersonationRule::open;
  RequestContext context;
  auto admitted = admitCaller(config, route, request, context);
  if (!admitted.ok()) {
    reception.said = describe(admitted.fault().code).name;
    reception.methods = admitted.fault().methods;
  }
  return reception;
}

std::string said(const Caller& who, HttpMethod method, RouteAccess access) {
  return receive(who, method, std::move(access)).said;
}

}  // namespace

TEST_CASE("a session does what matters on its own device, confirmed as far as its account can",
          "[http][dispatch]") {
  constexpr auto get = HttpMethod::get;
  constexpr auto post = HttpMethod::post;
  const Caller plain{.elsewhere = true};
  const Caller withFactor{.hasFactor = true, .assurance = 2, .elsewhere = true};
  const auto recent = [] { return RouteAccess::signedIn().recent(); };
  const auto own = [] { return RouteAccess::signedIn().onDevice(DeviceRule::own); };
  const auto byPassword = [] { return RouteAccess::signedIn().onDevice(DeviceRule::withFactor); };

  const auto looks = receive(plain, get, RouteAccess::signedIn());
  CHECK(looks.said == "admitted");
  CHECK(looks.compared == 0);  // it is most of what there is
  CHECK(said(plain, post, RouteAccess::signedIn()) == "admitted");

  CHECK(receive(plain, post, recent()).methods == std::vector<std::string>{"password"});
  CHECK(receive(withFactor, post, recent()).methods == std::vector<std::string>{"totp"});
  CHECK(said(withFactor, get, RouteAccess::needs("users:read")) == "STEP_UP_REQUIRED");
  CHECK(said(plain, get, own()) == "STEP_UP_REQUIRED");
  CHECK(said(plain, post, byPassword()) == "admitted");
  CHECK(said(withFactor, post, byPassword()) == "STEP_UP_REQUIRED");
  for (const auto& rule : {recent(), own(), byPassword()}) {
    CHECK(said({.hasFactor = true, .assurance = 2}, post, rule) == "admitted");
    CHECK(said({.hasFactor = true, .assurance = 1}, post, rule) == "STEP_UP_REQUIRED");
    CHECK(said({.hasFactor = true, .assurance = 2, .moved = true}, post, rule) == "STEP_UP_REQUIRED");
  }
  CHECK(said({.moved = true}, post, byPassword()) == "admitted");
  CHECK(said({.moved = true}, post, own()) == "STEP_UP_REQUIRED");

  const auto machine =
      receive({.elsewhere = true, .machine = true}, get, RouteAccess::needs("users:read").recent());
  CHECK(machine.compared == 0);
  CHECK(receive({.elsewhere = true, .acting = true}, get, own()).compared == 0);
}
