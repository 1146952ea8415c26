#pragma once
#include <functional>
#include <optional>
#include <string>
#include <utility>

#include "core/clockInterface.hpp"
#include "http/routing/actorBridge.hpp"
#include "http/routing/routeTable.hpp"
#include "messages/monitoring/monitoringInterfaces.hpp"

// What the routes below /api/admin/monitoring have in common.
namespace ks {

struct MonitoringRoutesConfig {
  caf::actor_system& system;
  std::function<MonitoringStorageActor()>
      storage;  ///< of the queries' own small pool, so that they do not slow the collector
  const ClockInterface& clock;
};

/// A GET of /api/admin/monitoring`path` for those who may read the monitoring.
[[nodiscard]] RouteSpec monitoringRoute(std::string path, std::string operationId, std::string summary);

/// Either `range` (back from now) or `from` and `to`; 24 hours when there is neither.
[[nodiscard]] Result<TimeRange> rangeOf(const std::string& range, const std::optional<TimePoint>& from,
                                        const std::optional<TimePoint>& to, TimePoint now);

/// A fault of one part of the range.
[[nodiscard]] Fault rangeFault(const char* field, const char* message);

/// Seconds of an interval by name; 0: chosen by the length of the range.
[[nodiscard]] std::uint32_t intervalOf(const std::string& name);

/// The same of a query's members of these names.
template <class Query>
[[nodiscard]] Result<TimeRange> rangeOf(const Query& query, TimePoint now) {
  return rangeOf(query.range, query.from, query.to, now);
}

template <class Out, class Operation>
[[nodiscard]] Result<Out> askMonitoring(const MonitoringRoutesConfig& config, const RequestContext& context,
                                        Operation operation) {
  return askActor<Out>(config.system, config.storage(), context,
                       StorageCall<Operation>{context, std::move(operation)});
}

}  // namespace ks
