#pragma once
#include <functional>
#include <vector>

#include "http/routes/payment/paymentSchemas.hpp"
#include "http/routing/routeTable.hpp"
#include "messages/payment/refundMessages.hpp"

namespace ks {

/// The functions are called on worker threads and return at once.
struct PaymentRoutesConfig {
  std::function<PaymentActor()> payments;  ///< the current handle
  std::function<RefundActor()> refunds;
  std::function<bool()>
      enabled;  ///< false: every route answers paymentsOff, but for the methods: there are none
  std::function<std::vector<OfferedMethod>()> methods;  ///< asked only where enabled; others are refused
};

/// /api/payment/payments, /api/payment/refunds and /api/payment/methods.
void addPaymentRoutes(RouteTable& routes, const PaymentRoutesConfig& config);

}  // namespace ks
