#pragma once
#include <functional>
#include <optional>

#include "http/routing/routeTable.hpp"
#include "messages/account/keyInterfaces.hpp"

namespace ks {

struct KeyRoutesConfig {
  std::function<ApiKeyActor()> keys;
  std::function<SigningKeyActor()> signingKeys;
  const ClockInterface& clock;
};

/// /api/admin/keys and /api/admin/signing-keys.
void addMachineKeyRoutes(RouteTable& routes, const KeyRoutesConfig& config);
/// The same for kctl, below /control.
void addKeyControlRoutes(RouteTable& routes, const KeyRoutesConfig& config);
/// /api/auth/me/api-keys.
void addOwnKeyRoutes(RouteTable& routes, const KeyRoutesConfig& config);

struct IntrospectionConfig {
  std::function<Result<Authenticated>(std::string_view token, const RequestContext& context)> authenticate;
  /// When an access token ends; nothing for keys.
  std::function<std::optional<TimePoint>(std::string_view token)> expiry;
  /// Records a refused token: the answer is not a refusal, so the dispatcher does not record it.
  std::function<void(AuditEvent event)> refused;
};

/// POST /api/auth/introspect.
void addIntrospectionRoute(RouteTable& routes, const IntrospectionConfig& config);

}  // namespace ks
