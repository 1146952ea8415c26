#pragma once
#include <functional>

#include "http/routing/routeTable.hpp"
#include "messages/administration/webhookMessages.hpp"

namespace ks {

/// /api/admin/webhooks: webhooks, their secrets, tests and deliveries.
void addWebhookRoutes(RouteTable& routes, const std::function<WebhookActor()>& webhooks);

}  // namespace ks
