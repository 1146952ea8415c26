#pragma once
#include <vector>

#include "actors/runtime/actorRef.hpp"
#include "actors/session/tokenCache.hpp"
#include "messages/actorInterfaces.hpp"

namespace ks {

/// Announces the end of sessions, whatever ended them: to this process's cache at once, to Redis and the
/// other processes by message.
inline void announceSessionsEnded(TokenCache& tokenCache, const ActorRef<SessionCacheActor>& sessionCache,
                                  const RequestContext& context, const Uuid& userId,
                                  const std::vector<Uuid>& sessionIds) {
  if (sessionIds.empty()) {
    return;
  }
  for (const auto& id : sessionIds) {
    tokenCache.forgetSession(id);
  }
  if (const auto cache = sessionCache.get()) {
    auto unbounded = context;
    unbounded.deadline = {};  // the sessions have already ended: this must be announced however late it is
    compat::tellAnon(cache, ForgetSessions{unbounded, userId, sessionIds});
  }
}

}  // namespace ks
