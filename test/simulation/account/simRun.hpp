#pragma once
#include <cstdint>
#include <cstdio>
#include <map>
#include <string>

#include "test/simulation/faults/faultPlan.hpp"

namespace ks::sim {

struct RunOutcome {
  std::string why;  ///< empty: every invariant held
  std::uint64_t hash = 0;
  std::uint64_t steps = 0;
  std::map<std::string, std::uint64_t> answers;
};

/// One seed from start to end. `trace`: prints every event; `failures`: prints the last ones when it fails.
RunOutcome runSeed(std::uint64_t seed, Plant plant, std::FILE* trace, std::FILE* failures);

}  // namespace ks::sim
