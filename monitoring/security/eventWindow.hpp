#pragma once
#include <cstdint>
#include <vector>

#include "core/clockInterface.hpp"
#include "core/network/ipAddress.hpp"
#include "core/settings/eventRate.hpp"

namespace ks {

/// Detects when a number of events lie within a window. Keeps no more times than needed; events may come
/// late, in any order.
class TimesInWindow {
 public:
  /// Whether a window that holds `at` is full now.
  bool add(TimePoint at, const EventRate& rate);

 private:
  std::vector<TimePoint> times_;  ///< ascending, at most rate.count
};

/// The same for different values: a value counts once.
class ValuesInWindow {
 public:
  struct Value {
    std::uint64_t hash = 0;
    TimePoint at;
    IpAddress source;
  };
  bool add(const Value& value, const EventRate& rate);
  [[nodiscard]] const std::vector<Value>& values() const noexcept { return values_; }

 private:
  std::vector<Value> values_;  ///< at most rate.count
};

}  // namespace ks
