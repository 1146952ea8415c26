#pragma once
#include <optional>
#include <string>
#include <vector>

#include "http/routes/monitoring/monitoringRoute.hpp"
#include "messages/monitoring/monitoringMessages.hpp"

// Queries and answers of the monitoring routes.
namespace ks {

template <class T>
ObjectSchema<T> rangeFields(std::string name) {
  return timeFields(ObjectSchema<T>(std::move(name))
                        .field("service", &T::service,
                               rules().optional().oneOf({"all", "auth", "payment", "admin", "gateway"})));
}
ObjectSchema<InRange<DashboardSummaryQuery>> schemaFor(Of<InRange<DashboardSummaryQuery>> of);

[[nodiscard]] FieldRules routeFilter();
[[nodiscard]] FieldRules intervalRules();

ObjectSchema<ByInterval<TimeseriesQuery>> schemaFor(Of<ByInterval<TimeseriesQuery>> of);

ObjectSchema<InRange<HeatmapQuery>> schemaFor(Of<InRange<HeatmapQuery>> of);
ObjectSchema<Heatmap> schemaFor(Of<Heatmap> of);

ObjectSchema<InRange<HourlyQuery>> schemaFor(Of<InRange<HourlyQuery>> of);

ObjectSchema<DashboardSummary> schemaFor(Of<DashboardSummary> of);
ObjectSchema<Timeseries> schemaFor(Of<Timeseries> of);

ObjectSchema<HourlyRow> schemaFor(Of<HourlyRow> of);

ObjectSchema<ProcessHealth> schemaFor(Of<ProcessHealth> of);

}  // namespace ks
