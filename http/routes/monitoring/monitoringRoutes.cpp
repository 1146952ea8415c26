#include "http/routes/monitoring/monitoringRoutes.hpp"

#include <utility>

#include "http/routes/monitoring/monitoringSchemas.hpp"
#include "http/routes/monitoring/requestLogSchemas.hpp"
#include "http/routes/system/collectorSchema.hpp"

namespace ks {
void addMonitoringRoutes(RouteTable& routes, const MonitoringRoutesConfig& config) {
  routes.add(
      monitoringRoute("/dashboard/summary", "dashboardSummary",
                      "The dashboard's figures, compared with the previous range"),
      ok("The figures"), [config](const QueryCall<ServiceRangeQuery>& call) {
        const auto now = config.clock.now();
        const auto range = rangeOf(call.query, now);
        return call.askStorage(config.storage(), DashboardSummaryQuery{call.query.service, range, now});
      });

  routes.add(monitoringRoute("/metrics/timeseries", "metricsTimeseries", "One figure over time"),
             ok("The series"), [config](const QueryCall<TimeseriesQueryInput>& call) {
               const auto now = config.clock.now();
               const auto range = rangeOf(call.query, now);
               return call.askStorage(
                   config.storage(), TimeseriesQuery{call.query.metric, call.query.service, range,
                                                     intervalOf(call.query.interval), call.query.route, now});
             });

  routes.add(monitoringRoute("/metrics/heatmap", "metricsHeatmap", "Latency heatmap"), ok("The counts"),
             [config](const QueryCall<HeatmapQueryInput>& call) {
               const auto now = config.clock.now();
               const auto range = rangeOf(call.query, now);
               return call.askStorage(config.storage(), HeatmapQuery{call.query.latency, call.query.service,
                                                                     range, call.query.route, now});
             });

  auto hourly = monitoringRoute("/metrics/hourly", "metricsHourly", "Hour rows, newest first");
  hourly.errors.push_back(ErrorCode::cursorInvalid);
  routes.add(std::move(hourly), ok("A page of rows"), [config](const QueryCall<HourlyQueryInput>& call) {
    const auto range = rangeOf(call.query, config.clock.now());
    auto page = call.askStorage(config.storage(), HourlyQuery{call.query.service, range, call.query.limit,
                                                              call.query.cursor, call.query.route});
    return pageOf(std::move(page.rows), page.limit, std::move(page.nextCursor));
  });

  auto raw = monitoringRoute("/metrics/raw", "metricsRaw", "Single requests, newest first");
  raw.description = "At most 24 hours at a time. Each filter may be given once.";
  raw.errors.push_back(ErrorCode::cursorInvalid);
  routes.add(std::move(raw), ok("A page of requests"), [config](const QueryCall<RequestLogQueryInput>& call) {
    const auto range = rangeOf(call.query, config.clock.now());
    auto page = call.askStorage(config.storage(), requestLogQuery(call.query, range));
    return pageOf(std::move(page.rows), page.limit, std::move(page.nextCursor));
  });

  routes.add(
      monitoringRoute("/health/current", "currentHealth", "The newest health report of each process"),
      ok("The reports"), [config](const RequestCall<>& call) {
        return wholeList(call.askStorage(config.storage(), CurrentHealthQuery{config.clock.now()}).processes);
      });

  routes.add(monitoringRoute("/collector", "collectorStatus", "Progress of reading the gateway's logs"),
             ok("The state"), [config](const RequestCall<>& call) {
               return call.askStorage(config.storage(), CollectorQuery{config.clock.now()});
             });
}

}  // namespace ks
