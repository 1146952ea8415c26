#include "http/routes/monitoring/eventRoutes.hpp"

#include <utility>

#include "http/routes/monitoring/eventSchemas.hpp"
#include "http/routing/controlSpec.hpp"

namespace ks {
namespace {

constexpr std::chrono::hours kTraceDays{7 * 24};

template <class Call>
Trace traceOf(const MonitoringRoutesConfig& config, const Call& call, const TraceRangeQuery& range,
              bool withAudit, bool withPayments) {
  TraceQuery query;
  query.withAudit = withAudit;
  query.withPayments = withPayments;
  query.requestId = call.path.requestId;
  query.range.to = range.to.value_or(config.clock.now() + std::chrono::seconds{1});
  query.range.from = range.from.value_or(query.range.to - kTraceDays);
  if (query.range.from >= query.range.to) {
    throw FaultAnswer{fieldFault(ErrorCode::outOfRange, "from", "from must be before to")};
  }
  return call.askStorage(config.storage(), std::move(query));
}

}  // namespace

void addEventRoutes(RouteTable& routes, const MonitoringRoutesConfig& config) {
  auto trace = monitoringRoute("/trace/{request_id}", "trace",
                               "One request: gateway line, log lines, audit entries in order of time");
  trace.description =
      "Entries that are not stored (yet) are missing; an unknown request has no entries. Audit entries are "
      "included with audit:read. With payments:read the id of a payment gives its whole way: its requests, its "
      "history, the calls to the bank and the bank's notices.";
  routes.add(std::move(trace), ok("The entries"),
             [config](const QueryCall<TraceRangeQuery, TracePath>& call) {
               return traceOf(config, call, call.query, call.context.principal->may("audit:read"),
                              call.context.principal->may("payments:read"));
             });
  routes.add(monitoringRoute("/health/history", "healthHistory",
                             "Health of each component over time, with its uptime"),
             ok("The history"),
             asksStorage<HealthHistoryQuery, QueryCall<ByInterval<HealthHistoryQuery>>>(config));
}

void addTraceControlRoute(RouteTable& routes, const MonitoringRoutesConfig& config) {
  routes.add(
      controlSpec(HttpMethod::get, "/control/trace/{request_id}", "controlTrace", "The trace of one request"),
      ok("The entries"),
      [config](const PathCall<TracePath>& call) { return traceOf(config, call, {}, true, true); });
}

}  // namespace ks
