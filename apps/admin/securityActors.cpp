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
  context.addShared<ActivityState>("activityActor", activities_, context.environment, storage);
  auto database = context.databaseConfig("bans");
  database.timeout = kBanStatementTimeout;
  const BanRepositoryFactory makeBans = [database] {
    return std::make_unique<PostgresBanRepository>(database);
  };
  const RedisConnectionFactory makeRedis = [redis = context.redisConfig()] {
    return std::make_unique<RedisConnection>(redis);
  };
  context.addBlocking<BanState>("banActor", bans_, context.environment, banConfig(context.settings), makeBans,
                                makeRedis);
  auto blocking = context.databaseConfig("blocks");
  blocking.timeout = kBanStatementTimeout;
  const BlockRepositoryFactory makeBlocks = [blocking] {
    return std::make_unique<PostgresBlockRepository>(blocking);
  };
  context.addBlocking<BlockState>("blockActor", blocks_, context.environment, makeBlocks);
  auto reading = context.databaseConfig("detection");
  reading.timeout = kAnalysisStatementTimeout;
  const SecurityRepositoryFactory makeEvents = [reading] {
    return std::make_unique<PostgresSecurityRepository>(reading, &pathHashOf);
  };
  context.addBlocking<SecurityAnalysisState>(
      "securityAnalysisActor", analysis_, context.environment,
      Live<SecurityAnalysisConfig>{context.settingsBoard, &analysisConfig}, makeEvents, feed, bans_);
}

}  // namespace ks
