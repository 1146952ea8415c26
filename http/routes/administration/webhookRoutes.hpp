#pragma once
#include <functional>

#include "http/routing/routeTable.hpp"
#include "messages/administration/webhookMessages.hpp"

namespace ks {

struct WebhookRoutesConfig {
  caf::actor_system& system;
  std::function<WebhookActor()> webhooks;
};

/// /api/admin/webhooks: webhooks, their secrets, tests and deliveries.
void addWebhookRoutes(RouteTable& routes, const WebhookRoutesConfig& config);

}  // namespace ks
