#pragma once
#include <cstddef>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>

#include "core/result.hpp"
#include "core/uuid.hpp"

namespace ks {

/// Bounds the event streams that are open at once, in all and for each user. Thread-safe.
class StreamGate {
 public:
  struct Limits {
    std::size_t total = 64;
    std::size_t perUser = 4;
  };
  /// A place; it is freed with its last copy.
  using Pass = std::shared_ptr<void>;

  explicit StreamGate(Limits limits = {64, 4}) : counts_(std::make_shared<Counts>()), limits_(limits) {}

  /// rateLimited (429): the user has too many open; overloaded (503): all places are taken.
  [[nodiscard]] Result<Pass> enter(Uuid user) {
    constexpr std::uint32_t kRetryAfterS = 5;
    const std::lock_guard lock(counts_->mutex);
    const auto found = counts_->byUser.find(user);
    const bool usersFull = found != counts_->byUser.end() && found->second >= limits_.perUser;
    if (usersFull || counts_->open >= limits_.total) {
      ++counts_->refused;
      Fault fault = makeFault(usersFull ? ErrorCode::rateLimited : ErrorCode::overloaded);
      fault.message = usersFull ? "At most " + std::to_string(limits_.perUser) + " event streams a user"
                                : "All " + std::to_string(limits_.total) + " event streams are taken";
      fault.retryAfterS = kRetryAfterS;
      return fault;
    }
    ++counts_->open;
    ++counts_->byUser[user];
    return Pass{counts_.get(), [counts = counts_, user](void*) { counts->leave(user); }};
  }

  [[nodiscard]] std::size_t open() const {
    const std::lock_guard lock(counts_->mutex);
    return counts_->open;
  }
  [[nodiscard]] std::uint64_t refused() const {
    const std::lock_guard lock(counts_->mutex);
    return counts_->refused;
  }

 private:
  struct Counts {
    void leave(Uuid user) {
      const std::lock_guard lock(mutex);
      --open;
      if (const auto found = byUser.find(user); --found->second == 0) {
        byUser.erase(found);
      }
    }
    std::mutex mutex;
    std::size_t open = 0;
    std::uint64_t refused = 0;
    std::unordered_map<Uuid, std::size_t> byUser;
  };

  const std::shared_ptr<Counts> counts_;
  const Limits limits_;
};

}  // namespace ks
