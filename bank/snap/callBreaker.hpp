#pragma once
#include <algorithm>
#include <chrono>

namespace ks {

/// Spares a bank that does not answer, and whoever waits for it: after kMostFailures in a row no call may be made for a
/// pause, then one, and one after each further pause until one is answered. The pause doubles with each that is not.
class CallBreaker {
 public:
  using Time = std::chrono::steady_clock::time_point;
  static constexpr unsigned kMostFailures = 8;
  static constexpr std::chrono::seconds kFirstPause{5};
  static constexpr std::chrono::seconds kLongestPause{60};

  /// A call that may be made, which the caller then makes.
  [[nodiscard]] bool admit(Time now) noexcept {
    if (failures_ < kMostFailures) {
      return true;
    }
    if (now < closedUntil_) {
      return false;
    }
    closedUntil_ = now + pause_;  // also when this call never ends
    probing_ = true;
    return true;
  }

  void answered() noexcept {
    failures_ = 0;
    probing_ = false;
    pause_ = kFirstPause;
  }

  void failed(Time now) noexcept {
    if (failures_ < kMostFailures) {
      ++failures_;
      closedUntil_ = now + pause_;
    } else if (probing_) {  // else it was begun before the pause
      pause_ = std::min<std::chrono::seconds>(2 * pause_, kLongestPause);
      closedUntil_ = now + pause_;
      probing_ = false;
    }
  }

 private:
  unsigned failures_ = 0;
  bool probing_ = false;
  std::chrono::seconds pause_ = kFirstPause;
  Time closedUntil_{};
};

}  // namespace ks
