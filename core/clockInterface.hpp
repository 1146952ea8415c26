#pragma once
#include <chrono>

namespace ks {

/// Wall-clock time, UTC, in milliseconds: what is stored, logged and compared with deadlines.
using TimePoint = std::chrono::sys_time<std::chrono::milliseconds>;
using Milliseconds = std::chrono::milliseconds;

/// Source of the time of day. Thread-safe. All code above core/ uses this and never the system clock.
class ClockInterface {
 public:
  virtual ~ClockInterface() = default;
  [[nodiscard]] virtual TimePoint now() const = 0;
};

/// The machine's clock.
class SystemClock final : public ClockInterface {
 public:
  [[nodiscard]] TimePoint now() const override {
    return std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now());
  }
};

}  // namespace ks
