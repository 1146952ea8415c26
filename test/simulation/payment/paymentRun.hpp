#pragma once
#include <cstdint>
#include <cstdio>

#include "test/simulation/account/simRun.hpp"

namespace ks::sim {

/// One seed of payments: merchants, customers and administrators, a bank that loses, delays, refuses and repeats, gives
/// money back, announcements in any order, storage that fails, actors that are killed. At the end, when every day was
/// compared with the bank's report, the books are the bank's. `trace`: prints every event; `failures`: prints the last
/// ones when it fails.
RunOutcome runPaymentSeed(std::uint64_t seed, Plant plant, std::FILE* trace, std::FILE* failures);

}  // namespace ks::sim
