#pragma once
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace ks {

/// From this number of failures on, each further one locks for this time.
struct LockStep {
  static constexpr std::int32_t kForever = -1;
  static constexpr std::int32_t kMostFailures = 1000;
  static constexpr std::int32_t kLongest = 86'400;

  std::int32_t failures = 0;
  std::int32_t seconds = 0;  ///< or kForever
};

/// Steps with growing counts; empty: nothing is ever locked.
using LockLadder = std::vector<LockStep>;

inline constexpr std::size_t kMostLockSteps = 16;

/// `off`, or FAILURES/SECONDS steps separated by commas (`6/1,10/300,100/forever`), growing in both; the last
/// may be `forever`.
std::optional<LockLadder> parseLockLadder(std::string_view text);

/// How long failure number `failures` locks: 0, seconds or kForever. The servers apply the same rule in SQL,
/// KS_LOCK_SECONDS in persistence/postgres/account/lockAndLimitOperations.cpp; this is the engine in memory's.
/// Change both; both pass test/contract/persistence/account/lockAndLimitContractTest.cpp.
[[nodiscard]] std::int32_t lockAfter(const LockLadder& ladder, std::int32_t failures) noexcept;

/// Whether `failures` is the count at which a step begins.
[[nodiscard]] bool beginsStep(const LockLadder& ladder, std::int32_t failures) noexcept;

}  // namespace ks
