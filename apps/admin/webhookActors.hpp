#pragma once
#include "apps/wiring/serverContext.hpp"
#include "messages/administration/webhookMessages.hpp"

namespace ks {

/// Who keeps the webhooks, and who calls them.
class WebhookActors {
 public:
  void addTo(ServerContext& context) const;
  [[nodiscard]] WebhookActor webhooks() const { return webhooks_.get(); }

 private:
  ActorRef<WebhookActor> webhooks_;
  ActorRef<WebhookSenderActor> sender_;
};

}  // namespace ks
