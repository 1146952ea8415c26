#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "actors/runtime/actorEnvironment.hpp"
#include "actors/runtime/actorRef.hpp"
#include "actors/runtime/supervisorActor.hpp"
#include "messages/monitoring/collectorMessages.hpp"
#include "monitoring/collector/commitFeed.hpp"
#include "monitoring/collector/logTail.hpp"
#include "monitoring/collector/securityFeed.hpp"
#include "monitoring/collector/violationDrainActor.hpp"
#include "monitoring/live/liveFeedActor.hpp"
#include "persistence/collectorRepositoryInterface.hpp"

namespace ks {

struct CollectorConfig {
  std::string node;          ///< this machine's name: files of different nodes are kept apart
  std::string logDirectory;  ///< holds access.log and dos_attempts.log
  Live<RetentionPlan> retention{};
  LogTailConfig tail{};  ///< what both tails have in common: sizes and times
};

/// Handles of the collector's actors; reset them before the actor system ends.
struct CollectorRefs {
  ActorRef<IngestActor> ingest;
  ActorRef<LogTailActor> accessTail;
  ActorRef<LogTailActor> dosTail;
  ActorRef<ViolationDrainActor> violations;
  ActorRef<RetentionActor> retention;
  ActorRef<LiveFeedActor> liveFeed;
  std::shared_ptr<CommitFeed> commits = std::make_shared<CommitFeed>();
  std::shared_ptr<SecurityFeed> detection =
      std::make_shared<SecurityFeed>();  ///< what the tails tell of their lines
  void reset() const;
};

/// The collector's actors in the order of their start, for a supervisor.
std::vector<ChildSpec> collectorChildren(const CollectorConfig& config, ActorEnvironment environment,
                                         const CollectorRefs& refs,
                                         const CollectorRepositoryFactory& makeRepository,
                                         const RedisConnectionFactory& makeRedis);

}  // namespace ks
