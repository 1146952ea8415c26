#include "apps/admin/monitoringActors.hpp"

#include <unistd.h>

#include <array>
#include <string>
#include <utility>

#include "actors/spawnHelpers.hpp"
#include "actors/storageActor.hpp"
#include "monitoring/collectorChildren.hpp"
#include "persistence/postgresCollectorRepository.hpp"
#include "persistence/postgresStorageEngine.hpp"
#include "persistence/redisConnection.hpp"

namespace ks {
namespace {

/// A dashboard query that takes longer is ended by the server.
constexpr std::chrono::seconds kQueryTimeout{5};

std::string nodeName() {
  std::array<char, 256> name{};
  return ::gethostname(name.data(), name.size() - 1) == 0 ? std::string{name.data()}
                                                          : std::string{"localhost"};
}

void addQueryStorage(ServerContext& context) {
  auto config = context.databaseConfig("queries");
  config.timeout = kQueryTimeout;
  for (std::size_t i = 0; i < context.queryStorageRefs.size(); ++i) {
    context.addChild("queryStorageActor-" + std::to_string(i + 1), context.queryStorageRefs[i],
                     [config](caf::actor_system& system, std::shared_ptr<ActorProbe> probe) {
                       StorageEngineFactory makeEngine = [config] {
                         return std::make_unique<PostgresStorageEngine>(config);
                       };
                       return spawnBlocking<StorageActor, StorageState>(system, std::move(probe), makeEngine);
                     });
  }
}

void addCollector(ServerContext& context) {
  CollectorConfig config{nodeName(), context.settings.logDir,
                         static_cast<std::uint32_t>(context.settings.retentionDays)};
  const CollectorRefs refs;
  const CollectorRepositoryFactory makeRepository = [database = context.databaseConfig("collector"),
                                                     &context] {
    return std::make_unique<PostgresCollectorRepository>(database, context.uuids);
  };
  const RedisConnectionFactory makeRedis = [redis = context.redisConfig()] {
    return std::make_unique<RedisConnection>(redis);
  };
  for (auto& child : collectorChildren(config, context.environment, refs, makeRepository, makeRedis)) {
    context.children.push_back(std::move(child));
  }
  context.releases.push_back([refs] { refs.reset(); });
}

}  // namespace

void addMonitoringActors(ServerContext& context) {
  caf::init_global_meta_objects<caf::id_block::kCollector>();  // the actor system has not started yet
  addQueryStorage(context);
  addCollector(context);
}

}  // namespace ks
