#include "apps/wiring/serverContext.hpp"

#include <algorithm>
#include <thread>
#include <utility>

#include "actors/runtime/spawnHelpers.hpp"
#include "actors/session/sessionActor.hpp"
#include "core/logging/logging.hpp"
#include "crypto/auditSealer.hpp"
#include "http/routing/actorBridge.hpp"

namespace ks {
namespace {

/// Events wait in memory meanwhile, so a stop is not delayed for long.
constexpr std::chrono::seconds kEventTimeout{5};
/// More threads than cores are not faster: on two cores two threads make 115 hashes a second, four 104. So
/// one worker a core.
std::size_t passwordWorkers(const ServerKind& kind) {
  return kind.process == "public" ? std::max<std::size_t>(std::thread::hardware_concurrency(), 1) : 1;
}

}  // namespace

ServerContext::ServerContext(const ServerKind& serverKind, const LoadedSettings& loadedSettings,
                             const KeyringPtr& keyring)
    : kind(serverKind),
      loadedAtStart(std::make_shared<const LoadedSettings>(loadedSettings)),
      settings(loadedAtStart->settings),
      settingsBoard(std::make_shared<SettingsBoard>(loadedSettings)),
      startedAt(clock.now()),
      crypto(std::make_shared<const AccountCrypto>(keyring, random)),
      auditSealer(std::make_shared<const AuditSealer>(keyring)),
      tokenCache(std::make_shared<TokenCache>(clock, TokenCache::Limits{})),
      storageRefs(static_cast<std::size_t>(loadedSettings.settings.databasePoolSize)),
      passwordRefs(passwordWorkers(serverKind)),
      storage(storageRefs),
      passwords(passwordRefs) {
  setLogSink([](const LogEntry& entry, void* inbox) { static_cast<EventInbox*>(inbox)->add(entry); },
             events.get());
}

ServerContext::~ServerContext() {
  stopActors();
  setLogSink(nullptr, nullptr);
}

PostgresConfig ServerContext::databaseConfig(const std::string& purpose) const {
  PostgresConfig config;
  config.url = std::string{settings.databaseUrl.reveal()};
  config.applicationName = "k-" + kind.process + " " + purpose;
  config.timeout = settings.databaseTimeout;
  config.recycle = settings.databaseRecycle;
  return config;
}

PostgresConfig ServerContext::eventConfig() const {
  auto config = databaseConfig("events");
  config.timeout = std::min<Milliseconds>(config.timeout, kEventTimeout);
  return config;
}

RedisConfig ServerContext::redisConfig() const {
  RedisConfig config;
  config.url = std::string{settings.redisUrl.reveal()};
  return config;
}

Result<Authenticated> ServerContext::authenticate(std::string_view token, const RequestContext& request) {
  const SecretText secret{std::string{token}};
  if (auto known = tokenCache->find(tokenCacheKey(*crypto, secret, request.client))) {
    return std::move(*known);
  }
  return askActor(session.get(), request, AuthenticateRequest{request, secret});
}

void ServerContext::startActors(std::function<void(const std::string&)> giveUp) {
  system.emplace(systemConfig);
  supervisor = spawnShared<SupervisorActor, SupervisorState>(*system, directory.probe("supervisorActor", "-"),
                                                             environment, children, SupervisorLimits{},
                                                             std::move(giveUp));
  compat::tellAnon(supervisor, StartAtom_v);
}

void ServerContext::stopActors() {
  if (!system) {
    return;
  }
  {
    caf::scoped_actor self{*system, true};
    compat::tellAnon(supervisor, StopAtom_v);
    self->wait_for(supervisor);
  }
  supervisor = SupervisorActor{};
  for (const auto& release : releases) {
    release();
  }
  system.reset();
}

}  // namespace ks
