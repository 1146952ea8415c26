#pragma once
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>

#include "core/sketch/latencyHistogram.hpp"
#include "messages/monitoring/collectorRecords.hpp"
#include "messages/monitoring/liveFeed.hpp"

namespace ks {

/// Adds up stored lines for the live feed. Its size is bounded, whatever comes in.
class LiveSummaryBuilder {
 public:
  static constexpr std::size_t kRecent = 10;
  /// Seconds that the latencies reach back.
  static constexpr std::size_t kLatencySpan = 10;
  /// Lines older than this are not live traffic: the collector is catching up.
  static constexpr std::chrono::seconds kLive{30};

  void add(const IngestBatch& batch, TimePoint now);
  void addLate(std::uint64_t lines) { current_.late += lines; }
  /// The summary of what was added since the call before; call it once a second.
  [[nodiscard]] LiveSummary take(TimePoint now, bool collecting);
  void clear() { *this = {}; }

 private:
  LiveSummary current_;
  std::deque<LiveRequest> recent_;  ///< oldest first
  std::array<LatencyHistogram, kLatencySpan> latencies_;
  std::size_t second_ = 0;
};

}  // namespace ks
