#pragma once
#include "apps/wiring/serverContext.hpp"
#include "http/keyRoutes.hpp"

namespace ks {

/// What the key routes of either process need.
KeyRoutesConfig keyRoutesOf(ServerContext& context);
IntrospectionConfig introspectionOf(ServerContext& context);

}  // namespace ks
