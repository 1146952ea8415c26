#pragma once
#include "apps/wiring/serverContext.hpp"
#include "messages/administration/webhookMessages.hpp"

namespace ks {

/// The actors that store webhooks and call them.
class WebhookActors {
 public:
  void addTo(ServerContext& context) const;
  [[nodiscard]] WebhookActor webhooks() const { return webhooks_.get(); }

 private:
  ActorRef<WebhookActor> webhooks_;
  ActorRef<WebhookSenderActor> sender_;
};

}  // namespace ks
