#pragma once

namespace ks {

/// Thrown instead of waiting where waiting is forbidden. The request is then answered afresh by a worker, so
/// it must not have done anything yet.
struct WouldWait {};

namespace detail {
inline thread_local bool waitingForbidden = false;
}

/// Forbids this thread to wait for an answer.
class NoWaiting {
 public:
  NoWaiting() noexcept { detail::waitingForbidden = true; }
  ~NoWaiting() { detail::waitingForbidden = false; }
  NoWaiting(const NoWaiting&) = delete;
  NoWaiting& operator=(const NoWaiting&) = delete;

  /// Call before waiting.
  static void check() {
    if (detail::waitingForbidden) {
      throw WouldWait{};
    }
  }
};

}  // namespace ks
