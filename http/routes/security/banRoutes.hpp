#pragma once
#include <functional>

#include "http/routing/routeTable.hpp"
#include "messages/security/banMessages.hpp"

namespace ks {

struct BanRoutesConfig {
  caf::actor_system& system;
  std::function<BanActor()> bans;
};

/// Making and lifting bans: /api/admin/monitoring/security/bans.
void addBanRoutes(RouteTable& routes, const BanRoutesConfig& config);

/// The same for kctl: GET and POST /control/bans, DELETE /control/bans/{id or network}.
void addBanControlRoutes(RouteTable& routes, const BanRoutesConfig& config);

}  // namespace ks
