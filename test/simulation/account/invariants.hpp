#pragma once
#include "test/simulation/simWorld.hpp"

namespace ks::sim {

/// Invariants after every step; violations go into the world's ledger.
class StepInvariants {
 public:
  void check(SimWorld& world);

 private:
  std::map<Uuid, std::int64_t> counters_;
  std::map<Uuid, TimePoint> revoked_;
};

/// Invariants when all clients are done and nothing fails any more.
void checkAtEnd(SimWorld& world);

}  // namespace ks::sim
