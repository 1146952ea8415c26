#include <pthread.h>

#include <atomic>
#include <csignal>
#include <cstdlib>
#include <iostream>
#include <string>

#include "actors/runtime/spawnHelpers.hpp"
#include "actors/runtime/supervisorActor.hpp"
#include "core/logging/logging.hpp"
#include "crypto/auditSealer.hpp"
#include "crypto/sodiumRandomSource.hpp"
#include "monitoring/collectorChildren.hpp"
#include "persistence/memory/memoryRedis.hpp"
#include "persistence/migration/migration.hpp"
#include "persistence/migration/migrationRunner.hpp"
#include "persistence/postgres/monitoring/postgresCollectorRepository.hpp"
#include "test/unit/core/testSources.hpp"

// The collector of k-admin, with the real actors and supervisor, as a separate process: started, killed
// and started again by the torture suite. Waits that are a minute in k-admin are seconds here, so that a
// scenario takes seconds.
//   collectorProcess migrate DATABASE
//   collectorProcess collect DATABASE LOGDIRECTORY
// SIGUSR1 puts its clock two hours back, SIGUSR2 two hours forward.
namespace {

class StepClock final : public ks::ClockInterface {
 public:
  [[nodiscard]] ks::TimePoint now() const override { return ks::SystemClock().now() + offset_.load(); }
  void step(ks::Milliseconds by) { offset_ = offset_.load() + by; }

 private:
  std::atomic<ks::Milliseconds> offset_{};
};

ks::PostgresConfig databaseOf(const std::string& url) {
  ks::PostgresConfig config;
  config.url = url;
  config.applicationName = "collectorProcess";
  config.timeout = ks::Milliseconds{5000};
  return config;
}

int migrate(const std::string& url) {
  ks::PostgresSession session(databaseOf(url));
  if (auto connected = session.connect(); !connected.ok()) {
    std::cerr << connected.fault().detail << '\n';
    return 1;
  }
  const auto applied = ks::MigrationRunner(session, ks::embeddedMigrations(), ks::embeddedFunctions()).up();
  if (!applied.ok()) {
    std::cerr << applied.fault().detail << '\n';
  }
  return applied.ok() ? 0 : 1;
}

sigset_t heardSignals() {
  sigset_t set;
  sigemptyset(&set);
  for (const int signal : {SIGTERM, SIGINT, SIGUSR1, SIGUSR2}) {
    sigaddset(&set, signal);
  }
  return set;
}

int collect(const std::string& url, const std::string& directory) {
  constexpr std::chrono::hours kStep{2};
  const auto set = heardSignals();
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  ks::LogConfig log;
  log.service = "torture";
  ks::startLogging(log);
  caf::init_global_meta_objects<caf::id_block::kServices>();
  caf::init_global_meta_objects<caf::id_block::kAccounts>();
  caf::init_global_meta_objects<caf::id_block::kMonitoring>();
  caf::init_global_meta_objects<caf::id_block::kCollector>();
  caf::core::init_global_meta_objects();

  StepClock clock;
  ks::LockedRandom random;
  ks::UuidGenerator uuids(clock, random);
  ks::ActorDirectory actors(clock);
  const ks::ActorEnvironment environment{clock, random, uuids, actors};
  ks::CollectorConfig config;
  config.node = "torture";
  config.logDirectory = directory;
  config.tail.chunkBytes = 320 * 1024;
  config.tail.drainStill = std::chrono::seconds{2};
  config.tail.searchFor = std::chrono::seconds{6};
  config.tail.scanEvery = ks::Milliseconds{100};
  config.tail.scanRotatedEvery = std::chrono::seconds{1};
  const auto redis = std::make_shared<ks::MemoryRedis>(clock);
  ks::SodiumRandomSource keySource;
  const auto sealer = std::make_shared<const ks::AuditSealer>(
      ks::Keyring::parse(ks::makeMasterKeys("torture", keySource)).value());
  const ks::CollectorRefs refs;
  const auto children = ks::collectorChildren(
      config, environment, refs,
      [&] { return std::make_unique<ks::PostgresCollectorRepository>(databaseOf(url), uuids, sealer); },
      [redis] { return std::make_unique<ks::MemoryRedisConnection>(redis); });
  ks::SupervisorLimits limits;
  limits.stopGrace = ks::Milliseconds{2000};

  caf::actor_system_config systemConfig;
  systemConfig.set("caf.scheduler.policy", "sharing");
  systemConfig.set("caf.scheduler.max-threads", 1);
  caf::actor_system system(systemConfig);
  auto supervisor = ks::spawnShared<ks::SupervisorActor, ks::SupervisorState>(
      system, actors.probe("supervisorActor", "-"), environment, children, limits,
      [](const std::string& reason) {
        std::cerr << "gave up: " << reason << '\n';
        std::_Exit(70);
      });
  ks::compat::tellAnon(supervisor, ks::StartAtom_v);
  for (;;) {
    int signal = 0;
    sigwait(&set, &signal);
    if (signal == SIGUSR1) {
      clock.step(-kStep);
    } else if (signal == SIGUSR2) {
      clock.step(kStep);
    } else {
      break;
    }
  }
  {
    caf::scoped_actor self{system, true};
    ks::compat::tellAnon(supervisor, ks::StopAtom_v);
    self->wait_for(supervisor);
  }
  supervisor = ks::SupervisorActor{};
  refs.reset();
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  const std::string action = argc > 1 ? argv[1] : "";
  int status = 64;
  if (action == "migrate" && argc == 3) {
    status = migrate(argv[2]);
  } else if (action == "collect" && argc == 4) {
    status = collect(argv[2], argv[3]);
    ks::stopLogging();
  } else {
    std::cerr << "usage: collectorProcess migrate DATABASE | collect DATABASE LOGDIRECTORY\n";
  }
  return status;
}
