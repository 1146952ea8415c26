#pragma once
#include "apps/wiring/serverContext.hpp"

namespace ks {

/// The collector of the gateway's logs, and the storage connections of the dashboard's queries.
void addMonitoringActors(ServerContext& context);

}  // namespace ks
