#include "apps/admin/securityActors.hpp"

#include <memory>
#include <utility>

#include "actors/administration/blockActor.hpp"
#include "actors/runtime/spawnHelpers.hpp"
#include "monitoring/security/activityActor.hpp"
#include "monitoring/security/banActor.hpp"
#include "persistence/postgres/security/postgresBanRepository.hpp"
#include "persistence/postgres/security/postgresBlockRepository.hpp"
#include "persistence/postgres/security/postgresSecurityRepository.hpp"
#include "persistence/redis/redisConnection.hpp"

namespace ks {
namespace {

/// A ban that takes longer is answered as a fault; it must reach the gateway within two seconds.
constexpr std::chrono::seconds kBanStatementTimeout{5};
/// Detection reads the raw lines of an hour when it starts.
constexpr std::chrono::seconds kAnalysisStatementTimeout{20};

BanConfig banConfig(const Settings& settings) {
  BanConfig config;
  for (const auto& text : settings.trustedProxies) {
    if (const auto network = IpNetwork::parse(text)) {
      config.trustedProxies.push_back(*network);
    }
  }
  return config;
}

SecurityAnalysisConfig analysisConfig(const Settings& settings) {
  SecurityAnalysisConfig config;
  config.rules.dosAttempt = settings.detectDosAttempt;
  config.rules.rapidViolations = settings.detectRapidViolations;
  config.rules.honeypot = settings.detectHoneypot;
  config.rules.authSpray = settings.detectAuthSpray;
  config.rules.authDistributed = settings.detectAuthDistributed;
  config.rules.pathProbing = settings.detectPathProbing;
  config.rules.quiet = settings.detectQuiet;
  config.bans = banConfig(settings);
  config.banAutomatically = settings.banAutomatically;
  config.banLength = settings.banLength;
  return config;
}

}  // namespace

void SecurityActors::addTo(ServerContext& context, const std::shared_ptr<SecurityFeed>& feed,
                           const ActorPool<MonitoringStorageActor>& storage) const {
  caf::init_global_meta_objects<caf::id_block::kActivities>();
  caf::init_global_meta_objects<caf::id_block::kBans>();  // the actor system has not started yet
  caf::init_global_meta_objects<caf::id_block::kBlocks>();
  context.addChild("activityActor", activities_,
                   [storage, &context](caf::actor_system& system, std::shared_ptr<ActorProbe> probe) {
                     return spawnShared<ActivityActor, ActivityState>(system, std::move(probe),
                                                                      context.environment, storage);
                   });
  auto database = context.databaseConfig("bans");
  database.timeout = kBanStatementTimeout;
  context.addChild(
      "banActor", bans_,
      [database, redis = context.redisConfig(), &context](caf::actor_system& system,
                                                          std::shared_ptr<ActorProbe> probe) {
        BanRepositoryFactory makeRepository = [database] {
          return std::make_unique<PostgresBanRepository>(database);
        };
        RedisConnectionFactory makeRedis = [redis] { return std::make_unique<RedisConnection>(redis); };
        return spawnBlocking<BanActor, BanState>(system, std::move(probe), context.environment,
                                                 banConfig(context.settings), makeRepository, makeRedis);
      });
  auto blocking = context.databaseConfig("blocks");
  blocking.timeout = kBanStatementTimeout;
  context.addChild("blockActor", blocks_,
                   [blocking, &context](caf::actor_system& system, std::shared_ptr<ActorProbe> probe) {
                     BlockRepositoryFactory makeRepository = [blocking] {
                       return std::make_unique<PostgresBlockRepository>(blocking);
                     };
                     return spawnBlocking<BlockActor, BlockState>(system, std::move(probe),
                                                                  context.environment, makeRepository);
                   });
  auto reading = context.databaseConfig("detection");
  reading.timeout = kAnalysisStatementTimeout;
  context.addChild(
      "securityAnalysisActor", analysis_,
      [reading, feed, bans = bans_, &context](caf::actor_system& system, std::shared_ptr<ActorProbe> probe) {
        SecurityRepositoryFactory makeRepository = [reading] {
          return std::make_unique<PostgresSecurityRepository>(reading, &pathHashOf);
        };
        return spawnBlocking<SecurityAnalysisActor, SecurityAnalysisState>(
            system, std::move(probe), context.environment,
            Live<SecurityAnalysisConfig>{context.settingsBoard, &analysisConfig}, makeRepository, feed, bans);
      });
}

}  // namespace ks
