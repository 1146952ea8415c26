#pragma once
#include <cstdint>
#include <cstdio>

#include "test/simulation/simRun.hpp"

namespace ks::sim {

/// One seed of payments: merchants and customers, a bank that loses, delays, refuses and repeats, announcements in
/// any order, storage that fails, actors that are killed. At the end the books are the bank's. `trace`: prints every
/// event; `failures`: prints the last ones when it fails.
RunOutcome runPaymentSeed(std::uint64_t seed, Plant plant, std::FILE* trace, std::FILE* failures);

}  // namespace ks::sim
