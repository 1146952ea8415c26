#pragma once
#include <functional>

#include "http/routing/routeTable.hpp"
#include "messages/security/blockMessages.hpp"

namespace ks {

/// GET, POST /api/admin/blocks, DELETE /api/admin/blocks/{id}: addresses that may neither register nor sign
/// in.
void addBlockRoutes(RouteTable& routes, const std::function<BlockActor()>& blocks);

}  // namespace ks
