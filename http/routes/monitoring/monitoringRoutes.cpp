#include "http/routes/monitoring/monitoringRoutes.hpp"

#include <utility>

#include "http/routes/monitoring/monitoringSchemas.hpp"
#include "http/routes/monitoring/requestLogSchemas.hpp"
#include "http/routes/system/collectorSchema.hpp"

namespace ks {
void addMonitoringRoutes(RouteTable& routes, const MonitoringRoutesConfig& config) {
  routes.add(monitoringRoute("/dashboard/summary", "dashboardSummary",
                             "The dashboard's figures beside those of the time before"),
             queryInput(rangeQuerySchema()), {output(200, "The figures", dashboardSummarySchema())},
             [config](const RequestCall<NoInput, RangeQuery>& call) -> HttpResponse {
               const auto now = config.clock.now();
               const auto range = rangeOf(call.query, now);
               if (!range) {
                 return HttpResponse(range.fault());
               }
               auto summary = askMonitoring<DashboardSummary>(
                   config, call.context, DashboardSummaryQuery{call.query.service, range.value(), now});
               return summary ? HttpResponse::json(200, dashboardSummarySchema(), summary.value())
                              : HttpResponse(summary.fault());
             });

  routes.add(monitoringRoute("/metrics/timeseries", "metricsTimeseries", "One figure over time, for a chart"),
             queryInput(timeseriesQuerySchema()), {output(200, "The series", timeseriesSchema())},
             [config](const RequestCall<NoInput, TimeseriesQueryInput>& call) -> HttpResponse {
               const auto now = config.clock.now();
               const auto range = rangeOf(call.query, now);
               if (!range) {
                 return HttpResponse(range.fault());
               }
               auto series = askMonitoring<Timeseries>(
                   config, call.context,
                   TimeseriesQuery{call.query.metric, call.query.service, range.value(),
                                   intervalOf(call.query.interval), call.query.route, now});
               return series ? HttpResponse::json(200, timeseriesSchema(), series.value())
                             : HttpResponse(series.fault());
             });

  routes.add(
      monitoringRoute("/metrics/heatmap", "metricsHeatmap", "How many requests took how long, over time"),
      queryInput(heatmapQuerySchema()), {output(200, "The counts", heatmapSchema())},
      [config](const RequestCall<NoInput, HeatmapQueryInput>& call) -> HttpResponse {
        const auto now = config.clock.now();
        const auto range = rangeOf(call.query, now);
        if (!range) {
          return HttpResponse(range.fault());
        }
        auto heatmap = askMonitoring<Heatmap>(
            config, call.context,
            HeatmapQuery{call.query.latency, call.query.service, range.value(), call.query.route, now});
        return heatmap ? HttpResponse::json(200, heatmapSchema(), heatmap.value())
                       : HttpResponse(heatmap.fault());
      });

  auto hourly = monitoringRoute("/metrics/hourly", "metricsHourly", "Hour rows, newest first");
  hourly.errors.push_back(ErrorCode::cursorInvalid);
  routes.add(std::move(hourly), queryInput(hourlyQuerySchema()), hourlyListSchema().outputs("A page of rows"),
             [config](const RequestCall<NoInput, HourlyQueryInput>& call) -> HttpResponse {
               const auto range = rangeOf(call.query, config.clock.now());
               if (!range) {
                 return HttpResponse(range.fault());
               }
               auto page =
                   askMonitoring<HourlyPage>(config, call.context,
                                             HourlyQuery{call.query.service, range.value(), call.query.limit,
                                                         call.query.cursor, call.query.route});
               return page ? hourlyListSchema().answer(call.request, std::move(page.value().rows),
                                                       page.value().limit, std::move(page.value().nextCursor))
                           : HttpResponse(page.fault());
             });

  auto raw = monitoringRoute("/metrics/raw", "metricsRaw", "Single requests, newest first");
  raw.description = "At most 24 hours at a time. Filters narrow the page down; each is given once.";
  raw.errors.push_back(ErrorCode::cursorInvalid);
  routes.add(
      std::move(raw), queryInput(requestLogQuerySchema()),
      requestLogListSchema().outputs("A page of requests"),
      [config](const RequestCall<NoInput, RequestLogQueryInput>& call) -> HttpResponse {
        const auto range = rangeOf(call.query, config.clock.now());
        if (!range) {
          return HttpResponse(range.fault());
        }
        auto page =
            askMonitoring<RequestLogPage>(config, call.context, requestLogQuery(call.query, range.value()));
        return page ? requestLogListSchema().answer(call.request, std::move(page.value().rows),
                                                    page.value().limit, std::move(page.value().nextCursor))
                    : HttpResponse(page.fault());
      });

  routes.add(monitoringRoute("/health/current", "currentHealth", "The newest health report of each process"),
             noInput(), {output(200, "The reports", currentHealthSchema())},
             [config](const RequestCall<>& call) -> HttpResponse {
               auto health =
                   askMonitoring<CurrentHealth>(config, call.context, CurrentHealthQuery{config.clock.now()});
               return health ? HttpResponse::json(200, currentHealthSchema(),
                                                  currentHealthOutput(health.value()))
                             : HttpResponse(health.fault());
             });

  routes.add(monitoringRoute("/collector", "collectorStatus", "How far the gateway's logs have been read"),
             noInput(), {output(200, "The state", collectorStatusSchema())},
             [config](const RequestCall<>& call) -> HttpResponse {
               auto status =
                   askMonitoring<CollectorStatus>(config, call.context, CollectorQuery{config.clock.now()});
               return status ? HttpResponse::json(200, collectorStatusSchema(), status.value())
                             : HttpResponse(status.fault());
             });
}

}  // namespace ks
