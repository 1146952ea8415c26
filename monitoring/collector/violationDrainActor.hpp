#pragma once
#include <memory>

#include "actors/runtime/actorEnvironment.hpp"
#include "actors/runtime/actorRef.hpp"
#include "messages/monitoring/collectorMessages.hpp"
#include "monitoring/collector/violationDrain.hpp"

namespace ks {

/// See ViolationDrainActor. Once a second; its Redis connection blocks, so it is spawned detached.
struct ViolationDrainState {
  ViolationDrainState(ViolationDrainActor::pointer self, std::shared_ptr<ActorProbe> probe,
                      ActorEnvironment environment, const RedisConnectionFactory& makeRedis,
                      ActorRef<IngestActor> ingest);
  ViolationDrainActor::behavior_type make_behavior();

  ViolationDrainActor::pointer self;

 private:
  void drain();
  void again();
  void failed(const Fault& fault);

  std::shared_ptr<ActorProbe> probe_;
  ActorEnvironment environment_;
  std::unique_ptr<RedisConnectionInterface> redis_;
  ViolationDrain drain_;
  ActorRef<IngestActor> ingest_;
};

}  // namespace ks
