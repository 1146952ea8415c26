#include "monitoring/collectorChildren.hpp"

#include <utility>

#include "actors/runtime/spawnHelpers.hpp"
#include "monitoring/collector/ingestActor.hpp"
#include "monitoring/collector/logTailActor.hpp"
#include "monitoring/collector/retentionActor.hpp"

namespace ks {
namespace {

template <class Handle, class Spawn>
ChildSpec child(std::string name, ActorRef<Handle> ref, Spawn spawn) {
  return {std::move(name), [ref, spawn](caf::actor_system& system, std::shared_ptr<ActorProbe> probe) {
            Handle handle = spawn(system, std::move(probe));
            ref.set(handle);
            return caf::actor_cast<caf::actor>(handle);
          }};
}

using ProbePtr = std::shared_ptr<ActorProbe>;

}  // namespace

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
  const auto tail = [&](const char* source, const char* file, bool honeypot) {
    LogTailConfig tailConfig = config.tail;
    tailConfig.node = config.node;
    tailConfig.source = source;
    tailConfig.path = config.logDirectory + "/" + file;
    tailConfig.honeypot = honeypot;
    tailConfig.retention = config.retention;
    return [=, ingest = refs.ingest, detection = refs.detection](caf::actor_system& system, ProbePtr probe) {
      return spawnBlocking<LogTailActor, LogTailState>(system, std::move(probe), environment, tailConfig,
                                                       ingest, detection);
    };
  };
  const auto liveGate = std::make_shared<LiveFeedGate>();
  refs.commits->observers.push_back(liveFeedObserver(refs.liveFeed, liveGate));
  std::vector<ChildSpec> children;
  children.push_back(child("liveFeedActor", refs.liveFeed,
                           [=, commits = refs.commits](caf::actor_system& system, ProbePtr probe) {
                             return spawnShared<LiveFeedActor, LiveFeedState>(system, std::move(probe),
                                                                              environment, commits, liveGate);
                           }));
  children.push_back(child("ingestActor", refs.ingest,
                           [=, commits = refs.commits](caf::actor_system& system, ProbePtr probe) {
                             return spawnBlocking<IngestActor, IngestState>(
                                 system, std::move(probe), environment, makeRepository, commits);
                           }));
  children.push_back(
      child("retentionActor", refs.retention,
            [=, ingest = refs.ingest, plan = config.retention](caf::actor_system& system, ProbePtr probe) {
              return spawnShared<RetentionActor, RetentionState>(system, std::move(probe), environment, plan,
                                                                 ingest);
            }));
  children.push_back(child("logTailActor.access", refs.accessTail, tail("access", "access.log", false)));
  children.push_back(child("logTailActor.dos", refs.dosTail, tail("dos", "dos_attempts.log", true)));
  children.push_back(child("violationDrainActor", refs.violations,
                           [=, ingest = refs.ingest](caf::actor_system& system, ProbePtr probe) {
                             return spawnBlocking<ViolationDrainActor, ViolationDrainState>(
                                 system, std::move(probe), environment, makeRedis, ingest);
                           }));
  return children;
}

}  // namespace ks
