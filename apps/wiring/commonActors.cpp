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
#include "apps/wiring/paymentMetrics.hpp"
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
    const StorageEngineFactory makeEngine = [config] {
      return std::make_unique<PostgresStorageEngine>(config);
    };
    context.addBlocking<StorageState>(numbered("storageActor", i), context.storageRefs[i], makeEngine);
  }
}

void addPasswordActors(ServerContext& context) {
  for (std::size_t i = 0; i < context.passwordRefs.size(); ++i) {
    context.addBlocking<PasswordState>(numbered("passwordActor", i), context.passwordRefs[i],
                                       context.environment, Argon2Parameters{});
  }
}

void addRedisActors(ServerContext& context) {
  const auto redis = context.redisConfig();
  const SessionCacheFactory makeCache = [redis] {
    return std::make_unique<RedisSessionCache>(std::make_unique<RedisConnection>(redis));
  };
  context.addBlocking<SessionCacheState>("sessionCacheActor", context.sessionCache, makeCache);
  const RedisSubscriptionFactory makeSubscription = [redis] {
    return std::make_unique<RedisSubscription>(
        redis,
        std::vector<std::string>{std::string{kSessionsEndedChannel}, std::string{kSettingsChangedChannel}});
  };
  const RedisListener listener = [session = context.session,
                                  settings = context.settingsActor](const RedisNotice& notice) {
    compat::tellAnon(session.get(), notice);
    compat::tellAnon(settings.get(), notice);
  };
  context.addBlocking<RedisSubscriptionState>("redisSubscriptionActor", context.redisSubscription,
                                              makeSubscription, listener);
}

void addKeyActors(ServerContext& context) {
  context.addShared<ApiKeyState>("apiKeyActor", context.apiKeys,
                                 ApiKeyDependencies{.environment = context.environment,
                                                    .storage = context.storage,
                                                    .sessionCache = context.sessionCache,
                                                    .tokenCache = context.tokenCache,
                                                    .crypto = context.crypto,
                                                    .mail = context.mail});
  SigningKeyPolicy policy;
  policy.rotateEvery = std::chrono::hours{24} * context.settings.signingKeyDays;
  context.addShared<SigningKeyState>("signingKeyActor", context.signingKeyActor,
                                     SigningKeyDependencies{.environment = context.environment,
                                                            .storage = context.storage,
                                                            .crypto = context.crypto,
                                                            .signingKeys = context.signingKeys,
                                                            .policy = policy});
  const NoticeSubscriptionFactory makeSubscription = [config = context.databaseConfig("notices")] {
    return std::make_unique<PostgresNoticeSubscription>(config);
  };
  context.addBlocking<NoticeState>("databaseNotificationActor", context.notices, makeSubscription,
                                   context.tokenCache, context.signingKeyActor);
}

/// First in the order of start, so last in the order of stop: it stores the last events of the others.
void addLogCollector(ServerContext& context) {
  const EventRepositoryFactory makeRepository = [config = context.eventConfig(),
                                                 sealer = context.auditSealer] {
    return std::make_unique<PostgresEventRepository>(config, sealer);
  };
  context.addBlocking<LogCollectorState>("logCollectorActor", context.logCollector,
                                         LogCollectorDependencies{.process = context.kind.process,
                                                                  .events = context.events,
                                                                  .refusals = context.refusals,
                                                                  .makeRepository = makeRepository});
}

/// The admin process publishes changes through Redis.
void addSettingsActor(ServerContext& context) {
  auto database = context.databaseConfig("settings");
  database.timeout = kSettingsStatementTimeout;
  SettingsDependencies dependencies{.environment = context.environment,
                                    .base = context.loadedAtStart,
                                    .board = context.settingsBoard,
                                    .makeRepository = {},
                                    .makeRedis = {}};
  dependencies.makeRepository = [database] { return std::make_unique<PostgresSettingsRepository>(database); };
  if (context.kind.process == "admin") {
    dependencies.makeRedis = [redis = context.redisConfig()] {
      return std::make_unique<RedisConnection>(redis);
    };
  }
  context.addBlocking<SettingsState>("settingsActor", context.settingsActor, dependencies);
}

}  // namespace

namespace {

/// Only where there is a bank to talk to.
std::function<HealthCheck()> gatewayCheckOf(const ServerContext& context) {
  if (!context.talksToBank()) {
    return {};
  }
  return [board = context.paymentBoard] { return gatewayCheck(board->view()); };
}

}  // namespace

void addCommonActors(ServerContext& context) {
  addLogCollector(context);
  addSettingsActor(context);
  addStorageActors(context);
  addPasswordActors(context);
  context.addShared<SessionState>("sessionActor", context.session,
                                  SessionDependencies{.environment = context.environment,
                                                      .storage = context.storage,
                                                      .sessionCache = context.sessionCache,
                                                      .crypto = context.crypto,
                                                      .signingKeys = context.signingKeys,
                                                      .tokenCache = context.tokenCache});
  addRedisActors(context);
  addKeyActors(context);
  context.addShared<HealthState>("healthActor", context.health,
                                 HealthDependencies{.environment = context.environment,
                                                    .process = context.kind.process,
                                                    .storage = context.storage,
                                                    .sessionCache = context.sessionCache,
                                                    .crypto = context.crypto,
                                                    .board = context.healthBoard,
                                                    .gateway = gatewayCheckOf(context),
                                                    .storeEvery = context.settings.healthInterval});
}

}  // namespace ks
