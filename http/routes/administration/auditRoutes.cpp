#include "http/routes/administration/auditRoutes.hpp"

#include <utility>

#include "http/routes/monitoring/eventSchemas.hpp"

namespace ks {
namespace {

/// What is left of a route's deadline for the last step and the answer.
constexpr std::chrono::seconds kLastStepReserve{2};
/// What one export gives at the most; its cursor goes on.
constexpr std::size_t kMostExportEntries = 10'000;
constexpr std::size_t kMostExportBytes = std::size_t{8} << 20U;
constexpr std::uint32_t kExportStep = 500;

RouteSpec auditRoute(std::string path, std::string operationId, std::string summary) {
  RouteSpec spec;
  spec.path = "/api/admin/audit" + std::move(path);
  spec.operationId = std::move(operationId);
  spec.summary = std::move(summary);
  spec.tag = "audit";
  spec.access = RouteAccess::needs("audit:read");
  spec.errors = {ErrorCode::outOfRange};
  return spec;
}

bool hasTimeForMore(const RequestContext& context) {
  return std::chrono::steady_clock::now() + kLastStepReserve < context.deadline;
}

Result<AuditVerdict> verifyAll(const MonitoringRoutesConfig& config, const RequestContext& context,
                               std::int64_t fromSeq) {
  AuditVerdict verdict;
  VerifyAudit step;
  step.fromSeq = fromSeq;
  do {
    auto walked = askMonitoring<AuditStep>(config, context, step);
    if (!walked) {
      return std::move(walked.fault());
    }
    verdict.checked += walked.value().checked;
    verdict.nextSeq = walked.value().nextSeq;
    verdict.brokenSeq = walked.value().brokenSeq;
    verdict.reason = std::move(walked.value().reason);
    verdict.sealedFromSeq = walked.value().sealedFromSeq;
    verdict.sealedToSeq = walked.value().sealedToSeq;
    step.fromSeq = verdict.nextSeq.value_or(0);
  } while (verdict.nextSeq && hasTimeForMore(context));
  verdict.status = verdict.brokenSeq ? "broken" : verdict.nextSeq ? "incomplete" : "ok";
  return verdict;
}

void appendExport(std::string& text, AuditExportFormat format, const std::vector<AuditEntry>& entries) {
  for (const auto& entry : entries) {
    if (format == AuditExportFormat::csv) {
      auditEntrySchema().writeCsvRow(text, entry);
    } else {
      auditEntrySchema().write(text, entry);
      text += '\n';
    }
  }
}

HttpResponse exportAnswer(const MonitoringRoutesConfig& config, const ExportNote& note,
                          const RequestContext& context, const AuditExportInput& input) {
  const bool csv = input.format == AuditExportFormat::csv;
  AuditQuery query{input.actor, input.action, input.outcome, input.ip,
                   input.from,  input.to,     kExportStep,   input.cursor};
  std::string text;
  if (csv) {
    auditEntrySchema().writeCsvHeader(text);
  }
  std::size_t count = 0;
  do {
    auto page = askMonitoring<AuditPage>(config, context, query);
    if (!page) {
      return HttpResponse(page.fault());
    }
    appendExport(text, input.format, page.value().entries);
    count += page.value().entries.size();
    query.cursor = std::move(page.value().nextCursor);
  } while (!query.cursor.empty() && count < kMostExportEntries && text.size() < kMostExportBytes &&
           hasTimeForMore(context));
  auto what = ExportFilters{}
                  .text("actor", input.actor)
                  .text("action", input.action)
                  .text("outcome", input.outcome)
                  .text("ip", input.ip)
                  .time("from", input.from)
                  .time("to", input.to);
  if (!note(context, "audit.export", std::move(what).with(count, input.cursor))) {
    return HttpResponse(unnotedExport());
  }
  auto answer = HttpResponse::text(200, csv ? kCsvContentType : kAuditLinesType, std::move(text));
  answer.setHeader("Content-Disposition",
                   csv ? "attachment; filename=\"audit.csv\"" : "attachment; filename=\"audit.ndjson\"");
  if (!query.cursor.empty()) {
    answer.setHeader(kNextCursorHeader, std::move(query.cursor));
  }
  return answer;
}

void addExportRoute(RouteTable& routes, const MonitoringRoutesConfig& config, const ExportNote& note) {
  auto spec = auditRoute("/export", "auditExport", "The audit trail as a file, newest first");
  spec.description =
      "The same entries and filters as the list. One answer holds at most 10,000 entries or 8 MiB; where "
      "there "
      "is more, its header X-Next-Cursor goes back as cursor. Each is noted in the trail (audit.export).";
  spec.errors.push_back(ErrorCode::cursorInvalid);
  const auto file = [](const char* type) { return RouteOutput{200, "The entries", nullptr, type, true}; };
  routes.add(std::move(spec), queryInput(auditExportInputSchema()), {file("text/csv"), file(kAuditLinesType)},
             [config, note](const RequestCall<NoInput, AuditExportInput>& call) -> HttpResponse {
               return exportAnswer(config, note, call.context, call.query);
             });
}

}  // namespace

void addAuditRoutes(RouteTable& routes, const MonitoringRoutesConfig& config, const ExportNote& note) {
  auto list = auditRoute("", "auditList", "Who did what to which object, newest first");
  list.errors.push_back(ErrorCode::cursorInvalid);
  routes.add(std::move(list), queryInput(auditQuerySchema()),
             auditListSchema().outputs("A page of the audit trail"),
             [config](const RequestCall<NoInput, AuditQuery>& call) -> HttpResponse {
               auto page = askMonitoring<AuditPage>(config, call.context, call.query);
               return page ? auditListSchema().answer(call.request, std::move(page.value().entries),
                                                      page.value().limit, std::move(page.value().nextCursor))
                           : HttpResponse(page.fault());
             });

  addExportRoute(routes, config, note);

  auto verify = auditRoute("/verify", "auditVerify", "Whether every entry is as it was written");
  verify.description =
      "Walks the hash chain from from_seq until something is broken, the end, or most of the request's time; "
      "at the "
      "end it checks the chain's seal, which nobody makes without the master keys.";
  routes.add(std::move(verify), queryInput(verifyAuditQuerySchema()),
             {output(200, "What was found", auditVerdictSchema())},
             [config](const RequestCall<NoInput, VerifyAuditQuery>& call) -> HttpResponse {
               auto verdict = verifyAll(config, call.context, call.query.fromSeq);
               return verdict ? HttpResponse::json(200, auditVerdictSchema(), verdict.value())
                              : HttpResponse(verdict.fault());
             });

  auto one = auditRoute("/{id}", "auditEntry", "One entry of the audit trail");
  one.errors = {ErrorCode::notFound};
  routes.add(
      std::move(one), pathInput(auditEntryPathSchema()), {output(200, "The entry", auditEntrySchema())},
      [config](const RequestCall<NoInput, NoInput, AuditEntryPath>& call) -> HttpResponse {
        auto entry =
            askMonitoring<std::optional<AuditEntry>>(config, call.context, FindAuditEntry{call.path.id});
        if (!entry) {
          return HttpResponse(entry.fault());
        }
        return entry.value() ? HttpResponse::json(200, auditEntrySchema(), *entry.value())
                             : HttpResponse(makeFault(ErrorCode::notFound));
      });
}

}  // namespace ks
