#pragma once
#include <deque>
#include <functional>
#include <memory>
#include <utility>

#include "actors/actorDirectory.hpp"
#include "messages/actorInterfaces.hpp"
#include "persistence/sessionCacheInterface.hpp"

namespace ks {

using SessionCacheFactory = std::function<std::unique_ptr<SessionCacheInterface>()>;

/// See SessionCacheActor. Removals that Redis did not take are kept (bounded) and tried again every second,
/// so that a copy of an ended session does not outlive an outage by more than that.
struct SessionCacheState {
  SessionCacheState(SessionCacheActor::pointer self, std::shared_ptr<ActorProbe> probe,
                    const SessionCacheFactory& makeCache);
  SessionCacheActor::behavior_type make_behavior();

  SessionCacheActor::pointer self;

 private:
  void retryRemovals();

  std::shared_ptr<ActorProbe> probe_;
  std::unique_ptr<SessionCacheInterface> cache_;
  std::deque<std::pair<Uuid, std::vector<Uuid>>> pendingRemovals_;
};

}  // namespace ks
