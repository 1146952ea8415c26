#pragma once
#include "http/routes/administration/exportNote.hpp"
#include "http/routes/monitoring/monitoringRoute.hpp"

namespace ks {

/// The audit trail: /api/admin/audit, its export and its verification.
void addAuditRoutes(RouteTable& routes, const MonitoringRoutesConfig& config, const ExportNote& note);

}  // namespace ks
