#include <string>
#include <utility>

#include "actors/platform/logCollectorActor.hpp"
#include "actors/platform/passwordActor.hpp"
#include "actors/platform/settingsActor.hpp"
#include "actors/platform/storageActor.hpp"
#include "actors/runtime/spawnHelpers.hpp"
#include "actors/session/apiKeyActor.hpp"
#include "actors/session/databaseNotificationActor.hpp"
#include "actors/session/redisSubscriptionActor.hpp"
#include "actors/session/sessionActor.hpp"
#include "actors/session/sessionCacheActor.hpp"
#include "actors/session/signingKeyActor.hpp"
#include "apps/wiring/serverContext.hpp"
#include "messages/account/sessionNotice.hpp"
#include "persistence/postgres/administration/postgresSettingsRepository.hpp"
#include "persistence/postgres/monitoring/postgresEventRepository.hpp"
#include "persistence/postgres/postgresStorageEngine.hpp"
#include "persistence/redis/redisConnection.hpp"
#include "persistence/redis/redisSessionCache.hpp"
#include "persistence/redis/redisSubscription.hpp"
#include "persistence/sql/postgresNoticeSubscription.hpp"

namespace ks {
namespace {

/// Limits how long a hanging database delays a change of settings.
constexpr std::chrono::seconds kSettingsStatementTimeout{5};

std::string numbered(const char* name, std::size_t index) {
  return std::string{name} + "-" + std::to_string(index + 1);
}

void addStorageActors(ServerContext& context) {
  for (std::size_t i = 0; i < context.storageRefs.size(); ++i) {
    const auto config = context.databaseConfig("storage");
    context.addChild(numbered("storageActor", i), context.storageRefs[i],
                     [config](caf::actor_system& system, std::shared_ptr<ActorProbe> probe) {
                       StorageEngineFactory makeEngine = [config] {
                         return std::make_unique<PostgresStorageEngine>(config);
                       };
                       return spawnBlocking<StorageActor, StorageState>(system, std::move(probe), makeEngine);
                     });
  }
}

void addPasswordActors(ServerContext& context) {
  for (std::size_t i = 0; i < context.passwordRefs.size(); ++i) {
    context.addChild(numbered("passwordActor", i), context.passwordRefs[i],
                     [&context](caf::actor_system& system, std::shared_ptr<ActorProbe> probe) {
                       return spawnBlocking<PasswordActor, PasswordState>(
                           system, std::move(probe), context.environment, Argon2Parameters{});
                     });
  }
}

void addRedisActors(ServerContext& context) {
  const auto redis = context.redisConfig();
  context.addChild("sessionCacheActor", context.sessionCache,
                   [redis](caf::actor_system& system, std::shared_ptr<ActorProbe> probe) {
                     SessionCacheFactory makeCache = [redis] {
                       return std::make_unique<RedisSessionCache>(std::make_unique<RedisConnection>(redis));
                     };
                     return spawnBlocking<SessionCacheActor, SessionCacheState>(system, std::move(probe),
                                                                                makeCache);
                   });
  context.addChild(
      "redisSubscriptionActor", context.redisSubscription,
      [redis, &context](caf::actor_system& system, std::shared_ptr<ActorProbe> probe) {
        RedisSubscriptionFactory makeSubscription = [redis] {
          return std::make_unique<RedisSubscription>(
              redis, std::vector<std::string>{std::string{kSessionsEndedChannel},
                                              std::string{kSettingsChangedChannel}});
        };
        const RedisListener listener = [session = context.session,
                                        settings = context.settingsActor](const RedisNotice& notice) {
          compat::tellAnon(session.get(), notice);
          compat::tellAnon(settings.get(), notice);
        };
        return spawnBlocking<RedisSubscriptionActor, RedisSubscriptionState>(system, std::move(probe),
                                                                             makeSubscription, listener);
      });
}

void addKeyActors(ServerContext& context) {
  context.addChild("apiKeyActor", context.apiKeys,
                   [&context](caf::actor_system& system, std::shared_ptr<ActorProbe> probe) {
                     return spawnShared<ApiKeyActor, ApiKeyState>(
                         system, std::move(probe),
                         ApiKeyDependencies{.environment = context.environment,
                                            .storage = context.storage,
                                            .sessionCache = context.sessionCache,
                                            .tokenCache = context.tokenCache,
                                            .crypto = context.crypto,
                                            .mail = context.mail});
                   });
  context.addChild("signingKeyActor", context.signingKeyActor,
                   [&context](caf::actor_system& system, std::shared_ptr<ActorProbe> probe) {
                     SigningKeyPolicy policy;
                     policy.rotateEvery = std::chrono::hours{24} * context.settings.signingKeyDays;
                     return spawnShared<SigningKeyActor, SigningKeyState>(
                         system, std::move(probe),
                         SigningKeyDependencies{.environment = context.environment,
                                                .storage = context.storage,
                                                .crypto = context.crypto,
                                                .signingKeys = context.signingKeys,
                                                .policy = policy});
                   });
  context.addChild(
      "databaseNotificationActor", context.notices,
      [&context](caf::actor_system& system, std::shared_ptr<ActorProbe> probe) {
        NoticeSubscriptionFactory makeSubscription = [config = context.databaseConfig("notices")] {
          return std::make_unique<PostgresNoticeSubscription>(config);
        };
        return spawnBlocking<DatabaseNotificationActor, NoticeState>(
            system, std::move(probe), makeSubscription, context.tokenCache, context.signingKeyActor);
      });
}

/// First in the order of start, so last in the order of stop: it stores the last events of the others.
void addLogCollector(ServerContext& context) {
  context.addChild("logCollectorActor", context.logCollector,
                   [&context](caf::actor_system& system, std::shared_ptr<ActorProbe> probe) {
                     LogCollectorDependencies dependencies{.process = context.kind.process,
                                                           .events = context.events,
                                                           .refusals = context.refusals,
                                                           .makeRepository = {}};
                     dependencies.makeRepository = [config = context.eventConfig(),
                                                    sealer = context.auditSealer] {
                       return std::make_unique<PostgresEventRepository>(config, sealer);
                     };
                     return spawnBlocking<LogCollectorActor, LogCollectorState>(system, std::move(probe),
                                                                                std::move(dependencies));
                   });
}

/// The admin process publishes changes through Redis.
void addSettingsActor(ServerContext& context) {
  auto database = context.databaseConfig("settings");
  database.timeout = kSettingsStatementTimeout;
  context.addChild("settingsActor", context.settingsActor,
                   [database, redis = context.redisConfig(), &context](caf::actor_system& system,
                                                                       std::shared_ptr<ActorProbe> probe) {
                     SettingsDependencies dependencies{.environment = context.environment,
                                                       .base = context.loadedAtStart,
                                                       .board = context.settingsBoard,
                                                       .makeRepository = {},
                                                       .makeRedis = {}};
                     dependencies.makeRepository = [database] {
                       return std::make_unique<PostgresSettingsRepository>(database);
                     };
                     if (context.kind.process == "admin") {
                       dependencies.makeRedis = [redis] { return std::make_unique<RedisConnection>(redis); };
                     }
                     return spawnBlocking<SettingsActor, SettingsState>(system, std::move(probe),
                                                                        std::move(dependencies));
                   });
}

}  // namespace

void addCommonActors(ServerContext& context) {
  addLogCollector(context);
  addSettingsActor(context);
  addStorageActors(context);
  addPasswordActors(context);
  context.addChild("sessionActor", context.session,
                   [&context](caf::actor_system& system, std::shared_ptr<ActorProbe> probe) {
                     return spawnShared<SessionActor, SessionState>(
                         system, std::move(probe),
                         SessionDependencies{.environment = context.environment,
                                             .storage = context.storage,
                                             .sessionCache = context.sessionCache,
                                             .crypto = context.crypto,
                                             .signingKeys = context.signingKeys,
                                             .tokenCache = context.tokenCache});
                   });
  addRedisActors(context);
  addKeyActors(context);
  context.addChild("healthActor", context.health,
                   [&context](caf::actor_system& system, std::shared_ptr<ActorProbe> probe) {
                     HealthDependencies dependencies{.environment = context.environment,
                                                     .process = context.kind.process,
                                                     .storage = context.storage,
                                                     .sessionCache = context.sessionCache,
                                                     .crypto = context.crypto,
                                                     .board = context.healthBoard};
                     dependencies.storeEvery = context.settings.healthInterval;
                     return spawnShared<HealthActor, HealthState>(system, std::move(probe),
                                                                  std::move(dependencies));
                   });
}

}  // namespace ks
