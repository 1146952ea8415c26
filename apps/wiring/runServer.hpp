#pragma once
#include "apps/wiring/serverContext.hpp"

namespace ks {

/// The whole life of a server: settings, logging, crypto, database, Redis, actors, HTTP, then waiting for a
/// signal and the orderly stop. Gives the exit status: 0, 64 usage, 69 something needed is not to be had, 70
/// a fault of our own, 78 settings.
int runServer(const ServerKind& kind, int argc, char** argv);

/// Settings for a command of a server program; on faults prints them all and gives 78 in `status`.
LoadedSettings settingsOrStatus(const std::string& envFile, int& status);

inline constexpr int kExitUsage = 64;
inline constexpr int kExitUnavailable = 69;
inline constexpr int kExitSoftware = 70;

}  // namespace ks
