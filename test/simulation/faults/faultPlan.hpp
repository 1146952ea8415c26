#pragma once
#include <chrono>
#include <cstdint>
#include <string>

#include "test/simulation/seededRandom.hpp"

namespace ks::sim {

/// A bug that the harness plants into its own fakes, to show that it is detected.
enum class Plant : std::uint8_t {
  none,
  leak,
  stale,
  forgotten,
  openDoor,
  frozenCounter,
  forgetfulStep,
  doubleCredit,     ///< of payments: money is not known by its reference
  lateRefusal,      ///< what the bank says late of its account fails a payment that was paid
  unknownIsFailed,  ///< a creation without an answer counts as refused
  refundRace,       ///< a refund is decided without the others
  refundTwice,      ///< each try of a refund has a reference of its own
  wrongScale,       ///< what a refund moves in the end is a hundred times as much
  reusedId,         ///< an external id is taken although the day has it
  doubleOrphan      ///< money that belongs to nobody is not known by its reference
};

/// Rates of faults, as "one in n"; 0 is never. Each seed has its own mix.
struct FaultPlan {
  std::uint64_t storageRefused = 0;  ///< an error, and nothing was done
  std::uint64_t storageUnknown = 0;  ///< an error, but it was done
  std::uint64_t storageLost = 0;     ///< it was done but no answer arrives
  std::uint64_t redisFlap = 0;    ///< the connection fails for a moment, perhaps after the command was done
  std::uint64_t redisOutage = 0;  ///< a step begins an outage for both processes
  std::uint64_t stall = 0;        ///< an actor that blocks is late
  std::uint64_t mailRefused = 0;
  std::uint64_t kill = 0;       ///< a step kills an actor
  std::uint64_t clockStep = 0;  ///< a step moves the time of day
  int kills = 0;                ///< left
  Plant plant = Plant::none;
  bool on = true;  ///< false while the system settles

  static FaultPlan make(SeededRandom& random, Plant plant) {
    const auto sometimes = [&](std::uint64_t often, std::uint64_t seldom) -> std::uint64_t {
      const auto draw = random.below(3);
      return draw == 0 ? 0 : draw == 1 ? often : seldom;
    };
    FaultPlan plan;
    plan.plant = plant;
    plan.storageRefused = sometimes(12, 60);
    plan.storageUnknown = sometimes(15, 60);
    plan.storageLost = sometimes(25, 100);
    plan.redisFlap = sometimes(10, 50);
    plan.redisOutage = sometimes(600, 1500);
    plan.stall = sometimes(20, 80);
    plan.mailRefused = sometimes(3, 8);
    plan.kill = sometimes(300, 900);
    plan.kills = static_cast<int>(random.below(4));
    plan.clockStep = random.oneIn(4) ? 400 : 0;
    return plan;
  }
};

}  // namespace ks::sim
