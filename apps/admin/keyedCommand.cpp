#include "apps/admin/keyedCommand.hpp"

#include <chrono>
#include <iostream>
#include <utility>

#include "apps/wiring/runServer.hpp"

namespace ks {

int refused(std::string_view what, const Fault& fault) {
  std::cerr << what << ": " << (fault.detail.empty() ? fault.message : fault.detail) << '\n';
  return kExitUnavailable;
}

KeyedCommand openKeyedCommand(std::string name, int& status) {
  KeyedCommand command;
  const auto loaded = settingsOrStatus(".env", status);
  if (status != 0) {
    return command;
  }
  auto keyring = Keyring::parse(loaded.settings.cryptoMasterKeys);
  if (!keyring) {
    status = refused("K_CRYPTO_MASTER_KEYS", keyring.fault());
    return command;
  }
  command.keyring = std::move(keyring.value());
  command.config.url = std::string{loaded.settings.databaseUrl.reveal()};
  command.config.applicationName = std::move(name);
  command.config.timeout = std::chrono::minutes{2};  // some commands read every session
  command.session = std::make_unique<PostgresSession>(command.config);
  if (auto connected = command.session->connect(); !connected) {
    status = refused("The database cannot be reached; is K_DATABASE_URL right?", connected.fault());
  }
  return command;
}

}  // namespace ks
