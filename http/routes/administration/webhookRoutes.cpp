#include "http/routes/administration/webhookRoutes.hpp"

#include <utility>

#include "http/routes/administration/webhookSchemas.hpp"
#include "http/routing/actorBridge.hpp"
#include "http/routing/ifMatch.hpp"

namespace ks {
namespace {

template <class Out, class Message>
Result<Out> ask(const WebhookRoutesConfig& config, const RequestContext& context, Message message) {
  return askActor<Out>(config.system, config.webhooks(), context, std::move(message));
}

HttpResponse webhookAnswer(const Result<Webhook>& webhook) {
  if (!webhook) {
    return HttpResponse(webhook.fault());
  }
  auto answer = HttpResponse::json(200, webhookSchema(), webhook.value());
  answer.setHeader("ETag", "\"" + std::to_string(webhook.value().version) + "\"");
  return answer;
}

HttpResponse secretAnswer(int status, const Result<WebhookWithSecret>& made) {
  return made ? HttpResponse::json(status, webhookSecretSchema(),
                                   WebhookSecretOutput{made.value().webhook, made.value().secret})
              : HttpResponse(made.fault());
}

// What a webhook sends is the audit trail: whoever says what goes where, or sees what went, may read it.
RouteAccess reading() { return RouteAccess::needs("settings:read"); }
RouteAccess stopping() { return RouteAccess::needs("settings:write").recent(); }
RouteAccess sending() { return RouteAccess::needs("settings:write").with("audit:read"); }
RouteAccess directing() { return sending().recent(); }

RouteSpec webhookSpec(HttpMethod method, const std::string& path, std::string operationId,
                      std::string summary, RouteAccess access, std::vector<ErrorCode> errors) {
  RouteSpec spec;
  spec.method = method;
  spec.path = "/api/admin/webhooks" + path;
  spec.operationId = std::move(operationId);
  spec.summary = std::move(summary);
  spec.tag = "webhooks";
  spec.access = std::move(access);
  spec.errors = std::move(errors);
  return spec;
}

void addKeepingRoutes(RouteTable& routes, const WebhookRoutesConfig& config) {
  routes.add(
      webhookSpec(HttpMethod::get, "", "webhooks", "Every webhook, oldest first", reading(), {}), noInput(),
      {output(200, "The webhooks", webhooksSchema())}, [config](const RequestCall<>& call) -> HttpResponse {
        auto list = ask<std::vector<Webhook>>(config, call.context, ListWebhooks{call.context});
        return list ? HttpResponse::json(200, webhooksSchema(), WebhooksOutput{std::move(list.value())})
                    : HttpResponse(list.fault());
      });
  auto add = webhookSpec(HttpMethod::post, "", "addWebhook", "Have events sent to an address", directing(),
                         {ErrorCode::targetNotAllowed, ErrorCode::conflict});
  add.description =
      "Events are those of the audit trail. Each is posted as JSON at least once, with K-Delivery-Id (the "
      "same at "
      "each attempt), K-Event-Type and K-Signature: t=SECONDS,v1=HEX, HMAC-SHA-256 with the secret over "
      "SECONDS.BODY. Any answer but 2xx is tried again for a day, ever more slowly. Addresses that are not "
      "public "
      "are refused, now and at each delivery; redirects are not followed. Nothing is sent while whoever made "
      "it, or "
      "changed it last, may not read the audit trail (authorized).";
  routes.add(std::move(add), bodyInput(webhookInputSchema()),
             {output(201, "The webhook, and its secret this once", webhookSecretSchema())},
             [config](const RequestCall<WebhookInput>& call) -> HttpResponse {
               return secretAnswer(
                   201, ask<WebhookWithSecret>(config, call.context,
                                               AddWebhook{call.context, call.body.url, call.body.description,
                                                          call.body.events}));
             });
  routes.add(
      webhookSpec(HttpMethod::get, "/{id}", "webhook", "One webhook", reading(),
                  {ErrorCode::webhookNotFound}),
      pathInput(webhookPathSchema()), {output(200, "The webhook; ETag is its version", webhookSchema())},
      [config](const RequestCall<NoInput, NoInput, WebhookPath>& call) -> HttpResponse {
        return webhookAnswer(ask<Webhook>(config, call.context, FindWebhook{call.context, call.path.id}));
      });
  routes.add(
      webhookSpec(HttpMethod::patch, "/{id}", "changeWebhook", "Change or switch a webhook", directing(),
                  {ErrorCode::webhookNotFound, ErrorCode::versionMismatch, ErrorCode::targetNotAllowed,
                   ErrorCode::preconditionRequired}),
      bodyInput(webhookChangeSchema()).withPath(webhookPathSchema()),
      {output(200, "The webhook afterwards", webhookSchema())},
      [config](const RequestCall<WebhookChangeInput, NoInput, WebhookPath>& call) -> HttpResponse {
        auto version = ifMatchVersion(call.request);
        if (!version) {
          return HttpResponse(std::move(version.fault()));
        }
        WebhookChange change;
        change.id = call.path.id;
        change.expectedVersion = version.value();
        change.url = call.body.url;
        change.description = call.body.description;
        change.events = call.body.events;
        change.active = call.body.active;
        return webhookAnswer(
            ask<Webhook>(config, call.context, ChangeWebhook{call.context, std::move(change)}));
      });
  routes.add(webhookSpec(HttpMethod::del, "/{id}", "removeWebhook", "Remove a webhook with its deliveries",
                         stopping(), {ErrorCode::webhookNotFound}),
             pathInput(webhookPathSchema()), {noContent("Removed")},
             [config](const RequestCall<NoInput, NoInput, WebhookPath>& call) -> HttpResponse {
               auto removed = ask<Done>(config, call.context, RemoveWebhook{call.context, call.path.id});
               return removed ? HttpResponse::empty() : HttpResponse(removed.fault());
             });
  routes.add(webhookSpec(HttpMethod::post, "/{id}/secret", "renewWebhookSecret", "A new secret", directing(),
                         {ErrorCode::webhookNotFound}),
             bodyInput(webhookSecretInputSchema()).withPath(webhookPathSchema()),
             {output(200, "The webhook, and its new secret this once", webhookSecretSchema())},
             [config](const RequestCall<WebhookSecretInput, NoInput, WebhookPath>& call) -> HttpResponse {
               return secretAnswer(
                   200, ask<WebhookWithSecret>(config, call.context,
                                               RenewWebhookSecret{call.context, call.path.id,
                                                                  std::chrono::seconds{call.body.overlapS}}));
             });
}

void addDeliveryRoutes(RouteTable& routes, const WebhookRoutesConfig& config) {
  routes.add(
      webhookSpec(HttpMethod::post, "/{id}/test", "testWebhook", "Send an event of type webhook.test",
                  sending(), {ErrorCode::webhookNotFound}),
      pathInput(webhookPathSchema()), {output(202, "The delivery that waits", deliverySchema())},
      [config](const RequestCall<NoInput, NoInput, WebhookPath>& call) -> HttpResponse {
        auto made = ask<WebhookDelivery>(config, call.context, TestWebhook{call.context, call.path.id});
        return made ? HttpResponse::json(202, deliverySchema(), made.value()) : HttpResponse(made.fault());
      });
  routes.add(
      webhookSpec(HttpMethod::get, "/{id}/deliveries", "webhookDeliveries",
                  "What was and will be sent, newest first; kept for 30 days", reading().with("audit:read"),
                  {ErrorCode::webhookNotFound, ErrorCode::cursorInvalid}),
      queryInput(deliveryQuerySchema()).withPath(webhookPathSchema()),
      deliveryListSchema().outputs("A page of deliveries"),
      [config](const RequestCall<NoInput, DeliveryQueryInput, WebhookPath>& call) -> HttpResponse {
        const auto& in = call.query;
        auto page =
            ask<DeliveryPage>(config, call.context,
                              ListDeliveries{call.context, {call.path.id, in.status, in.limit, in.cursor}});
        return page ? deliveryListSchema().answer(call.request, std::move(page.value().rows), in.limit,
                                                  std::move(page.value().nextCursor))
                    : HttpResponse(page.fault());
      });
  routes.add(webhookSpec(HttpMethod::post, "/deliveries/{id}/redeliver", "redeliver",
                         "Send a delivery again, whatever became of it", sending(), {ErrorCode::notFound}),
             pathInput(webhookPathSchema()), {output(202, "The delivery that waits", deliverySchema())},
             [config](const RequestCall<NoInput, NoInput, WebhookPath>& call) -> HttpResponse {
               auto made = ask<WebhookDelivery>(config, call.context, Redeliver{call.context, call.path.id});
               return made ? HttpResponse::json(202, deliverySchema(), made.value())
                           : HttpResponse(made.fault());
             });
}

}  // namespace

void addWebhookRoutes(RouteTable& routes, const WebhookRoutesConfig& config) {
  addKeepingRoutes(routes, config);
  addDeliveryRoutes(routes, config);
}

}  // namespace ks
