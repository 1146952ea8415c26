#pragma once
#include <optional>
#include <string>
#include <vector>

#include "http/routes/monitoring/monitoringRoute.hpp"
#include "messages/monitoring/monitoringMessages.hpp"

// Queries and answers of the monitoring routes.
namespace ks {

/// RangeQuery of one service, or of all.
struct ServiceRangeQuery : RangeQuery {
  std::string service = "all";
};
template <class T>
ObjectSchema<T> rangeFields(std::string name) {
  return timeFields(ObjectSchema<T>(std::move(name))
                        .field("service", &T::service,
                               rules().optional().oneOf({"all", "auth", "payment", "admin", "gateway"})));
}
ObjectSchema<ServiceRangeQuery> schemaFor(Of<ServiceRangeQuery> of);

/// The fields `route` and `interval` of a query.
[[nodiscard]] FieldRules routeFilter();
[[nodiscard]] FieldRules intervalRules();

struct TimeseriesQueryInput : ServiceRangeQuery {
  TimeseriesMetric metric = TimeseriesMetric::requests;
  std::string interval = "auto";
  std::string route;
};
ObjectSchema<TimeseriesQueryInput> schemaFor(Of<TimeseriesQueryInput> of);

struct HeatmapQueryInput : ServiceRangeQuery {
  LatencySource latency = LatencySource::gateway;
  std::string route;
};
ObjectSchema<HeatmapQueryInput> schemaFor(Of<HeatmapQueryInput> of);
ObjectSchema<Heatmap> schemaFor(Of<Heatmap> of);

struct HourlyQueryInput : ServiceRangeQuery, PageQuery {
  std::string route;
};
ObjectSchema<HourlyQueryInput> schemaFor(Of<HourlyQueryInput> of);

ObjectSchema<DashboardSummary> schemaFor(Of<DashboardSummary> of);
ObjectSchema<Timeseries> schemaFor(Of<Timeseries> of);

ObjectSchema<HourlyRow> schemaFor(Of<HourlyRow> of);

ObjectSchema<ProcessHealth> schemaFor(Of<ProcessHealth> of);

}  // namespace ks
