#pragma once
#include <functional>

#include "http/routing/routeTable.hpp"
#include "messages/security/banMessages.hpp"

namespace ks {

/// Making and lifting bans: /api/admin/monitoring/security/bans.
void addBanRoutes(RouteTable& routes, const std::function<BanActor()>& bans);

/// The same for kctl: GET and POST /control/bans, DELETE /control/bans/{id or network}.
void addBanControlRoutes(RouteTable& routes, const std::function<BanActor()>& bans);

}  // namespace ks
