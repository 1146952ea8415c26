#pragma once
#include <caf/detail/test_actor_clock.hpp>

#include "core/clockInterface.hpp"

namespace ks::sim {

/// The time of day: moves with the actors' virtual clock, and by steps, as when an administrator sets it.
class FakeClock final : public ClockInterface {
 public:
  [[nodiscard]] TimePoint now() const override {
    const auto virtualTime =
        clock_ ? std::chrono::duration_cast<Milliseconds>(clock_->now().time_since_epoch()) : Milliseconds{0};
    return start_ + virtualTime + offset_;
  }
  void follow(const caf::detail::test_actor_clock* clock) { clock_ = clock; }
  void step(Milliseconds by) { offset_ += by; }

 private:
  const caf::detail::test_actor_clock* clock_ = nullptr;
  TimePoint start_{Milliseconds{1'770'114'645'123}};
  Milliseconds offset_{0};
};

}  // namespace ks::sim
