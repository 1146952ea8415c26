#pragma once
#include "http/exportNote.hpp"
#include "http/monitoringRoute.hpp"

namespace ks {

/// The audit trail: /api/admin/audit, its export and its verification.
void addAuditRoutes(RouteTable& routes, const MonitoringRoutesConfig& config, const ExportNote& note);

}  // namespace ks
