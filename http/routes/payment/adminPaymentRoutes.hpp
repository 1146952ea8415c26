#pragma once
#include "http/routes/payment/adminPaymentRoute.hpp"

namespace ks {

/// Everybody's payments, refunds, the ledger, the reconciliation and the inbox: /api/admin/payments.
void addAdminPaymentRoutes(RouteTable& routes, const AdminPaymentRoutesConfig& config,
                           const ExportNote& note);

// Parts of it.
void addAdminRefundRoutes(RouteTable& routes, const AdminPaymentRoutesConfig& config, const ExportNote& note);
void addReconciliationRoutes(RouteTable& routes, const AdminPaymentRoutesConfig& config,
                             const ExportNote& note);
void addInboxRoutes(RouteTable& routes, const AdminPaymentRoutesConfig& config);

/// What kctl asks: /control/payments.
void addPaymentControlRoutes(RouteTable& routes, const AdminPaymentRoutesConfig& config);

}  // namespace ks
