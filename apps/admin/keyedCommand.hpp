#pragma once
#include <memory>
#include <string>
#include <string_view>

#include "core/result.hpp"
#include "crypto/keyring.hpp"
#include "persistence/sql/postgresSession.hpp"

namespace ks {

/// Tells on standard error why a command could not go on; gives the exit status for it.
int refused(std::string_view what, const Fault& fault);

/// What a command on sealed values works with: the master keys, and a connection to the database.
struct KeyedCommand {
  std::shared_ptr<const Keyring> keyring;
  PostgresConfig config;
  std::unique_ptr<PostgresSession> session;
};

/// By the settings; `name` is the connection's. Sets `status` to an exit status, and has told why, where
/// something is missing.
KeyedCommand openKeyedCommand(std::string name, int& status);

}  // namespace ks
