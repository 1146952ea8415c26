#include "monitoring/collectorChildren.hpp"

#include <utility>

#include "actors/runtime/spawnHelpers.hpp"
#include "monitoring/collector/ingestActor.hpp"
#include "monitoring/collector/logTailActor.hpp"
#include "monitoring/collector/retentionActor.hpp"

namespace ks {
void CollectorRefs::reset() const {
  ingest.reset();
  accessTail.reset();
  dosTail.reset();
  violations.reset();
  retention.reset();
  liveFeed.reset();
}

std::vector<ChildSpec> collectorChildren(const CollectorConfig& config, ActorEnvironment environment,
                                         const CollectorRefs& refs,
                                         const CollectorRepositoryFactory& makeRepository,
                                         const RedisConnectionFactory& makeRedis) {
  const auto tail = [&](const char* source, const char* file, const ActorRef<LogTailActor>& ref,
                        bool honeypot) {
    LogTailConfig tailConfig = config.tail;
    tailConfig.node = config.node;
    tailConfig.source = source;
    tailConfig.path = config.logDirectory + "/" + file;
    tailConfig.honeypot = honeypot;
    tailConfig.retention = config.retention;
    return blockingChild<LogTailState>("logTailActor." + tailConfig.source, ref, environment, tailConfig,
                                       refs.ingest, refs.detection);
  };
  const auto liveGate = std::make_shared<LiveFeedGate>();
  refs.commits->observers.push_back(liveFeedObserver(refs.liveFeed, liveGate));
  return {
      sharedChild<LiveFeedState>("liveFeedActor", refs.liveFeed, environment, refs.commits, liveGate),
      blockingChild<IngestState>("ingestActor", refs.ingest, environment, makeRepository, refs.commits),
      sharedChild<RetentionState>("retentionActor", refs.retention, environment, config.retention,
                                  refs.ingest),
      tail("access", "access.log", refs.accessTail, false),
      tail("dos", "dos_attempts.log", refs.dosTail, true),
      blockingChild<ViolationDrainState>("violationDrainActor", refs.violations, environment, makeRedis,
                                         refs.ingest),
  };
}

}  // namespace ks
