#include "apps/admin/migrateCommand.hpp"

#include <algorithm>
#include <charconv>
#include <iostream>
#include <memory>
#include <optional>
#include <string>

#include "apps/wiring/runServer.hpp"
#include "core/text/timeText.hpp"
#include "crypto/auditSealer.hpp"
#include "persistence/expectedSchemaVersion.hpp"
#include "persistence/migration/migration.hpp"
#include "persistence/migration/migrationRunner.hpp"
#include "persistence/migration/serverRole.hpp"
#include "persistence/sql/auditSealing.hpp"

namespace ks {
namespace {

int failed(const char* what, const Fault& fault) {
  std::cerr << what << ": "
            << (fault.message.empty() ? std::string{describe(fault.code).message} : fault.message) << '\n';
  if (!fault.detail.empty()) {
    std::cerr << "  " << fault.detail << '\n';
  }
  return kExitUnavailable;
}

int usage() {
  std::cerr << "usage: k-admin migrate up | down VERSION | status\n"
               "  down reverts the migrations above VERSION; 0 empties the schema and deletes its data\n";
  return kExitUsage;
}

std::optional<int> versionOf(std::string_view text) {
  int version = -1;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), version);
  return error == std::errc{} && end == text.data() + text.size() && version >= 0 ? std::optional{version}
                                                                                  : std::nullopt;
}

void printSteps(const char* what, const std::vector<int>& steps) {
  for (const int version : steps) {
    std::cout << what << " " << version << '\n';
  }
}

int migrateDown(MigrationRunner& runner, int version) {
  const auto steps = runner.down(version);
  if (!steps) {
    return failed("The step back failed and was rolled back", steps.fault());
  }
  printSteps("taken back", steps.value());
  std::cout << (steps.value().empty() ? "There is nothing to take back.\n" : "");
  return 0;
}

PostgresConfig configOf(const SecretText& url) {
  PostgresConfig config;
  config.url = std::string{url.reveal()};
  config.applicationName = "k-admin migrate";
  config.timeout = std::chrono::minutes{10};  // a migration may rewrite a large table
  return config;
}

/// The servers' role gets its rights again after every migration, so it has them on new tables.
int grantServers(const Settings& settings, PostgresSession& owner) {
  if (settings.databaseOwnerUrl.empty()) {
    return 0;
  }
  PostgresSession servers{configOf(settings.databaseUrl)};
  const auto role = readDatabaseRole(servers);
  if (!role) {
    return failed("The servers' role cannot connect; is K_DATABASE_URL right?", role.fault());
  }
  const auto own = readDatabaseRole(owner);
  if (own && own.value().name == role.value().name) {
    std::cerr << "K_DATABASE_URL and K_DATABASE_OWNER_URL are the same role: the servers own the tables.\n";
    return 0;
  }
  const auto granted = grantToServers(owner, role.value().name);
  return granted ? 0 : failed("The servers' role did not get its rights", granted.fault());
}

/// Only the migration itself makes a first seal: later a missing one is a sign that somebody removed
/// it.
int sealAuditChain(const Settings& settings, PostgresSession& session) {
  const auto keyring = Keyring::parse(settings.cryptoMasterKeys);
  if (!keyring) {
    return failed("The audit chain cannot be sealed", keyring.fault());
  }
  const auto begun = AuditSealing{session, std::make_shared<const AuditSealer>(keyring.value())}.begin();
  return begun ? 0 : failed("The audit chain is not sealed; kctl audit seal does it", begun.fault());
}

int migrateUp(MigrationRunner& runner, const Settings& settings, PostgresSession& session) {
  const auto upToDate = runner.up();
  const auto& applied = runner.appliedVersions();
  printSteps("applied", applied);
  if (upToDate && !runner.changedFunctions().empty()) {
    std::cout << "functions applied: " << runner.changedFunctions().size() << '\n';
  } else if (upToDate && applied.empty()) {
    std::cout << "The schema is up to date.\n";
  }
  for (const auto& remark : runner.remarks()) {
    std::cerr << remark << '\n';
  }
  // Also where a later step has failed: the next run does not find this one among its own.
  for (const auto& migration : embeddedMigrations()) {
    if (migration.name == "auditSeal" && std::count(applied.begin(), applied.end(), migration.version) != 0) {
      if (const int status = sealAuditChain(settings, session); status != 0) {
        return status;
      }
    }
  }
  if (!upToDate) {
    return failed(applied.empty() ? "The migration failed and was rolled back"
                                  : "The step after those failed and was rolled back",
                  upToDate.fault());
  }
  if (const auto kept = keepAuditTrail(session, static_cast<int>(settings.auditRetentionDays)); !kept) {
    return failed("The audit trail is not protected from the servers", kept.fault());
  }
  return grantServers(settings, session);
}

int printStatus(MigrationRunner& runner, PostgresSession& session) {
  auto states = runner.status();
  if (!states) {
    return failed("The history cannot be read", states.fault());
  }
  bool missing = false;
  for (const auto& state : states.value()) {
    std::cout << state.version << "  " << state.name << "  "
              << (state.appliedAt ? "applied " + formatTime(*state.appliedAt) : std::string{"not applied"})
              << '\n';
    missing = missing || !state.applied;
  }
  if (missing) {
    return 1;
  }
  const auto current = functionsAreCurrent(session, kExpectedFunctions);
  if (!current) {
    return failed("The functions cannot be compared", current.fault());
  }
  std::cout << (current.value() ? "functions  as in this version\n"
                                : "functions  of another version; kctl migrate up applies this one's\n");
  return current.value() ? 0 : 1;
}

}  // namespace

int runMigrateCommand(int argc, char** argv) {
  const std::string_view command = argc > 2 ? argv[2] : "";
  const auto version = argc == 4 ? versionOf(argv[3]) : std::nullopt;
  const bool known =
      (argc == 3 && (command == "up" || command == "status")) || (command == "down" && version);
  if (!known) {
    return usage();
  }
  int status = 0;
  const auto loaded = settingsOrStatus(".env", status);
  if (status != 0) {
    return status;
  }
  const auto& settings = loaded.settings;
  const bool asOwner = !settings.databaseOwnerUrl.empty();
  PostgresSession session{configOf(asOwner ? settings.databaseOwnerUrl : settings.databaseUrl)};
  if (auto connected = session.connect(); !connected) {
    return failed(asOwner ? "The database cannot be reached; is K_DATABASE_OWNER_URL right?"
                          : "The database cannot be reached; is K_DATABASE_URL right?",
                  connected.fault());
  }
  MigrationRunner runner{session, embeddedMigrations(), embeddedFunctions()};
  if (command == "up") {
    return migrateUp(runner, settings, session);
  }
  return command == "down" ? migrateDown(runner, *version) : printStatus(runner, session);
}

}  // namespace ks
