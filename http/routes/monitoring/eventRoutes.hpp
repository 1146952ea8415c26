#pragma once
#include "http/routes/monitoring/monitoringRoute.hpp"

namespace ks {

/// The way of one request and the history of health (/api/admin/monitoring/trace, /health/history).
void addEventRoutes(RouteTable& routes, const MonitoringRoutesConfig& config);

/// GET /control/trace/{request_id}, for kctl.
void addTraceControlRoute(RouteTable& routes, const MonitoringRoutesConfig& config);

}  // namespace ks
