#pragma once
#include <cstdint>
#include <mutex>
#include <span>

#include "core/clockInterface.hpp"
#include "core/randomSourceInterface.hpp"

namespace ks {

/// A clock that moves only explicitly; begins on 3 February 2026.
class SteppedClock final : public ClockInterface {
 public:
  [[nodiscard]] TimePoint now() const override { return now_; }
  void step(Milliseconds by) { now_ += by; }

 private:
  TimePoint now_{Milliseconds{1'770'114'645'123}};
};

/// The same numbers in each run (splitmix64).
class CountingRandom : public RandomSourceInterface {
 public:
  explicit CountingRandom(std::uint64_t seed = 1) : state_(seed) {}
  void fill(std::span<std::byte> bytes) override {
    for (auto& byte : bytes) {
      byte = static_cast<std::byte>(next() & 0xffU);
    }
  }
  std::uint64_t next() {
    state_ += 0x9e3779b97f4a7c15ULL;
    std::uint64_t z = state_;
    z = (z ^ (z >> 30U)) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ (z >> 27U)) * 0x94d049bb133111ebULL;
    return z ^ (z >> 31U);
  }

 private:
  std::uint64_t state_;
};

/// The same for several threads.
class LockedRandom final : public CountingRandom {
 public:
  void fill(std::span<std::byte> bytes) override {
    const std::lock_guard lock(mutex_);
    CountingRandom::fill(bytes);
  }

 private:
  std::mutex mutex_;
};

}  // namespace ks
