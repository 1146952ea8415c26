#pragma once
#include <cstdint>
#include <cstdio>

#include "test/simulation/account/simRun.hpp"

namespace ks::sim {

/// One sequence of random calls of people, machines and administrators: sign-ins, keys, keys made by keys,
/// impersonations, roles, suspensions. After each call everything that anybody holds or ever held is shown to
/// both processes, and opens exactly what the oracle says (accessOracle.hpp). No faults: what is looked for
/// is who ends up with more than was given to him.
RunOutcome runAccessSeed(std::uint64_t seed, Plant plant, std::FILE* trace, std::FILE* failures);

}  // namespace ks::sim
