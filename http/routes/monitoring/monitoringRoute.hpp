#pragma once
#include <functional>
#include <optional>
#include <string>

#include "core/clockInterface.hpp"
#include "http/routing/routeTable.hpp"
#include "messages/monitoring/monitoringInterfaces.hpp"

// Common parts of the routes below /api/admin/monitoring.
namespace ks {

struct MonitoringRoutesConfig {
  std::function<MonitoringStorageActor()>
      storage;  ///< a separate small pool, so queries do not slow the collector
  const ClockInterface& clock;
};

/// A GET of /api/admin/monitoring`path` for those who may read the monitoring.
[[nodiscard]] RouteSpec monitoringRoute(const std::string& path, std::string operationId,
                                        std::string summary);

/// `range`, or `from` and `to`, of a query: `struct HeatmapQueryInput : RangeQuery { … };`.
struct RangeQuery {
  std::string range;
  std::optional<TimePoint> from;
  std::optional<TimePoint> to;
};
template <class T>
ObjectSchema<T> timeFields(ObjectSchema<T> schema) {
  return schema
      .field("range", &T::range,
             rules()
                 .optional()
                 .oneOf({"1h", "6h", "24h", "7d"})
                 .describe("back from now; default without from and to: 24h"))
      .field("from", &T::from, rules().describe("start, included; with to"))
      .field("to", &T::to, rules().describe("end, not included; with from"));
}

/// Either `range` (back from now) or `from` and `to`; 24 hours when there is neither. OUT_OF_RANGE is thrown.
[[nodiscard]] TimeRange rangeOf(const RangeQuery& query, TimePoint now);

/// Seconds of an interval by name; 0: depends on the length of the range.
[[nodiscard]] std::uint32_t intervalOf(const std::string& name);

}  // namespace ks
