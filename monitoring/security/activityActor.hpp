#pragma once
#include <memory>

#include "actors/runtime/actorDirectory.hpp"
#include "actors/runtime/actorEnvironment.hpp"
#include "actors/runtime/actorRef.hpp"
#include "messages/monitoring/activityMessages.hpp"
#include "messages/monitoring/monitoringInterfaces.hpp"

namespace ks {

/// See ActivityActor. Never blocks.
struct ActivityState {
  ActivityState(ActivityActor::pointer selfPointer, std::shared_ptr<ActorProbe> probe,
                ActorEnvironment environment, ActorPool<MonitoringStorageActor> storage);
  ActivityActor::behavior_type make_behavior();

  ActivityActor::pointer self;

 private:
  std::shared_ptr<ActorProbe> probe_;
  ActorEnvironment environment_;
  ActorPool<MonitoringStorageActor> storage_;
};

}  // namespace ks
