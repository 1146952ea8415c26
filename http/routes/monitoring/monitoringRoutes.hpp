#pragma once
#include "http/routes/monitoring/monitoringRoute.hpp"

namespace ks {

/// What the administration sees of the traffic: /api/admin/monitoring/dashboard, /metrics, /health/current
/// and /collector.
void addMonitoringRoutes(RouteTable& routes, const MonitoringRoutesConfig& config);

}  // namespace ks
