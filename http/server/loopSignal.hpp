#pragma once

namespace ks {

/// Wakes a connection loop from any thread. Shared, because callers may outlive the loop.
class LoopSignal {
 public:
  LoopSignal();
  ~LoopSignal();
  LoopSignal(const LoopSignal&) = delete;
  LoopSignal& operator=(const LoopSignal&) = delete;

  /// For epoll; negative if it could not be created.
  [[nodiscard]] int descriptor() const noexcept { return descriptor_; }
  void raise() const noexcept;
  void clear() const noexcept;

 private:
  const int descriptor_;
};

}  // namespace ks
