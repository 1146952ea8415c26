#pragma once
#include <string>
#include <vector>

#include "messages/administration/webhookRecords.hpp"
#include "messages/platform/typeIds.hpp"

// Messages of the webhook actors, in a type-id block of their own, for the admin process.
namespace ks {

struct AddWebhook {
  RequestContext context;
  std::string url;
  std::string description;
  std::vector<std::string> events;
};
/// With the secret, which is never shown again.
struct WebhookWithSecret {
  Webhook webhook;
  SecretText secret;
};
struct ListWebhooks {
  RequestContext context;
};
struct FindWebhook {
  RequestContext context;
  Uuid id;
};
struct ChangeWebhook {
  RequestContext context;
  WebhookChange change;  ///< `actor`, `now` and `audit` are the actor's to fill
};
struct RenewWebhookSecret {
  RequestContext context;
  Uuid id;
  std::chrono::seconds overlap{};
};
struct RemoveWebhook {
  RequestContext context;
  Uuid id;
};
/// Queues a delivery of type webhook.test.
struct TestWebhook {
  RequestContext context;
  Uuid id;
};
struct ListDeliveries {
  RequestContext context;
  DeliveryQuery query;
};
struct Redeliver {
  RequestContext context;
  Uuid id;
};

}  // namespace ks

CAF_BEGIN_TYPE_ID_BLOCK(kWebhooks, caf::first_custom_type_id + 2200)
CAF_ADD_TYPE_ID(kWebhooks, (ks::AddWebhook))
CAF_ADD_TYPE_ID(kWebhooks, (ks::WebhookWithSecret))
CAF_ADD_TYPE_ID(kWebhooks, (ks::ListWebhooks))
CAF_ADD_TYPE_ID(kWebhooks, (ks::FindWebhook))
CAF_ADD_TYPE_ID(kWebhooks, (ks::ChangeWebhook))
CAF_ADD_TYPE_ID(kWebhooks, (ks::RenewWebhookSecret))
CAF_ADD_TYPE_ID(kWebhooks, (ks::RemoveWebhook))
CAF_ADD_TYPE_ID(kWebhooks, (ks::TestWebhook))
CAF_ADD_TYPE_ID(kWebhooks, (ks::ListDeliveries))
CAF_ADD_TYPE_ID(kWebhooks, (ks::Redeliver))
CAF_ADD_TYPE_ID(kWebhooks, (ks::Webhook))
CAF_ADD_TYPE_ID(kWebhooks, (std::vector<ks::Webhook>))
CAF_ADD_TYPE_ID(kWebhooks, (ks::WebhookDelivery))
CAF_ADD_TYPE_ID(kWebhooks, (ks::DeliveryPage))
CAF_END_TYPE_ID_BLOCK(kWebhooks)

namespace ks {

/// Stores webhooks and turns entries of the audit trail into deliveries.
using WebhookActor = caf::typed_actor<
    // targetNotAllowed, conflict (there are too many).
    caf::result<WebhookWithSecret>(AddWebhook), caf::result<std::vector<Webhook>>(ListWebhooks),
    // webhookNotFound.
    caf::result<Webhook>(FindWebhook),
    // webhookNotFound, versionMismatch, targetNotAllowed.
    caf::result<Webhook>(ChangeWebhook),
    // webhookNotFound.
    caf::result<WebhookWithSecret>(RenewWebhookSecret),
    // webhookNotFound. Its deliveries go with it.
    caf::result<Done>(RemoveWebhook),
    // webhookNotFound.
    caf::result<WebhookDelivery>(TestWebhook),
    // webhookNotFound, cursorInvalid.
    caf::result<DeliveryPage>(ListDeliveries),
    // notFound.
    caf::result<WebhookDelivery>(Redeliver), caf::result<void>(TickAtom)>;

/// Sends pending deliveries.
using WebhookSenderActor = caf::typed_actor<caf::result<void>(TickAtom)>;

}  // namespace ks
