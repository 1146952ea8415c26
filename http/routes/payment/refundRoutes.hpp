#pragma once
#include "http/routes/payment/paymentRoutes.hpp"

namespace ks {

/// /api/payment/payments/{id}/refunds and /api/payment/refunds/{id}. A part of addPaymentRoutes().
void addRefundRoutes(RouteTable& routes, const PaymentRoutesConfig& config);

}  // namespace ks
