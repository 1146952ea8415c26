#pragma once
#include <functional>
#include <memory>

#include "actors/runtime/actorDirectory.hpp"
#include "actors/runtime/actorRef.hpp"
#include "actors/session/tokenCache.hpp"
#include "messages/account/keyInterfaces.hpp"
#include "persistence/noticeSubscriptionInterface.hpp"

namespace ks {

using NoticeSubscriptionFactory = std::function<std::unique_ptr<NoticeSubscriptionInterface>()>;

/// See DatabaseNotificationActor. Waits on the subscription in short steps, so it can be stopped.
/// The token cache answers only while this actor listens.
struct NoticeState {
  NoticeState(DatabaseNotificationActor::pointer self, std::shared_ptr<ActorProbe> probe,
              const NoticeSubscriptionFactory& makeSubscription, std::shared_ptr<TokenCache> tokenCache,
              ActorRef<SigningKeyActor> signingKeys);
  ~NoticeState();
  NoticeState(const NoticeState&) = delete;
  NoticeState& operator=(const NoticeState&) = delete;
  DatabaseNotificationActor::behavior_type make_behavior();

  DatabaseNotificationActor::pointer self;

 private:
  /// Whether there was a notice.
  bool receive(Milliseconds wait);
  void applyAccess(std::string_view payload);
  void wakeSigningKeys();

  std::shared_ptr<ActorProbe> probe_;
  std::unique_ptr<NoticeSubscriptionInterface> subscription_;
  std::shared_ptr<TokenCache> tokenCache_;
  ActorRef<SigningKeyActor> signingKeys_;
  bool listening_ = false;
};

}  // namespace ks
