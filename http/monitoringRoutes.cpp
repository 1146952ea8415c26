#include "http/monitoringRoutes.hpp"

#include <array>
#include <utility>

#include "http/actorBridge.hpp"
#include "http/collectorSchema.hpp"
#include "http/monitoringSchemas.hpp"

namespace ks {
namespace {

constexpr const char* kTag = "monitoring";

struct NamedRange {
  std::string_view name;
  std::chrono::hours length;
};
constexpr std::array<NamedRange, 4> kRanges{{{"1h", std::chrono::hours{1}},
                                             {"6h", std::chrono::hours{6}},
                                             {"24h", std::chrono::hours{24}},
                                             {"7d", std::chrono::hours{7 * 24}}}};

struct NamedInterval {
  std::string_view name;
  std::uint32_t seconds;
};
constexpr std::array<NamedInterval, 5> kIntervals{
    {{"auto", 0}, {"1m", 60}, {"5m", 300}, {"15m", 900}, {"1h", 3600}}};

Fault rangeFault(const char* field, const char* message) {
  auto fault = makeFault(ErrorCode::outOfRange);
  fault.field = field;
  fault.message = message;
  return fault;
}

template <class Query>
Result<TimeRange> rangeOf(const Query& query, TimePoint now) {
  if (query.from.has_value() != query.to.has_value()) {
    return rangeFault(query.from ? "to" : "from", "from and to belong together");
  }
  if (query.from) {
    if (!query.range.empty()) {
      return rangeFault("range", "Give either range, or from and to");
    }
    if (*query.from >= *query.to) {
      return rangeFault("from", "from must be before to");
    }
    return TimeRange{*query.from, *query.to};
  }
  for (const auto& range : kRanges) {
    if (range.name == (query.range.empty() ? std::string_view{"24h"} : std::string_view{query.range})) {
      return TimeRange{now - range.length, now};
    }
  }
  return rangeFault("range", "range is one of 1h, 6h, 24h, 7d");
}

std::uint32_t intervalOf(const std::string& name) {
  for (const auto& interval : kIntervals) {
    if (interval.name == name) {
      return interval.seconds;
    }
  }
  return 0;
}

RouteSpec monitoringRoute(std::string path, std::string operationId, std::string summary) {
  RouteSpec spec;
  spec.path = "/api/admin/monitoring" + std::move(path);
  spec.operationId = std::move(operationId);
  spec.summary = std::move(summary);
  spec.tag = kTag;
  spec.access = RouteAccess::needs("monitoring:read");
  spec.errors = {ErrorCode::outOfRange, ErrorCode::rangeTooWide};
  return spec;
}

template <class Out, class Operation>
Result<Out> ask(const MonitoringRoutesConfig& config, const RequestContext& context, Operation operation) {
  return askActor<Out>(config.system, config.storage(), context,
                       StorageCall<Operation>{context, std::move(operation)});
}

}  // namespace

void addMonitoringRoutes(RouteTable& routes, const MonitoringRoutesConfig& config) {
  routes.add(monitoringRoute("/dashboard/summary", "dashboardSummary",
                             "The dashboard's figures beside those of the time before"),
             queryInput(rangeQuerySchema()), {output(200, "The figures", dashboardSummarySchema())},
             [config](const RequestCall<NoInput, RangeQuery>& call) -> HttpAnswer {
               const auto now = config.clock.now();
               const auto range = rangeOf(call.query, now);
               if (!range) {
                 return HttpAnswer(range.fault());
               }
               auto summary = ask<DashboardSummary>(
                   config, call.context, DashboardSummaryQuery{call.query.service, range.value(), now});
               return summary ? HttpAnswer::json(200, dashboardSummarySchema(), summary.value())
                              : HttpAnswer(summary.fault());
             });

  routes.add(monitoringRoute("/metrics/timeseries", "metricsTimeseries", "One figure over time, for a chart"),
             queryInput(timeseriesQuerySchema()), {output(200, "The series", timeseriesSchema())},
             [config](const RequestCall<NoInput, TimeseriesQueryInput>& call) -> HttpAnswer {
               const auto range = rangeOf(call.query, config.clock.now());
               if (!range) {
                 return HttpAnswer(range.fault());
               }
               auto series = ask<Timeseries>(config, call.context,
                                             TimeseriesQuery{call.query.metric, call.query.service,
                                                             range.value(), intervalOf(call.query.interval)});
               return series ? HttpAnswer::json(200, timeseriesSchema(), series.value())
                             : HttpAnswer(series.fault());
             });

  auto hourly = monitoringRoute("/metrics/hourly", "metricsHourly", "Hour rows, newest first");
  hourly.errors.push_back(ErrorCode::cursorInvalid);
  routes.add(std::move(hourly), queryInput(hourlyQuerySchema()),
             {output(200, "A page of rows", hourlyOutputSchema())},
             [config](const RequestCall<NoInput, HourlyQueryInput>& call) -> HttpAnswer {
               const auto range = rangeOf(call.query, config.clock.now());
               if (!range) {
                 return HttpAnswer(range.fault());
               }
               auto page = ask<HourlyPage>(
                   config, call.context,
                   HourlyQuery{call.query.service, range.value(), call.query.limit, call.query.cursor});
               if (!page) {
                 return HttpAnswer(page.fault());
               }
               HourlyOutput out;
               out.data = std::move(page.value().rows);
               out.page.limit = page.value().limit;
               out.page.hasMore = !page.value().nextCursor.empty();
               if (out.page.hasMore) {
                 out.page.nextCursor = std::move(page.value().nextCursor);
               }
               return HttpAnswer::json(200, hourlyOutputSchema(), out);
             });

  routes.add(monitoringRoute("/health/current", "currentHealth", "The newest health report of each process"),
             noInput(), {output(200, "The reports", currentHealthSchema())},
             [config](const RequestCall<>& call) -> HttpAnswer {
               auto health = ask<CurrentHealth>(config, call.context, CurrentHealthQuery{config.clock.now()});
               return health
                          ? HttpAnswer::json(200, currentHealthSchema(), currentHealthOutput(health.value()))
                          : HttpAnswer(health.fault());
             });

  routes.add(monitoringRoute("/collector", "collectorStatus", "How far the gateway's logs have been read"),
             noInput(), {output(200, "The state", collectorStatusSchema())},
             [config](const RequestCall<>& call) -> HttpAnswer {
               auto status = ask<CollectorStatus>(config, call.context, CollectorQuery{config.clock.now()});
               return status ? HttpAnswer::json(200, collectorStatusSchema(), status.value())
                             : HttpAnswer(status.fault());
             });
}

}  // namespace ks
