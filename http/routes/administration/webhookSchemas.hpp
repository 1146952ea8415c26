#pragma once
#include <optional>
#include <string>
#include <vector>

#include "http/routing/listAnswer.hpp"
#include "http/schema/objectSchema.hpp"
#include "messages/administration/webhookMessages.hpp"

// Inputs and outputs of the webhook routes.
namespace ks {

struct WebhookInput {
  std::string url;
  std::string description;
  std::vector<std::string> events;
};
ObjectSchema<WebhookInput> schemaFor(Of<WebhookInput> of);

struct WebhookChangeInput {
  std::optional<std::string> url;
  std::optional<std::string> description;
  std::optional<std::vector<std::string>> events;
  std::optional<bool> active;
};
ObjectSchema<WebhookChangeInput> schemaFor(Of<WebhookChangeInput> of);

struct WebhookSecretInput {
  std::uint32_t overlapS = 0;
};
ObjectSchema<WebhookSecretInput> schemaFor(Of<WebhookSecretInput> of);

ObjectSchema<Webhook> schemaFor(Of<Webhook> of);

ObjectSchema<WebhookWithSecret> schemaFor(Of<WebhookWithSecret> of);

struct DeliveryQueryInput : PageQuery {
  std::string status;
};
ObjectSchema<DeliveryQueryInput> schemaFor(Of<DeliveryQueryInput> of);
ObjectSchema<WebhookDelivery> schemaFor(Of<WebhookDelivery> of);

}  // namespace ks
