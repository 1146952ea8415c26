#include "actors/session/redisSubscriptionActor.hpp"

#include <utility>

#include "actors/runtime/guarded.hpp"
#include "core/logging/logging.hpp"

namespace ks {
namespace {

constexpr Milliseconds kReceiveWait{500};

}  // namespace

RedisSubscriptionState::RedisSubscriptionState(RedisSubscriptionActor::pointer selfPointer,
                                               std::shared_ptr<ActorProbe> probe,
                                               const RedisSubscriptionFactory& makeSubscription,
                                               RedisListener listener)
    : self(selfPointer),
      probe_(std::move(probe)),
      subscription_(makeSubscription()),
      listener_(std::move(listener)) {}

RedisSubscriptionActor::behavior_type RedisSubscriptionState::make_behavior() {
  compat::tell(self, RedisSubscriptionActor{self}, TickAtom_v);
  return {
      guarded(self, probe_,
              [this](TickAtom) {
                compat::tell(self, RedisSubscriptionActor{self}, TickAtom_v);
                receive();
              }),
  };
}

void RedisSubscriptionState::receive() {
  const auto event = subscription_->receive(kReceiveWait);
  RedisNotice notice;
  notice.connected = event.ok();
  if (!event.ok()) {
    if (connected_) {
      logWarning("redis.subscription.lost",
                 "Redis is unavailable: ended sessions are looked up in the database meanwhile",
                 {{"cause", event.fault().detail}});
    }
    probe_->noteError(event.fault().detail);
  } else if (event.value()) {
    notice.gap = event.value()->kind == RedisEvent::Kind::gap;
    notice.channel = event.value()->channel;
    notice.payload = event.value()->payload;
  }
  // Silence means no change, but every loss is reported, also to an actor that was restarted meanwhile.
  const bool news = !event.ok() || event.value().has_value();
  connected_ = event.ok();
  if (news) {
    listener_(notice);
  }
}

}  // namespace ks
