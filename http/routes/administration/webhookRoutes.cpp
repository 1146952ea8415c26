#include "http/routes/administration/webhookRoutes.hpp"

#include <utility>

#include "http/routes/administration/webhookSchemas.hpp"
#include "http/routing/asks.hpp"

namespace ks {
namespace {

// Webhooks send the audit trail: configuring them or reading deliveries requires the right to read it.
RouteAccess reading() { return RouteAccess::needs("settings:read"); }
RouteAccess stopping() { return RouteAccess::needs("settings:write").recent(); }
RouteAccess sending() { return RouteAccess::needs("settings:write").with("audit:read"); }
RouteAccess directing() { return sending().recent(); }

RouteSpec webhookSpec(HttpMethod method, const std::string& path, std::string operationId,
                      std::string summary, RouteAccess access, std::vector<ErrorCode> errors) {
  return adminRoute(method, "/webhooks" + path, std::move(operationId), std::move(summary), "webhooks",
                    std::move(access), std::move(errors));
}

void addKeepingRoutes(RouteTable& routes, const std::function<WebhookActor()>& webhooks) {
  routes.add(webhookSpec(HttpMethod::get, "", "webhooks", "Every webhook, oldest first", reading(), {}),
             ok("The webhooks"), asks<RequestCall<>, ListWebhooks>(webhooks));
  auto add = webhookSpec(HttpMethod::post, "", "addWebhook", "Create a webhook", directing(),
                         {ErrorCode::targetNotAllowed, ErrorCode::conflict});
  add.description =
      "Events are those of the audit trail. Each is posted as JSON at least once, with K-Event-Type and the "
      "headers of Standard Webhooks: webhook-id (the delivery, the same at each attempt; also K-Delivery-Id), "
      "webhook-timestamp (SECONDS since 1970 of this attempt) and webhook-signature: v1,BASE64, HMAC-SHA-256 "
      "over ID.SECONDS.BODY with the bytes that the secret's base64 stands for. K-Signature: t=SECONDS,v1=HEX "
      "is HMAC-SHA-256 over SECONDS.BODY with the secret's text. Any answer except 2xx is retried for a day "
      "with growing delays. Addresses that are not public are refused, now and at each delivery; redirects are "
      "not followed. Nothing is sent while the user who created it, or changed it last, may not read the audit "
      "trail (authorized).";
  routes.add(std::move(add), created("The webhook with its secret, shown only once"),
             asks<RequestCall<AddWebhook>>(webhooks));
  routes.add(webhookSpec(HttpMethod::get, "/{id}", "webhook", "One webhook", reading(),
                         {ErrorCode::webhookNotFound}),
             ok("The webhook; ETag is its version"), asks<IdCall<>, FindWebhook>(webhooks));
  auto change =
      webhookSpec(HttpMethod::patch, "/{id}", "changeWebhook", "Change, enable or disable a webhook",
                  directing(), {ErrorCode::webhookNotFound, ErrorCode::targetNotAllowed});
  change.ifMatch = IfMatchRule::required;
  routes.add(std::move(change), ok("The webhook afterwards"), asks<IdCall<ChangeWebhook>>(webhooks));
  routes.add(webhookSpec(HttpMethod::del, "/{id}", "removeWebhook", "Remove a webhook with its deliveries",
                         stopping(), {ErrorCode::webhookNotFound}),
             noContent("Removed"), asks<IdCall<>, RemoveWebhook>(webhooks));
  routes.add(webhookSpec(HttpMethod::post, "/{id}/secret", "renewWebhookSecret", "Renew the secret",
                         directing(), {ErrorCode::webhookNotFound}),
             ok("The webhook with its new secret, shown only once"),
             asks<IdCall<RenewWebhookSecret>>(webhooks));
}

void addDeliveryRoutes(RouteTable& routes, const std::function<WebhookActor()>& webhooks) {
  routes.add(webhookSpec(HttpMethod::post, "/{id}/test", "testWebhook", "Send an event of type webhook.test",
                         sending(), {ErrorCode::webhookNotFound}),
             accepted("The pending delivery"), asks<IdCall<>, TestWebhook>(webhooks));
  routes.add(webhookSpec(HttpMethod::get, "/{id}/deliveries", "webhookDeliveries",
                         "Deliveries, newest first; kept for 30 days", reading().with("audit:read"),
                         {ErrorCode::webhookNotFound, ErrorCode::cursorInvalid}),
             ok("A page of deliveries"), asks<QueryCall<ListDeliveries, IdPath>>(webhooks));
  routes.add(webhookSpec(HttpMethod::post, "/deliveries/{id}/redeliver", "redeliver",
                         "Send a delivery again, whatever its status", sending(), {ErrorCode::notFound}),
             accepted("The pending delivery"), asks<IdCall<>, Redeliver>(webhooks));
}

}  // namespace

void addWebhookRoutes(RouteTable& routes, const std::function<WebhookActor()>& webhooks) {
  addKeepingRoutes(routes, webhooks);
  addDeliveryRoutes(routes, webhooks);
}

}  // namespace ks
