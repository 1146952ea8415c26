#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/result.hpp"
#include "messages/monitoring/eventMessages.hpp"

// How the history of health is made from counted reports.
namespace ks {

struct HealthHistoryPlan {
  TimeRange range;  ///< in whole intervals
  std::uint32_t intervalS = 60;
};
[[nodiscard]] Result<HealthHistoryPlan> planHealthHistory(const HealthHistoryQuery& query);

/// The reports of one process in one interval.
struct HealthBucket {
  struct Part {
    std::int64_t up = 0;
    std::optional<double> latencyMs;  ///< average of the reports that said up
  };
  std::string process;
  TimePoint start;
  std::int64_t reports = 0;
  std::array<Part, 3> parts;  ///< database, redis, crypto
};
/// `buckets` ordered by process. An interval without a report is a gap, not an outage.
[[nodiscard]] HealthHistory healthHistoryOf(const HealthHistoryPlan& plan,
                                            const std::vector<HealthBucket>& buckets);

}  // namespace ks
