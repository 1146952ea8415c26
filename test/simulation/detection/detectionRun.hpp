#pragma once
#include <cstdint>
#include <cstdio>

#include "test/simulation/account/simRun.hpp"

namespace ks::sim {

/// One seed of attacks on the detection and ban actors: storage that fails, lines that go by the feed, actors
/// that are killed, an emptied Redis. At the end everything was found exactly once, what had to be is banned,
/// and Redis says what the storage says.
RunOutcome runDetectionSeed(std::uint64_t seed, std::FILE* failures);

}  // namespace ks::sim
