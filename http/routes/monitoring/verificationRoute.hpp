#pragma once
#include <cstdint>

#include "http/routes/monitoring/monitoringRoute.hpp"

namespace ks {

struct VerificationRouteConfig {
  MonitoringRoutesConfig monitoring;  ///< `storage` has a connection of its own with a longer timeout
  std::function<int()> retentionDays;
};

/// GET /control/monitoring/verify?hour=TIME: recomputes one hour's rollups from the raw rows.
void addVerificationRoute(RouteTable& routes, const VerificationRouteConfig& config);

inline constexpr std::chrono::seconds kVerificationDeadline{60};

}  // namespace ks
