#pragma once
#include <chrono>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "core/errorCode.hpp"
#include "http/schema/schemaNode.hpp"
#include "http/server/httpMessage.hpp"

namespace ks {

inline constexpr std::chrono::minutes kRecentAuthentication{10};

/// The device on which a session may do it, in addition to the rules of RouteAccess: STEP_UP_REQUIRED
/// elsewhere, and where the session has less assurance than its account can show.
enum class DeviceRule : std::uint8_t {
  any,         ///< read-only operations, operations that end an access, or that bring a thief nothing
  withFactor,  ///< its own where the account has a second factor; what the others show is the password in the
               ///< request
  own          ///< its own
};

/// Who may call a route.
struct RouteAccess {
  enum class Kind : std::uint8_t { open, signedIn, permission } kind = Kind::open;
  std::vector<std::string> permissions;  ///< all of them are required
  bool recentOnly = false;  ///< the caller's last factor was checked within kRecentAuthentication; a machine
                            ///< shows its only one with every request
  bool peopleOnly = false;  ///< no machine's key
  bool machinesOnly = false;  ///< a machine's key; PERMISSION_DENIED for people and their own keys
  DeviceRule device = DeviceRule::any;
  static RouteAccess open() { return {}; }
  static RouteAccess signedIn() { return {Kind::signedIn, {}}; }
  /// A permission is used in a session of two factors, or by a machine's key: MFA_REQUIRED otherwise.
  static RouteAccess needs(std::string name) { return {Kind::permission, {std::move(name)}}; }
  /// For operations that also belong to another kind.
  [[nodiscard]] RouteAccess with(std::string name) && {
    permissions.push_back(std::move(name));
    return std::move(*this);
  }
  /// For operations denied to a thief of a session: REAUTH_REQUIRED after kRecentAuthentication. A machine's
  /// key is shown with every request and is therefore always fresh.
  [[nodiscard]] RouteAccess recent() && {
    recentOnly = true;
    return std::move(*this);
  }
  /// For operations denied to a thief of a session, however fresh the sign-in.
  [[nodiscard]] RouteAccess onDevice(DeviceRule rule) && {
    device = rule;
    return std::move(*this);
  }
  /// For operations of other programs: of who has the permission only machines, with their keys.
  [[nodiscard]] RouteAccess byMachines() && {
    machinesOnly = true;
    return std::move(*this);
  }
  /// For operations that require a person, not a key.
  [[nodiscard]] RouteAccess byPeople() && {
    peopleOnly = true;
    return std::move(*this);
  }
};

/// Protection of unsafe methods against foreign sites.
enum class CsrfRule : std::uint8_t {
  automatic,   ///< caller known by its cookie: same origin and X-CSRF-Token; by bearer: nothing
  sameOrigin,  ///< whenever the request carries any cookie: same origin (routes that read a cookie
               ///< themselves: refresh)
  none
};

/// Whether a route is open to an administrator who impersonates the user.
enum class ImpersonationRule : std::uint8_t {
  reads,  ///< if it is a GET that ends with its answer
  open,   ///< also changes that do not outlive the impersonation
  closed  ///< never: it shows secrets or entries of the audit trail, or returns a copy of data
};

/// What of `If-Match: "7"` a route looks at; the version is RequestCall::expectedVersion.
enum class IfMatchRule : std::uint8_t {
  none,
  optional,  ///< VERSION_MISMATCH when it is there and names another version
  required   ///< PRECONDITION_REQUIRED when it is absent
};

/// Which callers see a route; for others it does not exist (404).
enum class RouteReach : std::uint8_t { everywhere, loopbackOnly };

/// Everything there is to say about a route but its answers and its handler.
struct RouteSpec {
  HttpMethod method = HttpMethod::get;
  std::string path = {};         ///< `/api/auth/sessions/{id}`; a parameter is one whole segment
  std::string operationId = {};  ///< unique, camelCase
  std::string summary = {};
  std::string description = {};
  std::string tag = {};
  RouteAccess access = {};
  CsrfRule csrf = CsrfRule::automatic;
  std::vector<ErrorCode> errors = {};  ///< beyond those that every route of its kind can answer
  std::size_t bodyLimit = 64 * 1024;
  std::chrono::milliseconds deadline{10'000};
  bool admitted = true;  ///< waits for actors only with a place of the gate, and not while the process
                         ///< stops; false: always answered (health)
  RouteReach reach = RouteReach::everywhere;
  bool documented = true;
  bool quick = false;  ///< GET that only reads memory, and waits for nothing but askActor: the connection
                       ///< loop answers it itself when it needs not ask
  bool keysMayCall = false;        ///< for routes that need a user: the user's keys reach it too
  const char* keysNeed = nullptr;  ///< for routes that need a user: keys with this permission reach it too,
                                   ///< those of machines and of users; PERMISSION_DENIED without it
  ImpersonationRule impersonation = ImpersonationRule::reads;
  bool streams = false;  ///< answers with server-sent events; the stream gate bounds how many
  IfMatchRule ifMatch = IfMatchRule::none;
  bool needsIdempotencyKey = false;  ///< the header is RequestCall::idempotencyKey, REQUIRED without it; an
                                     ///< answer that was given before has kReplayedHeader
  bool rawBody = false;              ///< the handler reads the body: its very bytes count
  const ObjectSchemaInterface* lines = nullptr;  ///< the body is NDJSON, a line such an object; the handler
                                                 ///< reads it
};

/// Whether an administrator who acts as a user may call the route: IMPERSONATION_DENIED otherwise.
[[nodiscard]] inline bool impersonatorMayCall(const RouteSpec& route) {
  return route.impersonation == ImpersonationRule::open ||
         (route.impersonation == ImpersonationRule::reads && route.method == HttpMethod::get &&
          !route.streams);
}

/// Whether the route wants X-CSRF-Token of whoever is known by a cookie.
[[nodiscard]] inline bool needsCsrfToken(const RouteSpec& route) {
  return route.access.kind != RouteAccess::Kind::open && !route.access.machinesOnly &&
         route.method != HttpMethod::get && route.csrf == CsrfRule::automatic;
}

/// A route below /api/admin: who may call it, and the errors that it has beyond those of its kind.
[[nodiscard]] inline RouteSpec adminRoute(HttpMethod method, std::string path, std::string operationId,
                                          std::string summary, std::string tag, RouteAccess access,
                                          std::vector<ErrorCode> errors = {}) {
  return {.method = method,
          .path = "/api/admin" + std::move(path),
          .operationId = std::move(operationId),
          .summary = std::move(summary),
          .tag = std::move(tag),
          .access = std::move(access),
          .errors = std::move(errors)};
}

/// The route with a description.
[[nodiscard]] inline RouteSpec described(RouteSpec spec, std::string description) {
  spec.description = std::move(description);
  return spec;
}

}  // namespace ks
