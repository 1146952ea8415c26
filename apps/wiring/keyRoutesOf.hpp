#pragma once
#include "apps/wiring/serverContext.hpp"
#include "http/routes/account/keyRoutes.hpp"

namespace ks {

/// Dependencies of the key routes of either process.
KeyRoutesConfig keyRoutesOf(ServerContext& context);
IntrospectionConfig introspectionOf(ServerContext& context);

}  // namespace ks
