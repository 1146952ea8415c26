#pragma once
#include <memory>

#include "actors/actorDirectory.hpp"
#include "actors/actorEnvironment.hpp"
#include "monitoring/collectorMessages.hpp"
#include "persistence/collectorRepositoryInterface.hpp"

namespace ks {

/// See IngestActor. Owns the repository and its connection; blocks, so it is spawned detached.
struct IngestState {
  IngestState(IngestActor::pointer self, std::shared_ptr<ActorProbe> probe, ActorEnvironment environment,
              const CollectorRepositoryFactory& makeRepository);
  IngestActor::behavior_type make_behavior();

  IngestActor::pointer self;

 private:
  template <class Out, class T>
  caf::result<Out> answer(Result<T> result);

  std::shared_ptr<ActorProbe> probe_;
  ActorEnvironment environment_;
  std::unique_ptr<CollectorRepositoryInterface> repository_;
};

}  // namespace ks
