#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "core/clockInterface.hpp"

// The summary of the live feed, once a second. Plain data.
namespace ks {

struct LiveRequest {
  TimePoint at;
  std::string requestId;
  std::string service;
  std::string method;
  std::string route;
  std::uint16_t status = 0;
  bool rateLimited = false;
  std::string remoteIp;
  double latencyMs = 0;
};

struct LiveLatency {
  double p50 = 0;
  double p95 = 0;
  double p99 = 0;
};

/// Requests whose lines were stored since the summary before.
struct LiveSummary {
  TimePoint at;
  bool collecting = false;  ///< whether this process stores lines at all
  std::uint64_t requests = 0;
  std::uint64_t clientErrors = 0;  ///< 4xx that are not rate limited
  std::uint64_t serverErrors = 0;
  std::uint64_t rateLimited = 0;
  std::uint64_t late = 0;  ///< stored now but too old to be live, or more than the feed takes at once
  LiveLatency latencyMs;   ///< of the last seconds
  std::vector<LiveRequest> recent;  ///< newest first
};

/// A listener of summaries. Thread-safe.
class LiveListenerInterface {
 public:
  virtual ~LiveListenerInterface() = default;
  /// Never waits. False: it is gone.
  virtual bool tell(const LiveSummary& summary) = 0;
};

}  // namespace ks
