#pragma once
#include "http/routing/listAnswer.hpp"
#include "http/schema/objectSchema.hpp"
#include "messages/administration/webhookMessages.hpp"

// Inputs and outputs of the webhook routes.
namespace ks {

ObjectSchema<AddWebhook> schemaFor(Of<AddWebhook> of);
ObjectSchema<ChangeWebhook> schemaFor(Of<ChangeWebhook> of);
ObjectSchema<RenewWebhookSecret> schemaFor(Of<RenewWebhookSecret> of);
ObjectSchema<Webhook> schemaFor(Of<Webhook> of);
ObjectSchema<WebhookWithSecret> schemaFor(Of<WebhookWithSecret> of);
ObjectSchema<ListDeliveries> schemaFor(Of<ListDeliveries> of);
ObjectSchema<WebhookDelivery> schemaFor(Of<WebhookDelivery> of);

}  // namespace ks
