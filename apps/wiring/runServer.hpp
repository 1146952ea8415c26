#pragma once
#include "apps/wiring/serverContext.hpp"

namespace ks {

/// The whole life of a server: settings, logging, crypto, database, Redis, actors, HTTP, then waiting for a
/// signal and the orderly stop. Returns the exit status: 0, 64 usage, 69 a dependency is unavailable, 70
/// an internal fault, 78 settings.
int runServer(const ServerKind& kind, int argc, char** argv);

/// Settings for a command of a server program; prints all faults and sets `status` to 78.
LoadedSettings settingsOrStatus(const std::string& envFile, int& status);

inline constexpr int kExitUsage = 64;
inline constexpr int kExitUnavailable = 69;
inline constexpr int kExitSoftware = 70;

}  // namespace ks
