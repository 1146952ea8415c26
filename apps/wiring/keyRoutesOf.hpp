#pragma once
#include "apps/wiring/serverContext.hpp"
#include "http/routes/account/keyRoutes.hpp"

namespace ks {

/// What the key routes of either process need.
KeyRoutesConfig keyRoutesOf(ServerContext& context);
IntrospectionConfig introspectionOf(ServerContext& context);

}  // namespace ks
