#pragma once
#include <functional>

#include "http/routeTable.hpp"
#include "messages/webhookMessages.hpp"

namespace ks {

struct WebhookRoutesConfig {
  caf::actor_system& system;
  std::function<WebhookActor()> webhooks;
};

/// /api/admin/webhooks: webhooks, their secrets, tests and deliveries.
void addWebhookRoutes(RouteTable& routes, const WebhookRoutesConfig& config);

}  // namespace ks
