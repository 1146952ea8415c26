#include "http/routes/administration/webhookSchemas.hpp"

#include "core/logging/eventPattern.hpp"
#include "core/text/url.hpp"

namespace ks {
namespace {

constexpr std::size_t kLongestUrl = 2048;
constexpr std::size_t kMostPatterns = 50;
constexpr double kLongestOverlapS = 7.0 * 86'400;

bool isWebhookUrl(std::string_view text) {
  const auto parts = parseUrl(text);
  return parts && (parts->scheme == "https" || parts->scheme == "http") && !parts->host.empty();
}

FieldRules urlRules() {
  return rules()
      .length(8, kLongestUrl)
      .accept(&isWebhookUrl, "^[Hh][Tt][Tt][Pp][Ss]?://[^\\s#]+$")
      .example("\"https://hooks.example.org/k\"");
}

FieldRules descriptionRules() { return rules().optional().length(0, 200); }

FieldRules eventRules() {
  return rules()
      .items(1, kMostPatterns)
      .length(1, kLongestEventPattern)
      .accept(&isEventPattern, "^(\\*|[A-Za-z0-9_-]+(\\.[A-Za-z0-9_-]+)*(\\.\\*)?)$")
      .describe("types of audit events: `auth.login`, `auth.login.fail`, `user.*`, `*`")
      .example(R"(["user.*","auth.login.fail"])");
}

}  // namespace

ObjectSchema<AddWebhook> schemaFor(Of<AddWebhook> /*of*/) {
  return ObjectSchema<AddWebhook>("WebhookInput", "An address and the events that it gets")
      .field("url", &AddWebhook::url, urlRules())
      .field("description", &AddWebhook::description, descriptionRules())
      .field("events", &AddWebhook::events, eventRules());
}

ObjectSchema<ChangeWebhook> schemaFor(Of<ChangeWebhook> /*of*/) {
  return ObjectSchema<ChangeWebhook>("WebhookChange", "Absent fields are not changed")
      .field("url", &ChangeWebhook::url, urlRules())
      .field("description", &ChangeWebhook::description, descriptionRules())
      .field("events", &ChangeWebhook::events, eventRules())
      .field("active", &ChangeWebhook::active);
}

ObjectSchema<RenewWebhookSecret> schemaFor(Of<RenewWebhookSecret> /*of*/) {
  return ObjectSchema<RenewWebhookSecret>("WebhookSecretInput", "How long the old secret signs too")
      .field("overlap_s", &RenewWebhookSecret::overlap,
             rules()
                 .optional()
                 .range(0, kLongestOverlapS)
                 .describe("seconds that the previous secret also signs; default: 0"));
}

ObjectSchema<Webhook> schemaFor(Of<Webhook> /*of*/) {
  return ObjectSchema<Webhook>("Webhook", "An address to which events are sent")
      .field("id", &Webhook::id)
      .field("url", &Webhook::url)
      .field("description", &Webhook::description)
      .field("events", &Webhook::events)
      .field("active", &Webhook::active)
      .field("version", &Webhook::version, rules().describe("for If-Match"))
      .field("created_by", &Webhook::createdBy, rules().orNull())
      .field("authorized_by", &Webhook::authorizedBy,
             rules().orNull().describe("the user who created or last changed it"))
      .field("authorized", &Webhook::authorized,
             rules().describe("false: authorized_by may no longer read the audit trail; nothing is sent "
                              "until a user with that permission changes the webhook"))
      .field("created_at", &Webhook::createdAt)
      .field("updated_at", &Webhook::updatedAt)
      .field("old_secret_until", &Webhook::oldSecretUntil,
             rules().orNull().describe("until then the previous secret also signs"));
}

ObjectSchema<WebhookWithSecret> schemaFor(Of<WebhookWithSecret> /*of*/) {
  return ObjectSchema<WebhookWithSecret>("WebhookWithSecret", "A webhook with its secret, shown this once")
      .field("webhook", &WebhookWithSecret::webhook)
      .field("secret", &WebhookWithSecret::secret,
             rules().describe("whsec_ and 32 bytes in base64; shown only once"));
}

ObjectSchema<ListDeliveries> schemaFor(Of<ListDeliveries> /*of*/) {
  return pageFields(ObjectSchema<ListDeliveries>("DeliveryQuery")
                        .field("status", &ListDeliveries::status,
                               rules().optional().oneOf({"pending", "delivered", "dead"})));
}

ObjectSchema<WebhookDelivery> schemaFor(Of<WebhookDelivery> /*of*/) {
  using Delivery = WebhookDelivery;
  return ObjectSchema<Delivery>("WebhookDelivery", "An event on its way to an address")
      .field("id", &Delivery::id,
             rules().describe("the headers webhook-id and K-Delivery-Id; the same at each attempt"))
      .field("webhook_id", &Delivery::webhookId)
      .field("event_id", &Delivery::eventId)
      .field("event_type", &Delivery::eventType)
      .field("status", &Delivery::status, rules().oneOf({"pending", "delivered", "dead"}))
      .field("attempts", &Delivery::attempts)
      .field("next_at", &Delivery::nextAt, rules().orNull())
      .field("created_at", &Delivery::createdAt)
      .field("last_attempt_at", &Delivery::lastAttemptAt, rules().orNull())
      .field("last_status", &Delivery::lastStatus, rules().orNull().describe("null: no answer"))
      .field("last_error", &Delivery::lastError, rules().orNull())
      .field("delivered_at", &Delivery::deliveredAt, rules().orNull());
}

}  // namespace ks
