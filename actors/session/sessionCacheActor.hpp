#pragma once
#include <functional>
#include <memory>

#include "actors/runtime/actorDirectory.hpp"
#include "messages/actorInterfaces.hpp"
#include "persistence/sessionCacheInterface.hpp"

namespace ks {

using SessionCacheFactory = std::function<std::unique_ptr<SessionCacheInterface>()>;

/// See SessionCacheActor.
struct SessionCacheState {
  SessionCacheState(SessionCacheActor::pointer self, std::shared_ptr<ActorProbe> probe,
                    const SessionCacheFactory& makeCache);
  SessionCacheActor::behavior_type make_behavior();

  SessionCacheActor::pointer self;

 private:
  std::shared_ptr<ActorProbe> probe_;
  std::unique_ptr<SessionCacheInterface> cache_;
};

}  // namespace ks
