#pragma once
#include <cstdint>
#include <span>

#include "core/randomSourceInterface.hpp"

namespace ks::sim {

/// The same numbers on every machine (splitmix64).
class SeededRandom final : public RandomSourceInterface {
 public:
  explicit SeededRandom(std::uint64_t seed) : state_(seed) {}

  std::uint64_t next() {
    state_ += 0x9e3779b97f4a7c15ULL;
    std::uint64_t z = state_;
    z = (z ^ (z >> 30U)) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ (z >> 27U)) * 0x94d049bb133111ebULL;
    return z ^ (z >> 31U);
  }
  /// 0 to n-1.
  std::uint64_t below(std::uint64_t n) { return next() % n; }
  /// 0 never happens.
  bool oneIn(std::uint64_t n) { return n != 0 && below(n) == 0; }

  void fill(std::span<std::byte> bytes) override {
    for (auto& byte : bytes) {
      byte = static_cast<std::byte>(next() & 0xffU);
    }
  }

 private:
  std::uint64_t state_;
};

}  // namespace ks::sim
