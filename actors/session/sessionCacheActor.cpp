#include "actors/session/sessionCacheActor.hpp"

#include <utility>

#include "actors/runtime/guarded.hpp"

namespace ks {
namespace {

template <class T>
caf::result<T> toCafResult(Result<T> result) {
  if (result.ok()) {
    return std::move(result.value());
  }
  return toCafError(std::move(result.fault()));
}

}  // namespace

SessionCacheState::SessionCacheState(SessionCacheActor::pointer selfPointer,
                                     std::shared_ptr<ActorProbe> probe, const SessionCacheFactory& makeCache)
    : self(selfPointer), probe_(std::move(probe)), cache_(makeCache()) {}

SessionCacheActor::behavior_type SessionCacheState::make_behavior() {
  return {
      guarded(self, probe_,
              [this](CacheSession& message) -> caf::result<Done> {
                return toCafResult(
                    cache_->put(message.session, message.accessTokenSha256, message.accessTokenTtlS));
              }),
      guarded(self, probe_,
              [this](ForgetSessions& message) -> caf::result<Done> {
                return toCafResult(cache_->forget(message.userId, message.sessionIds));
              }),
      guarded(self, probe_, [this](Ping&) -> caf::result<Done> { return toCafResult(cache_->ping()); }),
  };
}

}  // namespace ks
