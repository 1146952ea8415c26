#pragma once
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "core/clockInterface.hpp"
#include "core/result.hpp"
#include "http/routing/routeTable.hpp"
#include "http/server/httpMessage.hpp"

namespace ks {

inline constexpr std::string_view kAccessCookie = "__Host-ks_at";
inline constexpr std::string_view kRefreshCookie = "__Host-ks_rt";
inline constexpr std::string_view kDeviceCookie = "__Host-ks_dv";

/// Finds out who holds an access token. Called on a worker thread; must answer within `context.deadline`.
using Authenticator =
    std::function<Result<Authenticated>(std::string_view token, const RequestContext& context)>;
/// Whether `token` (the header X-CSRF-Token) belongs to the caller's session. Constant time.
using CsrfCheck = std::function<bool(const Principal& principal, std::string_view token)>;
/// Whether the request comes from the device that the caller's session is bound to: the same browser family,
/// network and, with cookies, device cookie. Never waits.
using DeviceCheck = std::function<bool(const Authenticated& caller, const ClientInfo& client)>;

struct AuthenticationConfig {
  const ClockInterface* clock = nullptr;  ///< must outlive its users
  Authenticator authenticate;
  CsrfCheck csrf;
  DeviceCheck sameDevice;  ///< none: every device counts as another one
  /// Whether this process was notified that the session has ended. Never waits. Called while an event stream
  /// is open.
  std::function<bool(const Principal& principal)> sessionEnded;
  /// Origins in addition to the request's own host that may send cookies with unsafe methods
  /// (`https://app.example.org`).
  std::function<std::vector<std::string>()> trustedOrigins;
};

/// Whether the browser says that the request comes from this very site: Sec-Fetch-Site: same-origin, or
/// without that header an Origin whose host is the request's Host, or a trusted origin. False when it says
/// nothing.
[[nodiscard]] bool fromSameOrigin(const HttpRequest& request, const std::vector<std::string>& trustedOrigins);

/// REAUTH_REQUIRED unless the caller's last factor was checked within kRecentAuthentication, STEP_UP_REQUIRED
/// if it was not on this device or not the second one. A machine shows its only factor with every request.
/// For routes that look and do no more, `caller` says of the device only where their access asks for it.
[[nodiscard]] Result<Done> requireRecent(const Authenticated& caller, TimePoint now);

/// Applies a route's access and CSRF rules; sets `context.principal`. Routes that are open get an empty
/// caller. For read-only requests that need only a sign-in, the most frequent ones, the device is not
/// compared.
[[nodiscard]] Result<Authenticated> admitCaller(const AuthenticationConfig& config, const RouteSpec& route,
                                                const HttpRequest& request, RequestContext& context);

}  // namespace ks
