#include "apps/admin/monitoringActors.hpp"

#include <unistd.h>

#include <array>
#include <string>
#include <utility>

#include "actors/platform/monitoringStorageActor.hpp"
#include "actors/runtime/spawnHelpers.hpp"
#include "http/routes/monitoring/verificationRoute.hpp"
#include "http/routing/actorBridge.hpp"
#include "persistence/postgres/monitoring/postgresCollectorRepository.hpp"
#include "persistence/postgres/postgresMonitoringEngine.hpp"
#include "persistence/redis/redisConnection.hpp"

namespace ks {
namespace {

/// The server cancels a dashboard query that takes longer.
constexpr std::chrono::seconds kQueryTimeout{5};
constexpr std::size_t kQueryConnections = 2;

std::string nodeName() {
  std::array<char, 256> name{};
  return ::gethostname(name.data(), name.size() - 1) == 0 ? std::string{name.data()}
                                                          : std::string{"localhost"};
}

RetentionPlan retentionPlanOf(const Settings& settings) {
  RetentionPlan plan;
  plan.keepDays = static_cast<std::uint32_t>(settings.retentionDays);
  plan.keepAuditDays = static_cast<std::uint32_t>(settings.auditRetentionDays);
  plan.keepSessionDays = static_cast<std::uint32_t>(settings.sessionRetentionDays);
  plan.keepRegistrationDays = static_cast<std::uint32_t>(settings.registrationDays);
  return plan;
}

void addQueryStorage(ServerContext& context, const std::string& name,
                     const ActorRef<MonitoringStorageActor>& ref, std::chrono::seconds timeout) {
  auto config = context.databaseConfig("queries");
  config.timeout = timeout;
  const MonitoringEngineFactory makeEngine = [config, sealer = context.auditSealer] {
    return std::make_unique<PostgresMonitoringEngine>(config, sealer);
  };
  context.addBlocking<MonitoringStorageState>(name, ref, makeEngine);
}

}  // namespace

MonitoringActors::MonitoringActors() : storageRefs_(kQueryConnections), storage_(storageRefs_) {}

void MonitoringActors::addCollector(ServerContext& context) const {
  const CollectorConfig config{
      nodeName(), context.settings.logDir, {context.settingsBoard, &retentionPlanOf}, {}};
  const CollectorRepositoryFactory makeRepository = [database = context.databaseConfig("collector"),
                                                     &context] {
    return std::make_unique<PostgresCollectorRepository>(database, context.uuids, context.auditSealer);
  };
  const RedisConnectionFactory makeRedis = [redis = context.redisConfig()] {
    return std::make_unique<RedisConnection>(redis);
  };
  for (auto& child : collectorChildren(config, context.environment, collector_, makeRepository, makeRedis)) {
    context.children.push_back(std::move(child));
  }
  context.releases.push_back([refs = collector_] { refs.reset(); });
}

Result<Done> MonitoringActors::subscribeLive(const RequestContext& request,
                                             std::shared_ptr<LiveListenerInterface> listener) const {
  const auto feed = collector_.liveFeed.get();
  if (!feed) {
    return makeFault(ErrorCode::dependencyUnavailable, "the live feed is being started");
  }
  return askActor(feed, request, SubscribeLive{std::move(listener)});
}

void MonitoringActors::addTo(ServerContext& context) const {
  caf::init_global_meta_objects<caf::id_block::kMonitoring>();  // the actor system has not started yet
  caf::init_global_meta_objects<caf::id_block::kCollector>();
  for (std::size_t i = 0; i < storageRefs_.size(); ++i) {
    addQueryStorage(context, "queryStorageActor-" + std::to_string(i + 1), storageRefs_[i], kQueryTimeout);
  }
  addQueryStorage(context, "verificationStorageActor", verificationRef_, kVerificationDeadline);
  addCollector(context);
}

}  // namespace ks
