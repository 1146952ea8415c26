#pragma once
#include <functional>
#include <memory>

#include "actors/runtime/actorDirectory.hpp"
#include "actors/runtime/actorRef.hpp"
#include "messages/actorInterfaces.hpp"
#include "persistence/redisSubscriptionInterface.hpp"

namespace ks {

/// Receives every notification; must not block.
using RedisListener = std::function<void(const RedisNotice&)>;
using RedisSubscriptionFactory = std::function<std::unique_ptr<RedisSubscriptionInterface>()>;

/// See RedisSubscriptionActor. Waits on the subscription in short steps, so it can be stopped.
struct RedisSubscriptionState {
  RedisSubscriptionState(RedisSubscriptionActor::pointer self, std::shared_ptr<ActorProbe> probe,
                         const RedisSubscriptionFactory& makeSubscription, RedisListener listener);
  RedisSubscriptionActor::behavior_type make_behavior();

  RedisSubscriptionActor::pointer self;

 private:
  void receive();

  std::shared_ptr<ActorProbe> probe_;
  std::unique_ptr<RedisSubscriptionInterface> subscription_;
  RedisListener listener_;
  bool connected_ = false;
};

}  // namespace ks
