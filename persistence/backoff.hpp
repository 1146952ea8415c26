#pragma once
#include <chrono>
#include <cstdint>

#include "core/clockInterface.hpp"

namespace ks {

/// Delay after consecutive failures: doubling from 50 ms to 2 s, each with a quarter of jitter
/// either way, so many connections do not reconnect at the same moment.
class Backoff {
 public:
  using Time = std::chrono::steady_clock::time_point;

  /// Not yet time for another attempt.
  [[nodiscard]] bool waiting(Time now) const noexcept { return now < notBefore_; }
  /// Failures in a row.
  [[nodiscard]] unsigned failures() const noexcept { return failures_; }
  void failed(Time now) noexcept {
    const std::int64_t step = kFirstMs << (failures_ < kDoublings ? failures_ : kDoublings);
    ++failures_;
    const std::int64_t capped = step < kMostMs ? step : kMostMs;
    notBefore_ = now + std::chrono::milliseconds(
                           capped * 3 / 4 +
                           static_cast<std::int64_t>(next() % static_cast<std::uint64_t>(capped / 2 + 1)));
  }
  void succeeded() noexcept {
    failures_ = 0;
    notBefore_ = {};
  }

 private:
  static constexpr std::int64_t kFirstMs = 50;
  static constexpr std::int64_t kMostMs = 2'000;
  static constexpr unsigned kDoublings = 6;

  /// xorshift64, seeded with this object's address and the time; used only for spread.
  std::uint64_t next() noexcept {
    if (state_ == 0) {
      state_ = (reinterpret_cast<std::uintptr_t>(this) ^
                static_cast<std::uint64_t>(std::chrono::steady_clock::now().time_since_epoch().count())) |
               1U;
    }
    state_ ^= state_ << 13U;
    state_ ^= state_ >> 7U;
    state_ ^= state_ << 17U;
    return state_;
  }

  unsigned failures_ = 0;
  Time notBefore_{};
  std::uint64_t state_ = 0;
};

}  // namespace ks
