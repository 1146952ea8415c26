#pragma once
#include <functional>

#include "http/routing/routeTable.hpp"
#include "messages/payment/bankNoticeMessages.hpp"

namespace ks {

/// The functions are called on worker threads and return at once.
struct BankNoticeRoutesConfig {
  std::function<BankNoticeActor()> notices;  ///< the current handle
  std::function<bool()> enabled;             ///< false: there are no such routes
};

/// /api/payment/bri/snap: what the bank calls. Its form, not ours, is that of every answer, but for what the
/// dispatcher refuses before; so they are not in the OpenAPI document. Our own trouble is never 4xx, for which the
/// bank would give a customer's money back.
void addBankNoticeRoutes(RouteTable& routes, const BankNoticeRoutesConfig& config);

}  // namespace ks
