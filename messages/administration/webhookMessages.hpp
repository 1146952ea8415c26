#pragma once
#include <vector>

#include "messages/administration/webhookRecords.hpp"
#include "messages/platform/typeIds.hpp"

// Messages of the webhook actors, in a type-id block of their own, for the admin process.
namespace ks {

/// Who makes it, and when, is the actor's to fill.
struct AddWebhook : Webhook {
  RequestContext context;
};
/// With the secret, which is never shown again.
struct WebhookWithSecret {
  Webhook webhook;
  SecretText secret;
};
struct ListWebhooks : PlainRequest {};
struct FindWebhook : IdRequest {};
/// `actor`, `now` and `audit` are the actor's to fill.
struct ChangeWebhook : WebhookChange {
  RequestContext context;
};
struct RenewWebhookSecret : IdRequest {
  std::chrono::seconds overlap{};  ///< how long the old one signs too
};
struct RemoveWebhook : IdRequest {};
/// Queues a delivery of type webhook.test.
struct TestWebhook : IdRequest {};
struct ListDeliveries : DeliveryQuery {
  RequestContext context;
};
struct Redeliver : IdRequest {};

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
