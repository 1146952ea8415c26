#include "apps/wiring/runServer.hpp"

#include <pthread.h>
#include <unistd.h>
#include <csignal>

#include <cstdio>
#include <iostream>
#include <string>
#include <utility>

#include "actors/platform/logCollectorActor.hpp"
#include "actors/platform/settingsActor.hpp"
#include "apps/wiring/httpFrontEnd.hpp"
#include "apps/wiring/messageTypes.hpp"
#include "apps/wiring/version.hpp"
#include "core/logging/eventRows.hpp"
#include "core/logging/logging.hpp"
#include "core/privateMemory.hpp"
#include "crypto/cryptoSelfTest.hpp"
#include "persistence/expectedSchemaVersion.hpp"
#include "persistence/migration/migrationRunner.hpp"
#include "persistence/migration/serverRole.hpp"
#include "persistence/postgres/administration/postgresSettingsRepository.hpp"
#include "persistence/postgres/monitoring/postgresEventRepository.hpp"
#include "persistence/postgres/postgresStorageEngine.hpp"
#include "persistence/redis/redisConnection.hpp"

namespace ks {
namespace {

/// Set when the supervisor gives up; read after the signal that it raises.
std::atomic<bool> gaveUp{false};

struct Arguments {
  std::string envFile = ".env";
  bool openApi = false;
  int status = -1;  ///< not -1: end with this
};

Arguments readArguments(const ServerKind& kind, int argc, char** argv) {
  Arguments arguments;
  for (int i = 1; i < argc; ++i) {
    const std::string_view word{argv[i]};
    if (word == "--version") {
      std::cout << "k-" << kind.process << " " << kVersion << '\n';
      arguments.status = 0;
    } else if (word == "--openapi") {
      arguments.openApi = true;
    } else if (word == "--env-file" && i + 1 < argc) {
      arguments.envFile = argv[++i];
    } else {
      const bool help = word == "--help";
      (help ? std::cout : std::cerr)
          << "usage: k-" << kind.process
          << " [--env-file FILE] [--openapi] [--version] [--help]\n"
             "Settings come from the environment and the file (.env); --openapi prints the API document.\n";
      arguments.status = help ? 0 : kExitUsage;
    }
  }
  return arguments;
}

/// Aborts the start: reports on standard error and in the log what failed and what to
/// do.
int refuse(int status, const std::string& step, const Fault& fault, const std::string& advice) {
  const auto cause = fault.detail.empty()
                         ? (fault.message.empty() ? std::string{describe(fault.code).message} : fault.message)
                         : fault.detail;
  std::cerr << step << ": " << cause << '\n' << advice << '\n';
  logFault("start.refused", step, fault, {{"advice", advice}});
  return status;
}

class StepTimer {
 public:
  void done(const char* step) {
    const auto now = std::chrono::steady_clock::now();
    logInfo("start.step", step,
            {{"duration_ms", std::chrono::duration<double, std::milli>(now - last_).count()}});
    last_ = now;
  }

 private:
  std::chrono::steady_clock::time_point last_ = std::chrono::steady_clock::now();
};

Result<Done> loadSigningKeys(ServerContext& context) {
  PostgresStorageEngine engine{context.databaseConfig("start")};
  auto made = SigningKeys::make(context.random, context.crypto->cipher, context.clock.now());
  if (!made) {
    return std::move(made.fault());
  }
  Result<Done> outcome = makeFault(ErrorCode::internal, "the storage did not answer");
  engine.run(EnsureSigningKey{std::move(made.value()), context.clock.now()},
             [&](Result<std::vector<SigningKeyRecord>> records) {
               outcome = records ? context.signingKeys->load(records.value(), context.crypto->cipher)
                                 : Result<Done>{std::move(records.fault())};
             });
  engine.flush();
  return outcome;
}

/// Runs before anything reads a setting that the database may change.
Result<Done> loadStoredSettings(ServerContext& context) {
  auto state = PostgresSettingsRepository{context.databaseConfig("start")}.load();
  if (!state) {
    return std::move(state.fault());
  }
  publishSettings(*context.settingsBoard, *context.loadedAtStart, state.value());
  return Done{};
}

/// A server that may change tables or roles gives that power to anyone who makes it run SQL.
Result<Done> checkDatabaseRole(const ServerContext& context, PostgresSession& session) {
  auto role = readDatabaseRole(session);
  if (!role || role.value().excess.empty()) {
    return role.then([](const DatabaseRole&) { return Done{}; });
  }
  std::string excess;
  for (const auto& one : role.value().excess) {
    excess.append(excess.empty() ? "" : ", ").append(one);
  }
  const auto cause = "the role " + role.value().name + " has more rights than a server needs: " + excess;
  if (context.settings.isProduction()) {
    return makeFault(ErrorCode::permissionDenied, cause);
  }
  logWarning("start.databaseRole", cause, {{"role", role.value().name}});
  return Done{};
}

/// 0, or the exit status when the database cannot be used.
int prepareDatabase(ServerContext& context) {
  PostgresSession session{context.databaseConfig("start")};
  if (auto connected = session.connect(); !connected) {
    return refuse(kExitUnavailable, "The database cannot be reached", connected.fault(),
                  "Is PostgreSQL running, and is K_DATABASE_URL correct? `./k up` starts a private one.");
  }
  if (auto version = checkSchemaVersion(session, kExpectedSchemaVersion, kExpectedFunctions); !version) {
    return refuse(kExitUnavailable, "The database schema does not match this program", version.fault(),
                  "Run `kctl migrate up`; `kctl migrate status` shows the history.");
  }
  if (auto role = checkDatabaseRole(context, session); !role) {
    return refuse(kExitConfig, "The database role is not suitable for a server", role.fault(),
                  "Give the servers a separate role (K_DATABASE_URL) and kctl migrate the owner's "
                  "(K_DATABASE_OWNER_URL); docs/operations.md has the SQL.");
  }
  if (auto stored = loadStoredSettings(context); !stored) {
    return refuse(kExitUnavailable, "The settings in the database cannot be loaded", stored.fault(),
                  "Is PostgreSQL running, and is the schema complete? `kctl migrate status` shows it.");
  }
  if (auto keys = loadSigningKeys(context); !keys) {
    return refuse(kExitUnavailable, "The token keys cannot be loaded", keys.fault(),
                  "K_CRYPTO_MASTER_KEYS must hold the key that this database was made with.");
  }
  return 0;
}

void checkRedis(const ServerContext& context) {
  RedisConnection redis{context.redisConfig()};
  if (auto pong = redis.run({{"PING"}}); !pong) {
    logWarning("start.redis", "Redis is unavailable; the process runs without it, slower, until it returns",
               {{"cause", pong.fault().detail}});
  }
}

sigset_t stopSignals() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGTERM);
  sigaddset(&set, SIGINT);
  return set;
}

/// Waits for the first signal; a second one, during the stop, ends the process at once.
void waitForStop() {
  const auto set = stopSignals();
  int signal = 0;
  while (sigwait(&set, &signal) != 0) {
  }
  logInfo("stop.begin", "Stopping", {{"signal", signal}});
  std::signal(SIGTERM, [](int) { ::_exit(1); });
  std::signal(SIGINT, [](int) { ::_exit(1); });
  pthread_sigmask(SIG_UNBLOCK, &set, nullptr);
}

int serve(ServerContext& context, StepTimer& timer) {
  if (const int status = prepareDatabase(context); status != 0) {
    return status;
  }
  timer.done("database");
  checkRedis(context);
  timer.done("redis");
  addCommonActors(context);
  if (auto added = context.kind.addActors(context); !added) {
    return refuse(kExitConfig, "A setting cannot be used", added.fault(),
                  "Correct it in the environment or the file with the settings (.env) and start again.");
  }
  addHttpFrontEndActors(context);
  context.startActors([](const std::string& reason) {
    gaveUp = true;
    logFault("process.givesUp", "The process exits so that its manager restarts it",
             makeFault(ErrorCode::internal, reason));
    ::kill(::getpid(), SIGTERM);
  });
  timer.done("actors");
  HttpFrontEnd frontEnd{context};
  if (auto started = frontEnd.start(); !started) {
    const int status = refuse(
        kExitUnavailable, "A socket cannot be opened", started.fault(),
        "Stop the process that uses it, or set another port (K_PUBLIC_PORT, K_ADMIN_PORT) or K_SOCKET_DIR.");
    context.stopActors();
    return status;
  }
  timer.done("http");
  logInfo("start.ready", "Ready", {{"version", kVersion}, {"port", context.kind.port(context.settings)}});
  waitForStop();
  frontEnd.drain();
  context.stopActors();
  logInfo("stop.done", "Stopped");
  return gaveUp ? kExitSoftware : 0;
}

/// The last step of a stop, when no more events come: stores those that the log collector had no time
/// for. Events that the database refuses are printed, so they are not lost completely.
void storeLastEvents(ServerContext& context) {
  if (context.children.empty()) {
    return;  // the start failed: the database was unavailable
  }
  PostgresEventRepository repository{context.eventConfig(), context.auditSealer};
  auto& events = *context.events;
  context.refusals->writeCounts(true);
  if (const auto stored = storeEvents(events, repository, context.kind.process); stored.ok()) {
    return;
  }
  for (auto batch = events.next(); !batch->empty(); batch = events.next()) {
    for (const auto& event : batch->audit) {
      logAudit("events.notStored", "An audit event that the database did not store",
               {{"event", formatAuditJson(event)}});
    }
    events.stored();
  }
}

/// Needs no settings, database or socket; used by builds and tests.
int printOpenApi(const ServerKind& kind) {
  const auto loaded = resolveSettings({}, EnvFile{});
  SodiumRandomSource random;
  auto keyring = startCrypto() ? Keyring::parse(makeMasterKeys("document", random))
                               : Result<KeyringPtr>{ErrorCode::internal};
  if (!keyring) {
    return kExitSoftware;
  }
  registerMessageTypes();
  ServerContext context{kind, loaded, keyring.value()};
  context.startActors({});
  std::cout << HttpFrontEnd{context}.openApi() << '\n';
  return 0;
}

}  // namespace

LoadedSettings settingsOrStatus(const std::string& envFile, int& status) {
  auto loaded = loadSettings(processEnvironment(), envFile);
  status = loaded.ok() ? 0 : kExitConfig;
  if (!loaded.ok()) {
    std::cerr << renderFaults(loaded);
  }
  if (loaded.settings.isProduction()) {
    keepMemoryPrivate();
  }
  return loaded;
}

int runServer(const ServerKind& kind, int argc, char** argv) {
  const auto arguments = readArguments(kind, argc, argv);
  if (arguments.status != -1) {
    return arguments.status;
  }
  if (arguments.openApi) {
    return printOpenApi(kind);
  }
  int status = 0;
  const auto loaded = settingsOrStatus(arguments.envFile, status);
  if (status != 0) {
    return status;
  }
  // Threads inherit the mask, so only waitForStop() receives the signals.
  const auto set = stopSignals();
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
  StepTimer timer;
  LogConfig log;
  log.service = kind.service;
  log.level = loaded.settings.logLevel;
  log.console = loaded.settings.logConsole;
  log.slowOperation = loaded.settings.slowOperation;
  startLogging(log);
  for (const auto& warning : loaded.warnings) {
    logWarning("start.setting", warning.cause, {{"variable", warning.variable}});
  }
  timer.done("settings and logging");
  auto keyring = Keyring::parse(loaded.settings.cryptoMasterKeys);
  if (!startCrypto() || !keyring) {
    status = refuse(kExitConfig, "The cryptography cannot start",
                    keyring ? makeFault(ErrorCode::internal, "libsodium") : keyring.fault(),
                    "K_CRYPTO_MASTER_KEYS is id:base64 of 32 bytes; `./k up` makes one for development.");
  } else if (auto tested = cryptoSelfTest(); !tested) {
    status = refuse(kExitSoftware, "The cryptography self-test failed", tested.fault(),
                    "Do not run this build on this machine.");
  } else {
    timer.done("crypto");
    registerMessageTypes();
    ServerContext context{kind, loaded, keyring.value()};
    status = serve(context, timer);
    stopLogging();  // every line has reached the log collector's inbox
    storeLastEvents(context);
  }
  stopLogging();
  return status;
}

}  // namespace ks
