#pragma once

namespace ks {

/// Wakes a connection loop from any thread. Shared with whoever may want to do so later than the loop lives.
class LoopSignal {
 public:
  LoopSignal();
  ~LoopSignal();
  LoopSignal(const LoopSignal&) = delete;
  LoopSignal& operator=(const LoopSignal&) = delete;

  /// For epoll; negative when there was none to be had.
  [[nodiscard]] int descriptor() const noexcept { return descriptor_; }
  void raise() const noexcept;
  void clear() const noexcept;

 private:
  const int descriptor_;
};

}  // namespace ks
