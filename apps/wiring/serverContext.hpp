#pragma once
#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "actors/payment/paymentBoard.hpp"
#include "actors/platform/healthActor.hpp"
#include "actors/runtime/accountCrypto.hpp"
#include "actors/runtime/actorDirectory.hpp"
#include "actors/runtime/actorEnvironment.hpp"
#include "actors/runtime/actorRef.hpp"
#include "actors/runtime/spawnHelpers.hpp"
#include "actors/runtime/supervisorActor.hpp"
#include "actors/session/signingKeys.hpp"
#include "actors/session/tokenCache.hpp"
#include "apps/wiring/actorMetrics.hpp"
#include "apps/wiring/httpFrontEndActor.hpp"
#include "core/auditSealerInterface.hpp"
#include "core/logging/eventInbox.hpp"
#include "core/logging/refusalTrail.hpp"
#include "core/settings/liveSettings.hpp"
#include "core/settings/settings.hpp"
#include "crypto/sodiumRandomSource.hpp"
#include "http/routing/routeTable.hpp"
#include "messages/account/factorInterfaces.hpp"
#include "messages/account/keyInterfaces.hpp"
#include "messages/account/personalDataMessages.hpp"
#include "messages/account/recoveryMessages.hpp"
#include "messages/actorInterfaces.hpp"
#include "messages/administration/settingsMessages.hpp"
#include "messages/monitoring/collectorStatus.hpp"
#include "messages/payment/bankNoticeMessages.hpp"
#include "messages/payment/paymentMessages.hpp"
#include "messages/payment/refundMessages.hpp"
#include "persistence/redis/redisConnection.hpp"
#include "persistence/sql/postgresConfig.hpp"

namespace ks {

struct ServerContext;

/// Differences between the two servers.
struct ServerKind {
  std::string process;            ///< public or admin
  std::string service;            ///< `service` of its log lines
  std::vector<std::string> apis;  ///< serves /api/<api>/health of each; the first also the OpenAPI document
  bool foreignPages = false;      ///< pages of K_CORS_ORIGINS may call it
  bool payments = false;          ///< it talks to the bank, where one is set
  std::string apiTitle;
  int (*port)(const Settings&);
  /// The message of a fault says which setting cannot be used.
  std::function<Result<Done>(ServerContext&)> addActors;
  std::function<void(ServerContext&, RouteTable&)> addRoutes;
  /// Control operations of this process alone.
  std::function<void(ServerContext&, RouteTable&)> addControlRoutes;
  /// How far the gateway's logs have been read; null function: this process reads none.
  std::function<Result<CollectorStatus>(ServerContext&, const RequestContext&)> collectorStatus;
};

/// All parts of a server process. Members are in the order of construction; the actor system
/// ends first.
struct ServerContext {
  ServerContext(const ServerKind& kind, const LoadedSettings& loaded, const KeyringPtr& keyring);
  ~ServerContext();
  ServerContext(const ServerContext&) = delete;
  ServerContext& operator=(const ServerContext&) = delete;

  const ServerKind& kind;
  std::shared_ptr<const LoadedSettings> loadedAtStart;
  const Settings& settings;  ///< those at start; live values are on the board
  std::shared_ptr<SettingsBoard> settingsBoard;
  SystemClock clock;
  SodiumRandomSource random;
  UuidGenerator uuids{clock, random};
  ActorDirectory directory{clock};
  ActorEnvironment environment{clock, random, uuids, directory};
  TimePoint startedAt;

  std::shared_ptr<const AccountCrypto> crypto;
  std::shared_ptr<const AuditSealerInterface> auditSealer;
  std::shared_ptr<SigningKeys> signingKeys = std::make_shared<SigningKeys>();
  std::shared_ptr<TokenCache> tokenCache;
  std::shared_ptr<EventInbox> events = std::make_shared<EventInbox>(uuids);
  std::shared_ptr<RefusalTrail> refusals = std::make_shared<RefusalTrail>(*events, uuids, clock);
  std::shared_ptr<HealthBoard> healthBoard = std::make_shared<HealthBoard>();

  std::vector<ActorRef<StorageActor>> storageRefs;
  std::vector<ActorRef<PasswordActor>> passwordRefs;
  ActorPool<StorageActor> storage;
  ActorPool<PasswordActor> passwords;
  ActorRef<LogCollectorActor> logCollector;
  ActorRef<SettingsActor> settingsActor;
  ActorRef<SessionCacheActor> sessionCache;
  ActorRef<RedisSubscriptionActor> redisSubscription;
  ActorRef<SessionActor> session;
  ActorRef<ApiKeyActor> apiKeys;
  ActorRef<SigningKeyActor> signingKeyActor;
  ActorRef<DatabaseNotificationActor> notices;
  ActorRef<AuthActor> auth;
  ActorRef<RecoveryActor> recovery;
  ActorRef<FactorActor> factors;
  ActorRef<MailActor> mail;
  ActorRef<PersonalDataActor> personalData;
  ActorRef<PaymentActor> payments;
  ActorRef<BankActor> bank;
  ActorRef<BankNoticeActor> bankNotices;
  ActorRef<RefundActor> refunds;
  ActorRef<ReconciliationActor> reconciliation;
  std::shared_ptr<PaymentBoard> paymentBoard = std::make_shared<PaymentBoard>();
  ActorRef<HealthActor> health;
  std::vector<std::shared_ptr<HttpListener>> listeners;  ///< in the order of start
  std::vector<ActorRef<HttpFrontEndActor>> frontEnds;    ///< theirs
  std::vector<ChildSpec> children;                       ///< in the order of start
  std::vector<std::function<void()>> releases;  ///< releases the handles of the actors that a kind has added

  ActorSystemConfig systemConfig;
  std::optional<caf::actor_system> system;
  SupervisorActor supervisor;

  /// Adds a child, made of the same arguments at each start; its handle is stored in `ref`.
  template <class State, class Handle, class... Ts>
  void addShared(const std::string& name, const ActorRef<Handle>& ref, Ts... arguments) {
    children.push_back(sharedChild<State>(name, ref, std::move(arguments)...));
    releases.push_back([ref] { ref.reset(); });
  }
  /// The same for one that blocks.
  template <class State, class Handle, class... Ts>
  void addBlocking(const std::string& name, const ActorRef<Handle>& ref, Ts... arguments) {
    children.push_back(blockingChild<State>(name, ref, std::move(arguments)...));
    releases.push_back([ref] { ref.reset(); });
  }

  [[nodiscard]] bool talksToBank() const { return kind.payments && !settings.briUrl.empty(); }
  [[nodiscard]] PostgresConfig databaseConfig(const std::string& purpose) const;
  /// The log collector's connection.
  [[nodiscard]] PostgresConfig eventConfig() const;
  [[nodiscard]] RedisConfig redisConfig() const;
  /// Resolves a bearer token, an access token or a machine's key. Waits for an actor unless it is cached.
  [[nodiscard]] Result<Authenticated> authenticate(std::string_view token, const RequestContext& request);
  /// Starts the actor system and, under the supervisor, every child. `giveUp` as in SupervisorState.
  void startActors(std::function<void(const std::string&)> giveUp);
  /// Stops all children in reverse order, then the system. Bounded by the supervisor's grace period for each
  /// child.
  void stopActors();
};

/// The actors of both servers: storage, passwords, Redis, sessions and health.
void addCommonActors(ServerContext& context);

}  // namespace ks
