#pragma once
#include <functional>
#include <optional>
#include <string>

#include "core/clockInterface.hpp"
#include "http/routing/asks.hpp"
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

/// `range`, or `from` and `to`, as a caller gives them.
struct RangeQuery {
  std::string back;  ///< the parameter `range`
  std::optional<TimePoint> from;
  std::optional<TimePoint> to;
};
/// A question to the storage whose `range` a caller gives.
template <class Query>
struct InRange : Query, RangeQuery {};
/// And its interval, by name.
template <class Query>
struct ByInterval : InRange<Query> {
  std::string interval = "auto";
};
template <class T>
ObjectSchema<T> timeFields(ObjectSchema<T> schema) {
  return schema
      .field("range", &RangeQuery::back,
             rules()
                 .optional()
                 .oneOf({"1h", "6h", "24h", "7d"})
                 .describe("back from now; default without from and to: 24h"))
      .field("from", &RangeQuery::from, rules().describe("start, included; with to"))
      .field("to", &RangeQuery::to, rules().describe("end, not included; with from"));
}

/// Either `range` (back from now) or `from` and `to`; 24 hours when there is neither. OUT_OF_RANGE is thrown.
[[nodiscard]] TimeRange rangeOf(const RangeQuery& query, TimePoint now);

/// Seconds of an interval by name; 0: depends on the length of the range.
[[nodiscard]] std::uint32_t intervalOf(const std::string& name);

/// A handler that asks the storage a question, with the range that the caller gives and the time it is.
template <class Query, class Call = QueryCall<InRange<Query>>>
auto asksStorage(const MonitoringRoutesConfig& config) {
  return [config](const Call& call) {
    auto query = messageOf<Query>(call);
    const auto now = config.clock.now();
    if constexpr (requires { query.now; }) {
      query.now = now;
    }
    if constexpr (std::is_base_of_v<RangeQuery, decltype(call.query)>) {
      query.range = rangeOf(call.query, now);
    }
    if constexpr (requires { call.query.interval; }) {
      query.intervalS = intervalOf(call.query.interval);
    }
    return shown(call.askStorage(config.storage(), query), limitOf(query));
  };
}

}  // namespace ks
