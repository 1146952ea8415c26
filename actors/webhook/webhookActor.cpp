#include "actors/webhook/webhookActor.hpp"

#include <algorithm>
#include <utility>

#include "actors/runtime/auditNote.hpp"
#include "actors/runtime/guarded.hpp"
#include "actors/runtime/sealContexts.hpp"
#include "core/logging/eventPattern.hpp"
#include "core/text/timeText.hpp"
#include "crypto/webhookSecret.hpp"

namespace ks {
namespace {

constexpr Milliseconds kWebhookWatch{500};
constexpr std::chrono::minutes kWebhookClean{1};
/// Entries of the audit trail that one statement turns into deliveries.
constexpr std::int32_t kEventsAtOnce = 200;
/// While more wait, other messages get their turn after this many steps.
constexpr int kStepsAtOnce = 5;

AuditFields fieldsOf(const std::string& url, const std::vector<std::string>& events) {
  std::string list;
  for (const auto& event : events) {
    list.append(list.empty() ? "" : ",").append(event);
  }
  return {{"url", url}, {"events", list}};
}

}  // namespace

WebhookState::WebhookState(WebhookActor::pointer selfPointer, std::shared_ptr<ActorProbe> probe,
                           WebhookDependencies dependencies)
    : self(selfPointer),
      probe_(std::move(probe)),
      deps_(std::move(dependencies)),
      repository_(deps_.makeRepository()) {}

template <class Out, class Message>
auto WebhookState::answering(Result<Out> (WebhookState::*answer)(Message&)) {
  return guarded(self, probe_, [this, answer](Message& message) -> caf::result<Out> {
    return answerOf(*probe_, (this->*answer)(message));
  });
}

WebhookActor::behavior_type WebhookState::make_behavior() {
  compat::tell(self, WebhookActor{self}, TickAtom_v);
  return {
      answering(&WebhookState::add),         answering(&WebhookState::list),
      answering(&WebhookState::find),        answering(&WebhookState::change),
      answering(&WebhookState::renewSecret), answering(&WebhookState::remove),
      answering(&WebhookState::test),        answering(&WebhookState::deliveries),
      answering(&WebhookState::redeliver),   guarded(self, probe_, [this](TickAtom) { watch(); }),
  };
}

AuditEvent WebhookState::event(const RequestContext& context, const char* action, const Uuid& id) const {
  auto event = auditOf(deps_.environment, context, action);
  event.targetType = "webhook";
  event.targetId = id.toString();
  return event;
}

Result<Done> WebhookState::checkTarget(const RequestContext& context, const std::string& url) const {
  if (auto allowed = checkWebhookTarget(url, deps_.rules); !allowed.ok()) {
    return allowed;
  }
  if (self->clock().now() >= context.deadline) {
    return makeFault(ErrorCode::timeout, "the resolver took too long");
  }
  return Done{};
}

Result<Bytes> WebhookState::seal(const SecretText& secret, const Uuid& id) const {
  return deps_.crypto->cipher.seal(secret.reveal(), webhookSecretContext(id));
}

Result<WebhookWithSecret> WebhookState::add(AddWebhook& wish) {
  if (auto allowed = checkTarget(wish.context, wish.url); !allowed.ok()) {
    return std::move(allowed.fault());
  }
  NewWebhook added;
  added.webhook = wish;
  added.webhook.id = deps_.environment.uuids.next();
  auto secret = makeWebhookSecret(deps_.environment.random);
  auto sealed = seal(secret, added.webhook.id);
  if (!sealed.ok()) {
    return std::move(sealed.fault());
  }
  added.secretSealed = std::move(sealed.value());
  added.webhook.createdAt = deps_.environment.clock.now();
  if (wish.context.principal) {
    added.webhook.createdBy = wish.context.principal->userId;
  }
  added.audit = event(wish.context, "webhook.create", added.webhook.id);
  added.audit.after = fieldsOf(wish.url, wish.events);
  return repository_->add(added).then([&](Webhook& made) {
    return WebhookWithSecret{std::move(made), std::move(secret)};
  });
}

Result<std::vector<Webhook>> WebhookState::list(ListWebhooks& /*list*/) { return repository_->list(); }

Result<Webhook> WebhookState::find(FindWebhook& wish) { return repository_->find(wish.id); }

Result<Webhook> WebhookState::change(ChangeWebhook& wish) {
  if (wish.url) {
    if (auto allowed = checkTarget(wish.context, *wish.url); !allowed.ok()) {
      return std::move(allowed.fault());
    }
  }
  if (wish.context.principal) {
    wish.actor = wish.context.principal->userId;
  }
  wish.now = deps_.environment.clock.now();
  wish.audit = event(wish.context, "webhook.update", wish.id);
  return repository_->change(wish);
}

Result<WebhookWithSecret> WebhookState::renewSecret(RenewWebhookSecret& wish) {
  auto secret = makeWebhookSecret(deps_.environment.random);
  auto sealed = seal(secret, wish.id);
  if (!sealed.ok()) {
    return std::move(sealed.fault());
  }
  WebhookSecretChange change;
  change.id = wish.id;
  change.secretSealed = std::move(sealed.value());
  change.now = deps_.environment.clock.now();
  change.oldUntil = change.now + wish.overlap;
  change.audit = event(wish.context, "webhook.secret.rotate", wish.id);
  change.audit.after = {{"overlap_s", wish.overlap.count()}};
  return repository_->changeSecret(change).then([&](Webhook& changed) {
    return WebhookWithSecret{std::move(changed), std::move(secret)};
  });
}

Result<Done> WebhookState::remove(RemoveWebhook& wish) {
  return repository_->remove({wish.id, event(wish.context, "webhook.delete", wish.id)});
}

Result<WebhookDelivery> WebhookState::test(TestWebhook& wish) {
  const auto now = deps_.environment.clock.now();
  NewDelivery delivery;
  delivery.id = deps_.environment.uuids.next();
  delivery.webhookId = wish.id;
  delivery.eventId = deps_.environment.uuids.next();
  delivery.eventType = "webhook.test";
  delivery.payload = R"({"id":")" + delivery.eventId.toString() + R"(","type":"webhook.test","at":")" +
                     formatTime(now) + R"("})";
  return repository_->enqueueOne(delivery, now).then([&](const Done&) {
    WebhookDelivery made;
    made.id = delivery.id;
    made.webhookId = delivery.webhookId;
    made.eventId = delivery.eventId;
    made.eventType = delivery.eventType;
    made.status = "pending";
    made.createdAt = now;
    made.nextAt = now;
    return made;
  });
}

Result<DeliveryPage> WebhookState::deliveries(ListDeliveries& wish) {
  return repository_->find(wish.id).then([&](const Webhook&) { return repository_->deliveries(wish); });
}

Result<WebhookDelivery> WebhookState::redeliver(Redeliver& wish) {
  auto audit = event(wish.context, "webhook.redeliver", wish.id);
  audit.targetType = "webhook_delivery";
  return repository_->redeliver(wish.id, deps_.environment.clock.now(), audit);
}

bool WebhookState::enqueueNew() {
  auto found = repository_->newEvents(kEventsAtOnce);
  if (!found.ok()) {
    probe_->note(found.fault());
    return false;
  }
  const auto& news = found.value();
  if (news.events.empty()) {
    return false;
  }
  std::vector<NewDelivery> deliveries;
  for (const auto& event : news.events) {
    for (const auto& subscription : news.subscriptions) {
      const bool wanted =
          std::any_of(subscription.events.begin(), subscription.events.end(),
                      [&event](const std::string& pattern) { return matchesEvent(pattern, event.type); });
      if (wanted) {
        deliveries.push_back(
            {deps_.environment.uuids.next(), subscription.id, event.id, event.type, event.payload});
      }
    }
  }
  auto stored =
      repository_->enqueue(news.cursor, news.events.back().seq, deliveries, deps_.environment.clock.now());
  if (!stored.ok()) {
    probe_->note(stored.fault());
    return false;
  }
  return news.events.size() == static_cast<std::size_t>(kEventsAtOnce);
}

void WebhookState::watch() {
  bool more = true;
  for (int step = 0; more && step < kStepsAtOnce; ++step) {
    more = enqueueNew();
  }
  const auto now = self->clock().now();
  if (now >= nextClean_) {
    nextClean_ = now + kWebhookClean;
    if (auto cleaned = repository_->clean(deps_.environment.clock.now()); !cleaned.ok()) {
      probe_->note(cleaned.fault());
    }
  }
  compat::tellAfter(self, caf::timespan{more ? Milliseconds{1} : kWebhookWatch}, WebhookActor{self},
                    TickAtom_v);
}

}  // namespace ks
