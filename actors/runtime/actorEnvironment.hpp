#pragma once
#include "actors/runtime/actorDirectory.hpp"
#include "core/clockInterface.hpp"
#include "core/randomSourceInterface.hpp"
#include "core/uuid.hpp"

namespace ks {

/// What every actor may use of the outside world. Outlives the actor system.
struct ActorEnvironment {
  const ClockInterface& clock;
  RandomSourceInterface& random;
  UuidGenerator& uuids;
  ActorDirectory& directory;
};

}  // namespace ks
