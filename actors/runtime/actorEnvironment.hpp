#pragma once
#include "actors/runtime/actorDirectory.hpp"
#include "core/clockInterface.hpp"
#include "core/randomSourceInterface.hpp"
#include "core/uuid.hpp"

namespace ks {

/// The outside world as actors may use it. Outlives the actor system.
struct ActorEnvironment {
  const ClockInterface& clock;
  RandomSourceInterface& random;
  UuidGenerator& uuids;
  ActorDirectory& directory;
};

}  // namespace ks
