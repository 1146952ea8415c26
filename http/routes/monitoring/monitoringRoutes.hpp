#pragma once
#include "http/routes/monitoring/monitoringRoute.hpp"

namespace ks {

/// Traffic figures of the administration: /api/admin/monitoring/dashboard, /metrics, /health/current
/// and /collector.
void addMonitoringRoutes(RouteTable& routes, const MonitoringRoutesConfig& config);

}  // namespace ks
