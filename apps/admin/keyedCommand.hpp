#pragma once
#include <memory>
#include <string>
#include <string_view>

#include "core/result.hpp"
#include "crypto/keyring.hpp"
#include "persistence/sql/postgresSession.hpp"

namespace ks {

/// Reports on standard error why a command failed; returns the exit status.
int refused(std::string_view what, const Fault& fault);

/// Tools of a command on sealed values: the master keys, and a connection to the database.
struct KeyedCommand {
  std::shared_ptr<const Keyring> keyring;
  PostgresConfig config;
  std::unique_ptr<PostgresSession> session;
};

/// From the settings; `name` is the connection's. Sets `status` to an exit status, and reports why, if
/// something is missing.
KeyedCommand openKeyedCommand(std::string name, int& status);

}  // namespace ks
