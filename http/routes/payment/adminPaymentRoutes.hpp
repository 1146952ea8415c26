#pragma once
#include "http/routes/administration/exportNote.hpp"
#include "http/routes/monitoring/monitoringRoute.hpp"

namespace ks {

/// Everybody's payments and the ledger, to be read: /api/admin/payments.
void addAdminPaymentRoutes(RouteTable& routes, const MonitoringRoutesConfig& config, const ExportNote& note);

/// The same for kctl: /control/payments.
void addPaymentControlRoutes(RouteTable& routes, const MonitoringRoutesConfig& config);

}  // namespace ks
