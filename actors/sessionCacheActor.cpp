#include "actors/sessionCacheActor.hpp"

#include <utility>

#include "actors/guarded.hpp"

namespace ks {
namespace {

/// Copies live a minute at most, so older removals need not be kept.
constexpr std::size_t kPendingRemovals = 10'000;
constexpr std::chrono::seconds kRetryEvery{1};

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
  compat::tellAfter(self, kRetryEvery, SessionCacheActor{self}, TickAtom_v);
  return {
      guarded(self, probe_,
              [this](CacheSession& message) -> caf::result<Done> {
                return toCafResult(
                    cache_->put(message.session, message.accessTokenSha256, message.accessTokenTtlS));
              }),
      guarded(self, probe_,
              [this](FindCachedSession& message) -> caf::result<std::optional<SessionRecord>> {
                return toCafResult(cache_->find(message.sessionId));
              }),
      guarded(self, probe_,
              [this](ForgetSessions& message) -> caf::result<Done> {
                auto result = cache_->forget(message.userId, message.sessionIds);
                if (!result.ok()) {
                  if (pendingRemovals_.size() >= kPendingRemovals) {
                    pendingRemovals_.pop_front();
                  }
                  pendingRemovals_.emplace_back(message.userId, message.sessionIds);
                }
                return toCafResult(std::move(result));
              }),
      guarded(self, probe_, [this](Ping&) -> caf::result<Done> { return toCafResult(cache_->ping()); }),
      guarded(self, probe_,
              [this](TickAtom) {
                retryRemovals();
                compat::tellAfter(self, kRetryEvery, SessionCacheActor{self}, TickAtom_v);
              }),
  };
}

void SessionCacheState::retryRemovals() {
  while (!pendingRemovals_.empty()) {
    const auto& [userId, sessionIds] = pendingRemovals_.front();
    if (!cache_->forget(userId, sessionIds).ok()) {
      return;
    }
    pendingRemovals_.pop_front();
  }
}

}  // namespace ks
