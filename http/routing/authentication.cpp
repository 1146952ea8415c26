#include "http/routing/authentication.hpp"

#include <algorithm>

#include "core/text/utf8.hpp"
#include "messages/platform/callerKind.hpp"

namespace ks {
namespace {

/// Tokens longer than any of ours are refused without a look-up.
constexpr std::size_t kTokenBytes = 4096;

bool isUnsafe(HttpMethod method) {
  return method != HttpMethod::get && method != HttpMethod::head && method != HttpMethod::options;
}

/// Token of `Authorization: Bearer …`; empty when there is none.
std::string_view bearerToken(const HttpRequest& request) {
  const auto value = request.header("Authorization");
  constexpr std::string_view scheme = "bearer ";
  if (value.size() <= scheme.size() || lowerAscii(value.substr(0, scheme.size())) != scheme) {
    return {};
  }
  const auto start = value.find_first_not_of(' ', scheme.size());
  return start == std::string_view::npos ? std::string_view{} : value.substr(start);
}

Fault missingPermission(const std::string& permission) {
  return messageFault(ErrorCode::permissionDenied, "This requires the permission " + permission);
}

Fault forMachinesOnly() {
  return messageFault(ErrorCode::permissionDenied, "Only a machine's key can do this");
}

/// Keys call with their permissions; they reach routes without a permission only if the route allows keys, or
/// those that have one.
Result<Done> admitKey(const RouteSpec& route, const Principal& principal, bool byCookie) {
  if (byCookie) {
    return makeFault(ErrorCode::tokenInvalid);
  }
  const bool machine = isMachine(principal);
  if (route.access.machinesOnly && !machine) {
    return forMachinesOnly();
  }
  if (route.access.kind == RouteAccess::Kind::permission && !machine) {
    return makeFault(ErrorCode::mfaRequired);
  }
  if (route.keysNeed != nullptr) {
    return principal.may(route.keysNeed) ? Result<Done>{Done{}}
                                         : Result<Done>{missingPermission(route.keysNeed)};
  }
  const bool mayCall = route.access.kind == RouteAccess::Kind::permission ? !route.access.peopleOnly
                                                                          : !machine && route.keysMayCall;
  if (!mayCall) {
    return messageFault(ErrorCode::permissionDenied, "A key cannot do this; sign in");
  }
  return Done{};
}

/// An impersonating administrator cannot confirm on behalf of the user.
bool canStepUp(const Principal& principal) { return !principal.keyId && !principal.impersonatorId; }

bool hasFactor(const Authenticated& caller) { return caller.user && caller.user->mfaEnabled; }

/// The methods that POST /api/auth/reauthenticate accepts.
std::vector<std::string> waysToConfirm(const Authenticated& caller) {
  return {hasFactor(caller) ? "totp" : "password"};
}

/// The session has less assurance than its account can prove, or continued on another device since then.
Fault stepUp(const Authenticated& caller) {
  auto fault = makeFault(ErrorCode::stepUpRequired);
  fault.methods = waysToConfirm(caller);
  fault.message = "Confirm this session on this device: POST /api/auth/reauthenticate";
  return fault;
}

/// Whether the access of the route, or its handler (requireRecent), checks the device.
bool asksForDevice(const RouteSpec& route, HttpMethod method) {
  return isUnsafe(method) || route.access.recentOnly || route.access.device != DeviceRule::any ||
         route.access.kind == RouteAccess::Kind::permission;
}

/// Whether the session has been confirmed on this device as far as its account can.
bool isConfirmedHere(const Authenticated& caller) {
  const Principal& principal = *caller.principal;
  const bool elsewhere = principal.deviceChanged || caller.otherDevice;
  return !canStepUp(principal) || (!elsewhere && (!hasFactor(caller) || principal.assuranceLevel >= 2));
}

std::vector<std::string> originsOf(const AuthenticationConfig& config) {
  return config.trustedOrigins ? config.trustedOrigins() : std::vector<std::string>{};
}

}  // namespace

bool fromSameOrigin(const HttpRequest& request, const std::vector<std::string>& trustedOrigins) {
  const auto origin = request.header("Origin");
  const bool trusted =
      std::find(trustedOrigins.begin(), trustedOrigins.end(), origin) != trustedOrigins.end();
  if (const auto site = request.header("Sec-Fetch-Site"); !site.empty()) {
    return site == "same-origin" || trusted;
  }
  if (origin.empty()) {
    return false;
  }
  if (trusted) {
    return true;
  }
  const auto scheme = origin.find("://");
  const auto host = request.header("Host");
  return scheme != std::string_view::npos && !host.empty() && origin.substr(scheme + 3) == host;
}

Result<Done> requireRecent(const Authenticated& caller, TimePoint now) {
  const Principal& principal = *caller.principal;
  if (!isConfirmedHere(caller)) {
    return stepUp(caller);
  }
  if (isMachine(principal) ||
      (!principal.keyId && now - principal.authenticatedAt <= kRecentAuthentication)) {
    return Done{};
  }
  Fault fault = makeFault(ErrorCode::reauthRequired);
  fault.methods = waysToConfirm(caller);
  fault.message = "This requires a sign-in within the last " + std::to_string(kRecentAuthentication.count()) +
                  " minutes; confirm who you are with POST /api/auth/reauthenticate";
  return fault;
}

Result<Authenticated> admitCaller(const AuthenticationConfig& config, const RouteSpec& route,
                                  const HttpRequest& request, RequestContext& context) {
  if (route.csrf == CsrfRule::sameOrigin && isUnsafe(request.method) && request.hasHeader("Cookie") &&
      !fromSameOrigin(request, originsOf(config))) {
    return makeFault(ErrorCode::originDenied);
  }
  if (route.access.kind == RouteAccess::Kind::open) {
    return Authenticated{};
  }
  auto token = bearerToken(request);
  const bool byCookie = token.empty() && !request.hasHeader("Authorization");
  if (byCookie) {
    token = request.cookie(kAccessCookie);
  }
  if (token.empty()) {
    return makeFault(request.hasHeader("Authorization") ? ErrorCode::tokenInvalid : ErrorCode::tokenMissing);
  }
  if (token.size() > kTokenBytes) {
    return makeFault(ErrorCode::tokenInvalid);
  }
  if (!config.authenticate) {
    return makeFault(ErrorCode::internal, "this process has no authenticator");
  }
  auto caller = config.authenticate(token, context);
  if (!caller) {
    return caller;
  }
  if (!caller.value().principal) {
    return makeFault(ErrorCode::internal, "the authenticator returned no caller");
  }
  const Principal& principal = *caller.value().principal;
  context.principal = caller.value().principal;
  if (principal.keyId) {
    if (auto admitted = admitKey(route, principal, byCookie); !admitted) {
      return std::move(admitted.fault());
    }
  }
  if (principal.impersonatorId && !impersonatorMayCall(route)) {
    return makeFault(ErrorCode::impersonationDenied);
  }
  if (route.access.machinesOnly && !principal.keyId) {
    return forMachinesOnly();
  }
  if (byCookie && isUnsafe(request.method) && route.csrf == CsrfRule::automatic) {
    if (!fromSameOrigin(request, originsOf(config))) {
      return makeFault(ErrorCode::originDenied);
    }
    const auto csrf = request.header("X-CSRF-Token");
    if (csrf.empty() || csrf.size() > kTokenBytes || !config.csrf || !config.csrf(principal, csrf)) {
      return makeFault(ErrorCode::csrfFailed);
    }
  }
  for (const auto& permission : route.access.permissions) {
    if (!principal.may(permission)) {
      return missingPermission(permission);
    }
  }
  if (canStepUp(principal) && asksForDevice(route, request.method)) {
    caller.value().otherDevice = !config.sameDevice || !config.sameDevice(caller.value(), context.client);
  }
  if (route.access.kind == RouteAccess::Kind::permission && !principal.keyId &&
      (principal.assuranceLevel < 2 || caller.value().otherDevice)) {
    if (hasFactor(caller.value()) && canStepUp(principal)) {
      return stepUp(caller.value());
    }
    Fault fault = makeFault(ErrorCode::mfaRequired);
    fault.message =
        "This requires a sign-in with a second factor; set one up on the administration's sign-in page or with "
        "POST "
        "/api/auth/mfa/totp";
    return fault;
  }
  const bool deviceMatters = route.access.device == DeviceRule::own ||
                             (route.access.device == DeviceRule::withFactor && hasFactor(caller.value()));
  if (deviceMatters && !isConfirmedHere(caller.value())) {
    return stepUp(caller.value());
  }
  if (route.access.recentOnly && config.clock == nullptr) {
    return makeFault(ErrorCode::internal, "this process has no clock for its callers");
  }
  if (route.access.recentOnly) {
    if (auto recent = requireRecent(caller.value(), config.clock->now()); !recent) {
      return std::move(recent.fault());
    }
  }
  return caller;
}

}  // namespace ks
