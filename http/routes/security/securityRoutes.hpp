#pragma once
#include <functional>

#include "http/routes/monitoring/monitoringRoute.hpp"
#include "messages/monitoring/activityMessages.hpp"

namespace ks {

/// Violations, suspicious activities, addresses and the list of bans: /api/admin/monitoring/security/*.
void addSecurityRoutes(RouteTable& routes, const MonitoringRoutesConfig& config,
                       const std::function<ActivityActor()>& activities);

}  // namespace ks
