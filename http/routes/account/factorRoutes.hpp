#pragma once
#include <functional>

#include "http/routing/routeTable.hpp"
#include "messages/account/factorInterfaces.hpp"

namespace ks {

struct FactorRoutesConfig {
  std::function<FactorActor()> factors;  ///< the current handle
  const ClockInterface& clock;
};

/// Second factors, recovery codes and reauthentication: /api/auth/mfa/*, /api/auth/reauthenticate.
void addFactorRoutes(RouteTable& routes, const FactorRoutesConfig& config);

}  // namespace ks
