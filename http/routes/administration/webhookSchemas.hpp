#pragma once
#include <optional>
#include <string>
#include <vector>

#include "http/routing/listSchema.hpp"
#include "http/schema/objectSchema.hpp"
#include "messages/administration/webhookRecords.hpp"

// Inputs and outputs of the webhook routes.
namespace ks {

struct WebhookInput {
  std::string url;
  std::string description;
  std::vector<std::string> events;
};
const ObjectSchema<WebhookInput>& webhookInputSchema();

struct WebhookChangeInput {
  std::optional<std::string> url;
  std::optional<std::string> description;
  std::optional<std::vector<std::string>> events;
  std::optional<bool> active;
};
const ObjectSchema<WebhookChangeInput>& webhookChangeSchema();

struct WebhookSecretInput {
  std::uint32_t overlapS = 0;
};
const ObjectSchema<WebhookSecretInput>& webhookSecretInputSchema();

const ObjectSchema<Webhook>& webhookSchema();

struct WebhooksOutput {
  std::vector<Webhook> webhooks;
};
const ObjectSchema<WebhooksOutput>& webhooksSchema();

struct WebhookSecretOutput {
  Webhook webhook;
  SecretText secret;
};
const ObjectSchema<WebhookSecretOutput>& webhookSecretSchema();

struct WebhookPath {
  Uuid id;
};
const ObjectSchema<WebhookPath>& webhookPathSchema();

struct DeliveryQueryInput {
  std::string status;
  std::uint32_t limit = 50;
  std::string cursor;
};
const ObjectSchema<DeliveryQueryInput>& deliveryQuerySchema();
const ObjectSchema<WebhookDelivery>& deliverySchema();
const ListSchema<WebhookDelivery>& deliveryListSchema();

}  // namespace ks
