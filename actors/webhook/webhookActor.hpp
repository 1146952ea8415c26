#pragma once
#include <memory>
#include <string>

#include "actors/runtime/accountCrypto.hpp"
#include "actors/runtime/actorDirectory.hpp"
#include "actors/runtime/actorEnvironment.hpp"
#include "actors/webhook/webhookTarget.hpp"
#include "messages/administration/webhookMessages.hpp"
#include "persistence/webhookRepositoryInterface.hpp"

namespace ks {

struct WebhookDependencies {
  ActorEnvironment environment;
  std::shared_ptr<const AccountCrypto> crypto;
  WebhookRules rules;
  WebhookRepositoryFactory makeRepository;
};

/// See WebhookActor. Blocks (PostgreSQL, names of hosts), so it is spawned detached.
///
/// Which entries of the audit trail have been turned into deliveries is a row that changes in the statement
/// that stores the deliveries: each entry is processed once, whatever process dies.
struct WebhookState {
  WebhookState(WebhookActor::pointer self, std::shared_ptr<ActorProbe> probe,
               WebhookDependencies dependencies);
  WebhookActor::behavior_type make_behavior();

  WebhookActor::pointer self;

 private:
  Result<WebhookWithSecret> add(AddWebhook& wish);
  Result<std::vector<Webhook>> list(ListWebhooks& list);
  Result<Webhook> find(FindWebhook& wish);
  Result<Webhook> change(ChangeWebhook& wish);
  Result<WebhookWithSecret> renewSecret(RenewWebhookSecret& wish);
  Result<Done> remove(RemoveWebhook& wish);
  Result<WebhookDelivery> test(TestWebhook& wish);
  Result<DeliveryPage> deliveries(ListDeliveries& wish);
  Result<WebhookDelivery> redeliver(Redeliver& wish);
  [[nodiscard]] AuditEvent event(const RequestContext& context, const char* action, const Uuid& id) const;
  Result<Done> checkTarget(const RequestContext& context, const std::string& url) const;
  [[nodiscard]] Result<Bytes> seal(const SecretText& secret, const Uuid& id) const;
  /// Whether there may be more.
  bool enqueueNew();
  void watch();
  template <class Out, class Message>
  auto answering(Result<Out> (WebhookState::*answer)(Message&));

  std::shared_ptr<ActorProbe> probe_;
  WebhookDependencies deps_;
  std::unique_ptr<WebhookRepositoryInterface> repository_;
  std::chrono::steady_clock::time_point nextClean_{};
};

}  // namespace ks
