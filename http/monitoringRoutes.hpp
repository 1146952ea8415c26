#pragma once
#include <functional>

#include "core/clockInterface.hpp"
#include "http/routeTable.hpp"
#include "messages/monitoringInterfaces.hpp"

namespace ks {

struct MonitoringRoutesConfig {
  caf::actor_system& system;
  std::function<MonitoringStorageActor()>
      storage;  ///< of the queries' own small pool, so that they do not slow the collector
  const ClockInterface& clock;
};

/// What the administration sees of the traffic: /api/admin/monitoring/*.
void addMonitoringRoutes(RouteTable& routes, const MonitoringRoutesConfig& config);

}  // namespace ks
