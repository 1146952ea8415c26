#include "http/routes/administration/auditRoutes.hpp"

#include <utility>

#include "http/routes/monitoring/eventSchemas.hpp"

namespace ks {
namespace {

/// The part of a route's deadline reserved for the last step and the answer.
constexpr std::chrono::seconds kLastStepReserve{2};
/// Maximum size of one export; its cursor continues.
constexpr std::size_t kMostExportEntries = 10'000;
constexpr std::size_t kMostExportBytes = std::size_t{8} << 20U;
constexpr std::uint32_t kExportStep = 500;

RouteSpec auditRoute(const std::string& path, std::string operationId, std::string summary,
                     std::vector<ErrorCode> errors = {ErrorCode::outOfRange}) {
  return adminRoute(HttpMethod::get, "/audit" + path, std::move(operationId), std::move(summary), "audit",
                    RouteAccess::needs("audit:read"), std::move(errors));
}

bool hasTimeForMore(const RequestContext& context) {
  return std::chrono::steady_clock::now() + kLastStepReserve < context.deadline;
}

template <class Call>
AuditVerdict verifyAll(const MonitoringRoutesConfig& config, const Call& call) {
  AuditVerdict verdict;
  VerifyAudit step = call.query;
  do {
    auto walked = call.askStorage(config.storage(), step);
    walked.checked += verdict.checked;
    static_cast<AuditStep&>(verdict) = std::move(walked);
    step.fromSeq = verdict.nextSeq.value_or(0);
  } while (verdict.nextSeq && hasTimeForMore(call.context));
  verdict.status = verdict.brokenSeq ? "broken" : verdict.nextSeq ? "incomplete" : "ok";
  return verdict;
}

void appendExport(std::string& text, AuditExportFormat format, const std::vector<AuditEntry>& entries) {
  for (const auto& entry : entries) {
    if (format == AuditExportFormat::csv) {
      schemaOf<AuditEntry>().writeCsvRow(text, entry);
    } else {
      schemaOf<AuditEntry>().write(text, entry);
      text += '\n';
    }
  }
}

template <class Call>
HttpResponse exportAnswer(const MonitoringRoutesConfig& config, const ExportNote& note, const Call& call) {
  const AuditExportInput& input = call.query;
  const bool csv = input.format == AuditExportFormat::csv;
  AuditQuery query = input;
  query.limit = kExportStep;
  std::string text;
  if (csv) {
    schemaOf<AuditEntry>().writeCsvHeader(text);
  }
  std::size_t count = 0;
  do {
    auto page = call.askStorage(config.storage(), query);
    appendExport(text, input.format, page.rows);
    count += page.rows.size();
    query.cursor = std::move(page.nextCursor);
  } while (!query.cursor.empty() && count < kMostExportEntries && text.size() < kMostExportBytes &&
           hasTimeForMore(call.context));
  auto what = ExportFilters{}
                  .text("actor", input.actor)
                  .text("action", input.action)
                  .text("outcome", input.outcome)
                  .text("ip", input.ip)
                  .time("from", input.from)
                  .time("to", input.to);
  noteExport(note, call.context, "audit.export", std::move(what).with(count, input.cursor));
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
      "there are more, send its header X-Next-Cursor back as cursor. Each export is audited (audit.export).";
  spec.errors.push_back(ErrorCode::cursorInvalid);
  const auto file = [](const char* type) { return RouteOutput{200, "The entries", nullptr, type, true}; };
  routes.add(std::move(spec), {file("text/csv"), file(kAuditLinesType)},
             [config, note](const QueryCall<AuditExportInput>& call) -> HttpResponse {
               return exportAnswer(config, note, call);
             });
}

}  // namespace

void addAuditRoutes(RouteTable& routes, const MonitoringRoutesConfig& config, const ExportNote& note) {
  routes.add(auditRoute("", "auditList", "The audit trail, newest first",
                        {ErrorCode::outOfRange, ErrorCode::cursorInvalid}),
             ok("A page of the audit trail"), asksStorage<AuditQuery, QueryCall<AuditQuery>>(config));

  addExportRoute(routes, config, note);

  routes.add(
      described(auditRoute("/verify", "auditVerify", "Verify the audit trail"),
                "Walks the hash chain from from_seq until something is broken, the end, or most of the "
                "request's time; at the end it checks the chain's seal, which nobody makes without the "
                "master keys."),
      ok("The result"), [config](const QueryCall<VerifyAudit>& call) { return verifyAll(config, call); });

  routes.add(auditRoute("/{id}", "auditEntry", "One entry of the audit trail", {ErrorCode::notFound}),
             ok("The entry"), [config](const IdCall<>& call) {
               return foundOr(call.askStorage(config.storage(), FindAuditEntry{call.path.id}),
                              ErrorCode::notFound);
             });
}

}  // namespace ks
