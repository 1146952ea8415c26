#pragma once
#include <atomic>
#include <cstddef>
#include <cstdint>

#include "core/errorCode.hpp"

namespace ks {

/// Bounds the requests that wait for an answer at once (http/server/waitRule.hpp). Thread-safe.
class AdmissionGate {
 public:
  explicit AdmissionGate(std::size_t limit) : limit_(limit) {}

  /// Holds a place until it is destroyed; `refusal()` says why there is none.
  class Pass {
   public:
    Pass(Pass&& other) noexcept : gate_(other.gate_), refusal_(other.refusal_) { other.gate_ = nullptr; }
    Pass(const Pass&) = delete;
    Pass& operator=(const Pass&) = delete;
    Pass& operator=(Pass&&) = delete;
    ~Pass() {
      if (gate_ != nullptr) {
        gate_->inFlight_.fetch_sub(1, std::memory_order_acq_rel);
      }
    }
    /// none, overloaded or shuttingDown.
    [[nodiscard]] ErrorCode refusal() const noexcept { return refusal_; }

   private:
    friend class AdmissionGate;
    Pass(AdmissionGate* gate, ErrorCode refusal) : gate_(gate), refusal_(refusal) {}
    AdmissionGate* gate_;
    ErrorCode refusal_;
  };

  [[nodiscard]] Pass enter() noexcept {
    if (draining_.load(std::memory_order_acquire)) {
      rejected_.fetch_add(1, std::memory_order_relaxed);
      return {nullptr, ErrorCode::shuttingDown};
    }
    if (inFlight_.fetch_add(1, std::memory_order_acq_rel) >= limit_) {
      inFlight_.fetch_sub(1, std::memory_order_acq_rel);
      rejected_.fetch_add(1, std::memory_order_relaxed);
      return {nullptr, ErrorCode::overloaded};
    }
    return {this, ErrorCode::none};
  }
  /// From now on every counted request is refused with SHUTTING_DOWN.
  void drain() noexcept { draining_.store(true, std::memory_order_release); }
  [[nodiscard]] bool draining() const noexcept { return draining_.load(std::memory_order_acquire); }
  [[nodiscard]] std::size_t inFlight() const noexcept { return inFlight_.load(std::memory_order_acquire); }
  [[nodiscard]] std::uint64_t rejected() const noexcept { return rejected_.load(std::memory_order_relaxed); }
  [[nodiscard]] std::size_t limit() const noexcept { return limit_; }

 private:
  const std::size_t limit_;
  std::atomic<std::size_t> inFlight_{0};
  std::atomic<std::uint64_t> rejected_{0};
  std::atomic<bool> draining_{false};
};

}  // namespace ks
