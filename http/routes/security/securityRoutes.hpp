#pragma once
#include "core/uuid.hpp"
#include "http/routes/monitoring/monitoringRoute.hpp"

namespace ks {

/// Violations, suspicious activities, addresses and the list of bans: /api/admin/monitoring/security/*.
void addSecurityRoutes(RouteTable& routes, const MonitoringRoutesConfig& config, UuidGenerator& uuids);

}  // namespace ks
