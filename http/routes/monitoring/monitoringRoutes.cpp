#include "http/routes/monitoring/monitoringRoutes.hpp"

#include <utility>

#include "http/routes/monitoring/monitoringSchemas.hpp"
#include "http/routes/monitoring/requestLogSchemas.hpp"
#include "http/routes/system/collectorSchema.hpp"

namespace ks {
void addMonitoringRoutes(RouteTable& routes, const MonitoringRoutesConfig& config) {
  routes.add(monitoringRoute("/dashboard/summary", "dashboardSummary",
                             "The dashboard's figures, compared with the previous range"),
             ok("The figures"), asksStorage<DashboardSummaryQuery>(config));

  routes.add(monitoringRoute("/metrics/timeseries", "metricsTimeseries", "One figure over time"),
             ok("The series"), asksStorage<TimeseriesQuery, QueryCall<ByInterval<TimeseriesQuery>>>(config));

  routes.add(monitoringRoute("/metrics/heatmap", "metricsHeatmap", "Latency heatmap"), ok("The counts"),
             asksStorage<HeatmapQuery>(config));

  auto hourly = monitoringRoute("/metrics/hourly", "metricsHourly", "Hour rows, newest first");
  hourly.errors.push_back(ErrorCode::cursorInvalid);
  routes.add(std::move(hourly), ok("A page of rows"), asksStorage<HourlyQuery>(config));

  auto raw = monitoringRoute("/metrics/raw", "metricsRaw", "Single requests, newest first");
  raw.description = "At most 24 hours at a time. Each filter may be given once.";
  raw.errors.push_back(ErrorCode::cursorInvalid);
  routes.add(std::move(raw), ok("A page of requests"), asksStorage<RequestLogQuery>(config));

  routes.add(monitoringRoute("/health/current", "currentHealth", "The newest health report of each process"),
             ok("The reports"), asksStorage<CurrentHealthQuery, RequestCall<>>(config));

  routes.add(monitoringRoute("/collector", "collectorStatus", "Progress of reading the gateway's logs"),
             ok("The state"), asksStorage<CollectorQuery, RequestCall<>>(config));
}

}  // namespace ks
