#pragma once
#include <memory>
#include <string>
#include <vector>

#include "actors/account/authActor.hpp"
#include "actors/account/factorActor.hpp"
#include "actors/account/recoveryActor.hpp"
#include "actors/platform/healthActor.hpp"
#include "actors/runtime/supervisorActor.hpp"
#include "actors/session/databaseNotificationActor.hpp"
#include "crypto/passwordHash.hpp"
#include "persistence/memory/memoryDatabase.hpp"
#include "test/simulation/ledger.hpp"
#include "test/simulation/recordingMailTransport.hpp"

namespace ks::sim {

/// Wrong passwords in a row that the simulated ladder lets pass, and the one that locks.
inline constexpr int kFirstLock = 4;

/// What the processes share: the outside world.
struct Surroundings {
  const FaultPlan& plan;
  SeededRandom& faults;  ///< decides what goes wrong
  SeededRandom& random;  ///< what the actors take as unpredictable
  FakeClock& clock;
  const caf::detail::test_actor_clock& virtualClock;
  KeyringPtr keyring;
  std::shared_ptr<MemoryDatabase> database;
  std::shared_ptr<MemoryRedis> redis;
  Mailbox& mailbox;
};

/// The actors of one public process, wired and supervised as in production.
struct SimProcess {
  SimProcess(std::string name, Surroundings& surroundings, const Argon2Parameters& passwordCost);
  void start(caf::actor_system& system);
  void stop();
  void release();

  /// The living authActor's count; 0 between its death and its restart.
  [[nodiscard]] std::size_t hashesInFlight() const;
  void leakHash() const;
  [[nodiscard]] bool listening() const { return tokenCache->counters().listening; }

  std::string name;
  Surroundings& around;
  UuidGenerator uuids;
  ActorDirectory directory;
  ActorEnvironment environment;
  std::shared_ptr<const AccountCrypto> crypto;
  std::shared_ptr<SigningKeys> signingKeys = std::make_shared<SigningKeys>();
  std::shared_ptr<TokenCache> tokenCache;
  std::shared_ptr<EventInbox> events = std::make_shared<EventInbox>(uuids);
  std::shared_ptr<HealthBoard> healthBoard = std::make_shared<HealthBoard>();
  Argon2Parameters cost;
  AuthPolicy policy;

  std::vector<ActorRef<StorageActor>> storageRefs{2};
  std::vector<ActorRef<PasswordActor>> passwordRefs{1};
  ActorPool<StorageActor> storage{storageRefs};
  ActorPool<PasswordActor> passwords{passwordRefs};
  ActorRef<SessionCacheActor> sessionCache;
  ActorRef<RedisSubscriptionActor> redisSubscription;
  ActorRef<DatabaseNotificationActor> notices;
  ActorRef<SigningKeyActor> signingKeyActor;
  ActorRef<SessionActor> session;
  ActorRef<AuthActor> auth;
  ActorRef<RecoveryActor> recovery;
  ActorRef<FactorActor> factors;
  ActorRef<MailActor> mail;
  ActorRef<HealthActor> health;
  SupervisorActor supervisor;
  std::vector<ChildSpec> children;
  std::vector<std::function<caf::actor()>> handles;  ///< the children's current ones, in their order
  std::string gaveUp;

 private:
  template <class Handle, class Spawn>
  void addChild(const std::string& child, ActorRef<Handle> ref, Spawn spawn);
  void addStorage();
  void addPasswords();
  void addRedis();
  void addAccounts();
  [[nodiscard]] AuthState* authState() const;
};

}  // namespace ks::sim
