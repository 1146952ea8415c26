#pragma once
#include <memory>

#include "actors/runtime/actorDirectory.hpp"
#include "actors/runtime/actorEnvironment.hpp"
#include "monitoring/collector/commitFeed.hpp"
#include "persistence/collectorRepositoryInterface.hpp"

namespace ks {

/// See IngestActor. Owns the repository and its connection; blocks, so it is spawned detached.
struct IngestState {
  IngestState(IngestActor::pointer self, std::shared_ptr<ActorProbe> probe, ActorEnvironment environment,
              const CollectorRepositoryFactory& makeRepository, std::shared_ptr<CommitFeed> commits);
  IngestActor::behavior_type make_behavior();

  IngestActor::pointer self;

 private:
  Result<bool> lockNode(const std::string& node);
  Result<IngestOutcome> store(const std::shared_ptr<const IngestBatch>& batch);

  std::shared_ptr<ActorProbe> probe_;
  ActorEnvironment environment_;
  std::unique_ptr<CollectorRepositoryInterface> repository_;
  std::shared_ptr<CommitFeed> commits_;
};

}  // namespace ks
