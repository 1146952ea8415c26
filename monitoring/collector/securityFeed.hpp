#pragma once
#include <cstdint>
#include <mutex>
#include <utility>
#include <vector>

#include "messages/monitoring/collectorRecords.hpp"
#include "messages/monitoring/securityRecords.hpp"

namespace ks {

/// Extracts the events for detection from the lines of a batch.
[[nodiscard]] std::vector<SecurityEvent> securityEventsOf(const IngestBatch& batch);
/// The same hash for the same path, whatever its query.
[[nodiscard]] std::uint64_t pathHashOf(std::string_view url) noexcept;

/// Queue from the collector, which never waits, to detection, which may be late: bounded; the excess
/// is dropped and counted. Thread-safe.
class SecurityFeed {
 public:
  static constexpr std::size_t kMostWaiting = 50'000;

  void offer(std::vector<SecurityEvent> events) {
    const std::lock_guard lock(mutex_);
    for (auto& event : events) {
      if (waiting_.size() >= kMostWaiting) {
        ++dropped_;
      } else {
        waiting_.push_back(std::move(event));
      }
    }
  }
  /// Lines may have been stored that were not offered: detection has to read the tables again.
  void noteGap() {
    const std::lock_guard lock(mutex_);
    gap_ = true;
  }
  std::vector<SecurityEvent> take() {
    const std::lock_guard lock(mutex_);
    return std::exchange(waiting_, {});
  }
  [[nodiscard]] bool takeGap() {
    const std::lock_guard lock(mutex_);
    return std::exchange(gap_, false);
  }
  [[nodiscard]] std::uint64_t dropped() const {
    const std::lock_guard lock(mutex_);
    return dropped_;
  }

 private:
  mutable std::mutex mutex_;
  std::vector<SecurityEvent> waiting_;
  std::uint64_t dropped_ = 0;
  bool gap_ = false;
};

}  // namespace ks
