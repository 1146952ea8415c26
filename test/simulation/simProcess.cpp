#include "test/simulation/simProcess.hpp"

#include "actors/mail/mailActor.hpp"
#include "actors/platform/passwordActor.hpp"
#include "actors/platform/storageActor.hpp"
#include "actors/runtime/spawnHelpers.hpp"
#include "actors/session/databaseNotificationActor.hpp"
#include "actors/session/redisSubscriptionActor.hpp"
#include "actors/session/sessionActor.hpp"
#include "actors/session/sessionCacheActor.hpp"
#include "messages/account/sessionNotice.hpp"
#include "persistence/memory/memoryNoticeSubscription.hpp"
#include "persistence/redis/redisSessionCache.hpp"
#include "test/simulation/account/openDoorActor.hpp"
#include "test/simulation/faults/deafSubscription.hpp"
#include "test/simulation/faults/faultyStorageEngine.hpp"

namespace ks::sim {

SimProcess::SimProcess(std::string processName, Surroundings& surroundings,
                       const Argon2Parameters& passwordCost)
    : name(std::move(processName)),
      around(surroundings),
      uuids(surroundings.clock, surroundings.random),
      directory(surroundings.clock),
      environment{surroundings.clock, surroundings.random, uuids, directory},
      crypto(std::make_shared<const AccountCrypto>(surroundings.keyring, surroundings.random)),
      tokenCache(std::make_shared<TokenCache>(surroundings.clock, TokenCache::Limits{})),
      cost(passwordCost) {
  policy.hashesInFlight = 4;
  policy.loginLocks = {{kFirstLock, 1}, {6, 5}, {9, 60}};
  addStorage();
  addPasswords();
  addRedis();
  addAccounts();
}

template <class Handle, class Spawn>
void SimProcess::addChild(const std::string& child, ActorRef<Handle> ref, Spawn spawn) {
  children.push_back(
      {name + "." + child, [ref, spawn](caf::actor_system& system, std::shared_ptr<ActorProbe> probe) {
         auto handle = spawn(system, std::move(probe));
         ref.set(handle);
         return caf::actor_cast<caf::actor>(handle);
       }});
  handles.push_back([ref] { return caf::actor_cast<caf::actor>(ref.get()); });
}

void SimProcess::addStorage() {
  for (std::size_t i = 0; i < storageRefs.size(); ++i) {
    addChild("storageActor-" + std::to_string(i + 1), storageRefs[i],
             [this](caf::actor_system& system, std::shared_ptr<ActorProbe> probe) {
               StorageEngineFactory makeEngine = [this] {
                 return std::make_unique<FaultyStorageEngine>(around.database, around.plan, around.faults);
               };
               return spawnBlocking<StorageActor, StorageState>(system, std::move(probe), makeEngine);
             });
  }
}

void SimProcess::addPasswords() {
  addChild("passwordActor", passwordRefs.front(),
           [this](caf::actor_system& system, std::shared_ptr<ActorProbe> probe) {
             if (around.plan.plant == Plant::openDoor) {
               return spawnBlocking<PasswordActor, OpenDoorState>(system, std::move(probe));
             }
             return spawnBlocking<PasswordActor, PasswordState>(system, std::move(probe), environment, cost);
           });
}

void SimProcess::addRedis() {
  addChild("sessionActor", session, [this](caf::actor_system& system, std::shared_ptr<ActorProbe> probe) {
    return spawnShared<SessionActor, SessionState>(
        system, std::move(probe),
        SessionDependencies{environment, storage, sessionCache, crypto, signingKeys, tokenCache});
  });
  addChild("sessionCacheActor", sessionCache,
           [this](caf::actor_system& system, std::shared_ptr<ActorProbe> probe) {
             SessionCacheFactory makeCache = [this] {
               return std::make_unique<RedisSessionCache>(std::make_unique<FaultyRedisConnection>(
                   around.redis, around.plan, around.faults, around.virtualClock));
             };
             return spawnBlocking<SessionCacheActor, SessionCacheState>(system, std::move(probe), makeCache);
           });
  addChild("redisSubscriptionActor", redisSubscription,
           [this](caf::actor_system& system, std::shared_ptr<ActorProbe> probe) {
             RedisSubscriptionFactory makeSubscription = [this] {
               return std::make_unique<MemoryRedisSubscription>(
                   around.redis, std::vector<std::string>{std::string{kSessionsEndedChannel}});
             };
             const RedisListener listener = [ref = session](const RedisNotice& notice) {
               compat::tellAnon(ref.get(), notice);
             };
             return spawnBlocking<RedisSubscriptionActor, RedisSubscriptionState>(system, std::move(probe),
                                                                                  makeSubscription, listener);
           });
  addChild("databaseNotificationActor", notices,
           [this](caf::actor_system& system, std::shared_ptr<ActorProbe> probe) {
             NoticeSubscriptionFactory makeSubscription =
                 [this]() -> std::unique_ptr<NoticeSubscriptionInterface> {
               if (around.plan.plant == Plant::stale) {
                 return std::make_unique<DeafSubscription>(around.database);
               }
               return std::make_unique<MemoryNoticeSubscription>(around.database);
             };
             return spawnBlocking<DatabaseNotificationActor, NoticeState>(
                 system, std::move(probe), makeSubscription, tokenCache, signingKeyActor);
           });
}

void SimProcess::addAccounts() {
  addChild("healthActor", health, [this](caf::actor_system& system, std::shared_ptr<ActorProbe> probe) {
    return spawnShared<HealthActor, HealthState>(
        system, std::move(probe),
        HealthDependencies{environment, name, storage, sessionCache, crypto, healthBoard});
  });
  addChild("mailActor", mail, [this](caf::actor_system& system, std::shared_ptr<ActorProbe> probe) {
    MailDependencies dependencies{environment, storage, crypto, {}, "https://k.example"};
    dependencies.makeTransport = [this] {
      return std::make_unique<RecordingMailTransport>(around.mailbox, around.plan, around.faults);
    };
    return spawnBlocking<MailActor, MailState>(system, std::move(probe), std::move(dependencies));
  });
  addChild("recoveryActor", recovery, [this](caf::actor_system& system, std::shared_ptr<ActorProbe> probe) {
    return spawnShared<RecoveryActor, RecoveryState>(
        system, std::move(probe),
        AuthDependencies{environment, storage, passwords, sessionCache, mail, crypto, signingKeys, tokenCache,
                         events, policy});
  });
  addChild("authActor", auth, [this](caf::actor_system& system, std::shared_ptr<ActorProbe> probe) {
    return spawnShared<AuthActor, AuthState>(
        system, std::move(probe),
        AuthDependencies{environment, storage, passwords, sessionCache, mail, crypto, signingKeys, tokenCache,
                         events, policy});
  });
  addChild("factorActor", factors, [this](caf::actor_system& system, std::shared_ptr<ActorProbe> probe) {
    return spawnShared<FactorActor, FactorState>(
        system, std::move(probe),
        AuthDependencies{environment, storage, passwords, sessionCache, mail, crypto, signingKeys, tokenCache,
                         events, policy});
  });
}

void SimProcess::start(caf::actor_system& system) {
  supervisor = spawnShared<SupervisorActor, SupervisorState>(
      system, directory.probe(name + ".supervisorActor", "-"), environment, children, SupervisorLimits{},
      [this](const std::string& why) { gaveUp = why; });
  compat::tellAnon(supervisor, StartAtom_v);
}

void SimProcess::stop() { compat::tellAnon(supervisor, StopAtom_v); }

void SimProcess::release() {
  supervisor = SupervisorActor{};
  storage.reset();
  passwords.reset();
  sessionCache.reset();
  redisSubscription.reset();
  notices.reset();
  signingKeyActor.reset();
  session.reset();
  auth.reset();
  recovery.reset();
  factors.reset();
  mail.reset();
  health.reset();
}

AuthState* SimProcess::authState() const {
  const auto handle = auth.get();
  auto* actor = handle ? caf::actor_cast<caf::abstract_actor*>(handle) : nullptr;
  if (actor == nullptr || !actor->getf(caf::abstract_actor::is_initialized_flag) ||
      actor->getf(caf::abstract_actor::is_terminated_flag)) {
    return nullptr;
  }
  return &static_cast<NamedActor<AuthState, AuthActor>*>(actor)->state;
}

std::size_t SimProcess::hashesInFlight() const {
  const auto* state = authState();
  return state ? state->hashesInFlight : 0;
}

void SimProcess::leakHash() const {
  if (auto* state = authState()) {
    ++state->hashesInFlight;
  }
}

}  // namespace ks::sim
