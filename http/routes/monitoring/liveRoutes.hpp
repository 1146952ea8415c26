#pragma once
#include <functional>
#include <memory>

#include "core/result.hpp"
#include "http/routing/routeTable.hpp"
#include "messages/monitoring/liveFeed.hpp"

namespace ks {

/// Adds a listener to the process's live feed. Must answer within the context's deadline.
using LiveSubscription =
    std::function<Result<Done>(const RequestContext&, std::shared_ptr<LiveListenerInterface>)>;

/// /api/admin/monitoring/metrics/live.
void addLiveRoutes(RouteTable& routes, LiveSubscription subscribe);

}  // namespace ks
