#include "http/routes/monitoring/eventRoutes.hpp"

#include <utility>

#include "http/routes/monitoring/eventSchemas.hpp"
#include "http/routing/controlSpec.hpp"

namespace ks {
namespace {

constexpr std::chrono::hours kTraceDays{7 * 24};

HttpResponse traceAnswer(const MonitoringRoutesConfig& config, const RequestContext& context,
                         const std::string& requestId, const TraceRangeQuery& range, bool withAudit) {
  TraceQuery query;
  query.withAudit = withAudit;
  query.requestId = requestId;
  query.range.to = range.to.value_or(config.clock.now() + std::chrono::seconds{1});
  query.range.from = range.from.value_or(query.range.to - kTraceDays);
  if (query.range.from >= query.range.to) {
    return HttpResponse(rangeFault("from", "from must be before to"));
  }
  auto trace = askMonitoring<Trace>(config, context, std::move(query));
  return trace ? HttpResponse::json(200, traceSchema(), trace.value()) : HttpResponse(trace.fault());
}

}  // namespace

void addEventRoutes(RouteTable& routes, const MonitoringRoutesConfig& config) {
  auto trace = monitoringRoute("/trace/{request_id}", "trace",
                               "One request: gateway line, log lines, audit entries in order of time");
  trace.description =
      "What is not stored (yet) is not in it; a request that nobody knows has no entries. Audit entries are "
      "in it for who has audit:read.";
  routes.add(std::move(trace), pathInput(tracePathSchema()).withQuery(traceRangeQuerySchema()),
             {output(200, "The entries", traceSchema())},
             [config](const RequestCall<NoInput, TraceRangeQuery, TracePath>& call) -> HttpResponse {
               return traceAnswer(config, call.context, call.path.requestId, call.query,
                                  call.context.principal->may("audit:read"));
             });
  routes.add(monitoringRoute("/health/history", "healthHistory",
                             "Health of each component over time, with its uptime"),
             queryInput(healthHistoryInputSchema()), {output(200, "The history", healthHistorySchema())},
             [config](const RequestCall<NoInput, HealthHistoryInput>& call) -> HttpResponse {
               const auto range = rangeOf(call.query, config.clock.now());
               if (!range) {
                 return HttpResponse(range.fault());
               }
               auto history = askMonitoring<HealthHistory>(
                   config, call.context,
                   HealthHistoryQuery{call.query.process, range.value(), intervalOf(call.query.interval)});
               return history ? HttpResponse::json(200, healthHistorySchema(), history.value())
                              : HttpResponse(history.fault());
             });
}

void addTraceControlRoute(RouteTable& routes, const MonitoringRoutesConfig& config) {
  routes.add(controlSpec(HttpMethod::get, "/control/trace/{request_id}", "controlTrace",
                         "One request's way through the system"),
             pathInput(tracePathSchema()), {output(200, "The entries", traceSchema())},
             [config](const RequestCall<NoInput, NoInput, TracePath>& call) -> HttpResponse {
               return traceAnswer(config, call.context, call.path.requestId, {}, true);
             });
}

}  // namespace ks
