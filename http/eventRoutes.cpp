#include "http/eventRoutes.hpp"

#include <array>
#include <string_view>
#include <utility>

#include "http/actorBridge.hpp"
#include "http/controlRoutes.hpp"
#include "http/eventSchemas.hpp"

namespace ks {
namespace {

constexpr std::chrono::hours kTraceDays{7 * 24};
/// What is left of a route's deadline for the last step and the answer.
constexpr std::chrono::seconds kVerifyReserve{2};

RouteSpec auditRoute(std::string path, std::string operationId, std::string summary) {
  RouteSpec spec;
  spec.path = "/api/admin/audit" + std::move(path);
  spec.operationId = std::move(operationId);
  spec.summary = std::move(summary);
  spec.tag = "audit";
  spec.access = RouteAccess::needs("audit:read");
  return spec;
}

RouteSpec historyRoute(std::string path, std::string operationId, std::string summary) {
  RouteSpec spec;
  spec.path = "/api/admin/monitoring" + std::move(path);
  spec.operationId = std::move(operationId);
  spec.summary = std::move(summary);
  spec.tag = "monitoring";
  spec.access = RouteAccess::needs("monitoring:read");
  spec.errors = {ErrorCode::outOfRange, ErrorCode::rangeTooWide};
  return spec;
}

template <class Out, class Operation>
Result<Out> askEvents(const MonitoringRoutesConfig& config, const RequestContext& context,
                      Operation operation) {
  return askActor<Out>(config.system, config.storage(), context,
                       StorageCall<Operation>{context, std::move(operation)});
}

Fault historyFault(const char* field, const char* message) {
  auto fault = makeFault(ErrorCode::outOfRange);
  fault.field = field;
  fault.message = message;
  return fault;
}

/// Either `range` (back from now) or `from` and `to`; 24 hours when there is neither.
Result<TimeRange> historyRange(const HealthHistoryInput& query, TimePoint now) {
  if (query.from.has_value() != query.to.has_value()) {
    return historyFault(query.from ? "to" : "from", "from and to belong together");
  }
  if (query.from) {
    if (!query.range.empty()) {
      return historyFault("range", "Give either range, or from and to");
    }
    return *query.from < *query.to ? Result<TimeRange>{TimeRange{*query.from, *query.to}}
                                   : Result<TimeRange>{historyFault("from", "from must be before to")};
  }
  constexpr std::array<std::pair<std::string_view, int>, 4> kHours{
      {{"1h", 1}, {"6h", 6}, {"24h", 24}, {"7d", 168}}};
  int hours = 24;
  for (const auto& [name, length] : kHours) {
    hours = name == query.range ? length : hours;
  }
  return TimeRange{now - std::chrono::hours{hours}, now};
}

/// 0: chosen by the length of the range.
std::uint32_t historyInterval(std::string_view name) {
  return name == "1m" ? 60 : name == "5m" ? 300 : name == "15m" ? 900 : name == "1h" ? 3600 : 0;
}

Result<AuditVerdict> verifyAll(const MonitoringRoutesConfig& config, const RequestContext& context,
                               std::int64_t fromSeq) {
  AuditVerdict verdict;
  VerifyAudit step;
  step.fromSeq = fromSeq;
  do {
    auto walked = askEvents<AuditStep>(config, context, step);
    if (!walked) {
      return std::move(walked.fault());
    }
    verdict.checked += walked.value().checked;
    verdict.nextSeq = walked.value().nextSeq;
    verdict.brokenSeq = walked.value().brokenSeq;
    verdict.reason = std::move(walked.value().reason);
    step.fromSeq = verdict.nextSeq.value_or(0);
  } while (verdict.nextSeq && std::chrono::steady_clock::now() + kVerifyReserve < context.deadline);
  verdict.status = verdict.brokenSeq ? "broken" : verdict.nextSeq ? "incomplete" : "ok";
  return verdict;
}

HttpAnswer traceAnswer(const MonitoringRoutesConfig& config, const RequestContext& context,
                       const std::string& requestId, const TraceRangeQuery& range) {
  TraceQuery query;
  query.requestId = requestId;
  query.range.to = range.to.value_or(config.clock.now() + std::chrono::seconds{1});
  query.range.from = range.from.value_or(query.range.to - kTraceDays);
  if (query.range.from >= query.range.to) {
    auto fault = makeFault(ErrorCode::outOfRange);
    fault.field = "from";
    fault.message = "from must be before to";
    return HttpAnswer(std::move(fault));
  }
  auto trace = askEvents<Trace>(config, context, std::move(query));
  return trace ? HttpAnswer::json(200, traceSchema(), trace.value()) : HttpAnswer(trace.fault());
}

void addAuditRoutes(RouteTable& routes, const MonitoringRoutesConfig& config) {
  auto list = auditRoute("", "auditList", "Who did what to which object, newest first");
  list.errors = {ErrorCode::outOfRange, ErrorCode::cursorInvalid};
  routes.add(std::move(list), queryInput(auditQuerySchema()),
             {output(200, "A page of the audit trail", auditListSchema())},
             [config](const RequestCall<NoInput, AuditQuery>& call) -> HttpAnswer {
               auto page = askEvents<AuditPage>(config, call.context, call.query);
               if (!page) {
                 return HttpAnswer(page.fault());
               }
               AuditListOutput out;
               out.data = std::move(page.value().entries);
               out.page.limit = page.value().limit;
               out.page.hasMore = !page.value().nextCursor.empty();
               if (out.page.hasMore) {
                 out.page.nextCursor = std::move(page.value().nextCursor);
               }
               return HttpAnswer::json(200, auditListSchema(), out);
             });

  auto verify = auditRoute("/verify", "auditVerify", "Whether every entry is as it was written");
  verify.description =
      "Walks the hash chain from from_seq until something is broken, the end, or most of the request's time.";
  verify.errors = {ErrorCode::outOfRange};
  routes.add(std::move(verify), queryInput(verifyAuditQuerySchema()),
             {output(200, "What was found", auditVerdictSchema())},
             [config](const RequestCall<NoInput, VerifyAuditQuery>& call) -> HttpAnswer {
               auto verdict = verifyAll(config, call.context, call.query.fromSeq);
               return verdict ? HttpAnswer::json(200, auditVerdictSchema(), verdict.value())
                              : HttpAnswer(verdict.fault());
             });

  auto one = auditRoute("/{id}", "auditEntry", "One entry of the audit trail");
  one.errors = {ErrorCode::notFound};
  routes.add(
      std::move(one), pathInput(auditEntryPathSchema()), {output(200, "The entry", auditEntrySchema())},
      [config](const RequestCall<NoInput, NoInput, AuditEntryPath>& call) -> HttpAnswer {
        auto entry = askEvents<std::optional<AuditEntry>>(config, call.context, FindAuditEntry{call.path.id});
        if (!entry) {
          return HttpAnswer(entry.fault());
        }
        return entry.value() ? HttpAnswer::json(200, auditEntrySchema(), *entry.value())
                             : HttpAnswer(makeFault(ErrorCode::notFound));
      });
}

}  // namespace

void addEventRoutes(RouteTable& routes, const MonitoringRoutesConfig& config) {
  addAuditRoutes(routes, config);
  auto trace = historyRoute("/trace/{request_id}", "trace",
                            "One request: gateway line, log lines, audit entries in order of time");
  trace.description = "What is not stored (yet) is not in it; a request that nobody knows has no entries.";
  routes.add(std::move(trace), pathInput(tracePathSchema()).withQuery(traceRangeQuerySchema()),
             {output(200, "The entries", traceSchema())},
             [config](const RequestCall<NoInput, TraceRangeQuery, TracePath>& call) -> HttpAnswer {
               return traceAnswer(config, call.context, call.path.requestId, call.query);
             });
  routes.add(
      historyRoute("/health/history", "healthHistory", "Health of each component over time, with its uptime"),
      queryInput(healthHistoryInputSchema()), {output(200, "The history", healthHistorySchema())},
      [config](const RequestCall<NoInput, HealthHistoryInput>& call) -> HttpAnswer {
        const auto range = historyRange(call.query, config.clock.now());
        if (!range) {
          return HttpAnswer(range.fault());
        }
        auto history = askEvents<HealthHistory>(
            config, call.context,
            HealthHistoryQuery{call.query.process, range.value(), historyInterval(call.query.interval)});
        return history ? HttpAnswer::json(200, healthHistorySchema(), history.value())
                       : HttpAnswer(history.fault());
      });
}

void addTraceControlRoute(RouteTable& routes, const MonitoringRoutesConfig& config) {
  routes.add(controlSpec(HttpMethod::get, "/control/trace/{request_id}", "controlTrace",
                         "One request's way through the system"),
             pathInput(tracePathSchema()), {output(200, "The entries", traceSchema())},
             [config](const RequestCall<NoInput, NoInput, TracePath>& call) -> HttpAnswer {
               return traceAnswer(config, call.context, call.path.requestId, {});
             });
}

}  // namespace ks
