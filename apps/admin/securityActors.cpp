#include "apps/admin/securityActors.hpp"

#include <memory>
#include <utility>

#include "actors/spawnHelpers.hpp"
#include "monitoring/banActor.hpp"
#include "persistence/postgresBanRepository.hpp"
#include "persistence/redisConnection.hpp"

namespace ks {
namespace {

/// A ban that takes longer is answered as a fault; the gateway's two seconds do not wait for it.
constexpr std::chrono::seconds kBanStatementTimeout{5};

BanConfig banConfig(const Settings& settings) {
  BanConfig config;
  for (const auto& text : settings.trustedProxies) {
    if (const auto network = IpNetwork::parse(text)) {
      config.trustedProxies.push_back(*network);
    }
  }
  return config;
}

}  // namespace

void SecurityActors::addTo(ServerContext& context) const {
  caf::init_global_meta_objects<caf::id_block::kBans>();  // the actor system has not started yet
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
}

}  // namespace ks
