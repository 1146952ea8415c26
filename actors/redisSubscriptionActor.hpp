#pragma once
#include <functional>
#include <memory>

#include "actors/actorDirectory.hpp"
#include "actors/actorRef.hpp"
#include "messages/actorInterfaces.hpp"
#include "persistence/redisSubscriptionInterface.hpp"

namespace ks {

using RedisSubscriptionFactory = std::function<std::unique_ptr<RedisSubscriptionInterface>()>;

/// See RedisSubscriptionActor. Waits on the subscription a moment at a time, so that it can be stopped.
struct RedisSubscriptionState {
  RedisSubscriptionState(RedisSubscriptionActor::pointer self, std::shared_ptr<ActorProbe> probe,
                         const RedisSubscriptionFactory& makeSubscription, ActorRef<SessionActor> listener);
  RedisSubscriptionActor::behavior_type make_behavior();

  RedisSubscriptionActor::pointer self;

 private:
  void receive();

  std::shared_ptr<ActorProbe> probe_;
  std::unique_ptr<RedisSubscriptionInterface> subscription_;
  ActorRef<SessionActor> listener_;
  bool connected_ = false;
};

}  // namespace ks
