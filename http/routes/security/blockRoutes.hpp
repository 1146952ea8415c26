#pragma once
#include <functional>

#include "http/routing/routeTable.hpp"
#include "messages/security/blockMessages.hpp"

namespace ks {

struct BlockRoutesConfig {
  caf::actor_system& system;
  std::function<BlockActor()> blocks;
};

/// GET, POST /api/admin/blocks, DELETE /api/admin/blocks/{id}: addresses that may neither register nor sign
/// in.
void addBlockRoutes(RouteTable& routes, const BlockRoutesConfig& config);

}  // namespace ks
