#pragma once
#include <chrono>
#include <cstdint>

namespace ks {

/// A number of events within a time.
struct EventRate {
  std::uint32_t count = 0;
  std::chrono::seconds window{};

  static constexpr std::uint32_t kMostCount = 1000;
  static constexpr std::chrono::seconds kLongestWindow{3600};

  friend bool operator==(const EventRate&, const EventRate&) = default;
};

}  // namespace ks
