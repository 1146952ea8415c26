#pragma once
#include "test/simulation/simWorld.hpp"

namespace ks::sim {

/// What must hold after every step; violations go into the world's ledger.
class StepInvariants {
 public:
  void check(SimWorld& world);

 private:
  std::map<Uuid, std::int64_t> counters_;
  std::map<Uuid, TimePoint> revoked_;
};

/// What must hold when all clients are done and nothing fails any more.
void checkAtEnd(SimWorld& world);

}  // namespace ks::sim
