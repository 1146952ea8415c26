#pragma once
#include <vector>

#include "apps/wiring/serverContext.hpp"
#include "http/routes/system/controlRoutes.hpp"
#include "http/server/admissionGate.hpp"
#include "http/server/httpServer.hpp"

namespace ks {

// What a server reports to kctl.
ControlStatus controlStatus(ServerContext& context, const RequestContext& request, const HealthReport& health,
                            const AdmissionGate& gate);
ControlActors controlActors(ServerContext& context);
std::vector<ControlSetting> controlSettings(const ServerContext& context);

}  // namespace ks
