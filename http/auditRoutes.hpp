#pragma once
#include "http/monitoringRoute.hpp"

namespace ks {

/// The audit trail: /api/admin/audit, its export and its verification.
void addAuditRoutes(RouteTable& routes, const MonitoringRoutesConfig& config);

}  // namespace ks
