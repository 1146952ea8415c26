#pragma once
#include <map>
#include <memory>
#include <vector>

#include "actors/runtime/accountCrypto.hpp"
#include "actors/runtime/actorDirectory.hpp"
#include "actors/runtime/actorEnvironment.hpp"
#include "actors/webhook/webhookCaller.hpp"
#include "messages/administration/webhookMessages.hpp"
#include "persistence/webhookRepositoryInterface.hpp"

namespace ks {

struct WebhookSenderDependencies {
  ActorEnvironment environment;
  std::shared_ptr<const AccountCrypto> crypto;
  WebhookRules rules;
  WebhookRepositoryFactory makeRepository;
};

/// How long after a failed attempt the next one comes, before chance is added: 2 s, then three times as long
/// each time, up to 4 hours.
[[nodiscard]] std::chrono::milliseconds webhookRetryDelay(std::uint32_t attempts) noexcept;

/// See WebhookSenderActor. Blocks (PostgreSQL, the calls), so it is spawned detached.
///
/// A delivery is leased and settled when its call has ended: if the process dies in between, it is
/// leased again, so it arrives at least once. Few calls of one webhook at a time, so one that hangs
/// does not delay the others.
struct WebhookSenderState {
  WebhookSenderState(WebhookSenderActor::pointer self, std::shared_ptr<ActorProbe> probe,
                     WebhookSenderDependencies dependencies);
  WebhookSenderActor::behavior_type make_behavior();

  WebhookSenderActor::pointer self;

 private:
  void work();
  void claim();
  void begin(ClaimedDelivery& delivery);
  void judge(const WebhookAnswer& answer);
  void fail(DeliveryOutcome& outcome, const ClaimedDelivery& delivery);
  /// False while the database does not take them.
  bool settle();
  [[nodiscard]] Result<std::vector<SecretText>> secretsOf(const ClaimedDelivery& delivery) const;

  std::shared_ptr<ActorProbe> probe_;
  WebhookSenderDependencies deps_;
  std::unique_ptr<WebhookRepositoryInterface> repository_;
  WebhookCaller caller_;
  std::map<Uuid, ClaimedDelivery> underWay_;
  std::vector<DeliveryOutcome> ended_;
};

}  // namespace ks
