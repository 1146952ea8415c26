#include "http/routes/monitoring/eventSchemas.hpp"

#include "core/text/requestId.hpp"
#include "http/routes/monitoring/monitoringSchemas.hpp"

namespace ks {
namespace {

template <class T>
ObjectSchema<T> auditFilterFields(std::string name) {
  return ObjectSchema<T>(std::move(name))
      .field("actor", &T::actor, rules().optional().length(1, 128).describe("id of the actor"))
      .field("action", &T::action, rules().optional().length(1, 128))
      .field("outcome", &T::outcome, rules().optional().oneOf({"ok", "fail", "deny"}))
      .field("ip", &T::ip, rules().optional().length(2, 45).describe("an address"))
      .field("from", &T::from, rules().describe("start, included"))
      .field("to", &T::to, rules().describe("end, not included"));
}

}  // namespace

ObjectSchema<AuditQuery> schemaFor(Of<AuditQuery> /*of*/) {
  return pageFields(auditFilterFields<AuditQuery>("AuditQuery"));
}

ObjectSchema<AuditExportInput> schemaFor(Of<AuditExportInput> /*of*/) {
  return auditFilterFields<AuditExportInput>("AuditExportQuery")
      .field("format", &AuditExportInput::format,
             EnumNames<AuditExportFormat>{{AuditExportFormat::csv, "csv"},
                                          {AuditExportFormat::ndjson, "ndjson"}},
             rules().optional().describe("csv, or ndjson: one JSON object a line"))
      .field("cursor", &AuditExportInput::cursor, cursorRules());
}

ObjectSchema<AuditActor> schemaFor(Of<AuditActor> /*of*/) {
  return ObjectSchema<AuditActor>("AuditParty", "Who did it, or what it was done to")
      .field("type", &AuditActor::type, rules().orNull())
      .field("id", &AuditActor::id, rules().orNull());
}

ObjectSchema<AuditEntry> schemaFor(Of<AuditEntry> /*of*/) {
  return ObjectSchema<AuditEntry>("AuditEntry", "Who did what, when and from where")
      .field("id", &AuditEntry::id)
      .field("seq", &AuditEntry::seq, rules().describe("position in the chain, without gaps"))
      .field("at", &AuditEntry::at)
      .field("actor", &AuditEntry::actor)
      .field("action", &AuditEntry::action)
      .field("outcome", &AuditEntry::outcome, rules().describe("ok, fail or deny"))
      .field("reason", &AuditEntry::reason, rules().orNull())
      .field("target", &AuditEntry::target)
      .field("request_id", &AuditEntry::requestId, rules().orNull())
      .field("session_id", &AuditEntry::sessionId, rules().orNull())
      .field("ip", &AuditEntry::ip, rules().orNull())
      .field("user_agent", &AuditEntry::userAgent, rules().orNull())
      .field("before", &AuditEntry::before, rules().orNull())
      .field("after", &AuditEntry::after, rules().orNull())
      .field("hash", &AuditEntry::hash, rules().describe("SHA-256 of this entry and the hash before it"));
}

ObjectSchema<VerifyAudit> schemaFor(Of<VerifyAudit> /*of*/) {
  return ObjectSchema<VerifyAudit>("VerifyAuditQuery")
      .field("from_seq", &VerifyAudit::fromSeq,
             rules().optional().range(1, 9e15).describe("next_seq of the answer before"));
}

ObjectSchema<AuditVerdict> schemaFor(Of<AuditVerdict> /*of*/) {
  return ObjectSchema<AuditVerdict>("AuditVerdict", "What the walk along the chain found")
      .field("status", &AuditVerdict::status,
             rules().describe("ok, broken, or incomplete: continue from next_seq"))
      .field("checked", &AuditVerdict::checked, rules().describe("verified entries"))
      .field("next_seq", &AuditVerdict::nextSeq, rules().orNull())
      .field("broken_seq", &AuditVerdict::brokenSeq, rules().orNull().describe("the first broken entry"))
      .field("reason", &AuditVerdict::reason,
             rules().orNull().describe(
                 "altered, missing, inserted, unlinked; rebuilt: the chain was rebuilt, because its seal is "
                 "not ours; unsealed, unknown_key: this cannot be determined"))
      .field("sealed_from_seq", &AuditVerdict::sealedFromSeq,
             rules().describe("entries before it are older than the first seal"))
      .field("sealed_to_seq", &AuditVerdict::sealedToSeq,
             rules().describe("the last sealed entry; newer ones follow within a second"));
}

ObjectSchema<TracePath> schemaFor(Of<TracePath> /*of*/) {
  return ObjectSchema<TracePath>("TracePath")
      .field("request_id", &TracePath::requestId,
             rules().length(1, 64).accept(isRequestId, "^[A-Za-z0-9._-]{1,64}$").example("\"tour-1\""));
}

ObjectSchema<TraceRangeQuery> schemaFor(Of<TraceRangeQuery> /*of*/) {
  return ObjectSchema<TraceRangeQuery>("TraceRangeQuery")
      .field("from", &TraceRangeQuery::from, rules().describe("start, inclusive; default: seven days ago"))
      .field("to", &TraceRangeQuery::to, rules().describe("end, exclusive; default: now"));
}

ObjectSchema<TraceEntry> schemaFor(Of<TraceEntry> /*of*/) {
  return ObjectSchema<TraceEntry>("TraceEntry", "One thing that happened to a request")
      .field("at", &TraceEntry::at, rules().describe("of a gateway line: when the request began"))
      .field("source", &TraceEntry::source,
             rules().describe("gateway, log or audit; of a payment also payment, bank and notice"))
      .field("service", &TraceEntry::service,
             rules().describe("of an audit entry, or of a payment's history: the actor's type"))
      .field("summary", &TraceEntry::summary)
      .field("state", &TraceEntry::state, rules().describe("status code, level or outcome"))
      .field("details", &TraceEntry::details);
}

ObjectSchema<Trace> schemaFor(Of<Trace> /*of*/) {
  return ObjectSchema<Trace>("Trace", "The way of a request through the system")
      .field("request_id", &Trace::requestId)
      .field("from", &Trace::from)
      .field("to", &Trace::to)
      .field("entries", &Trace::entries, rules().describe("in order of time"))
      .field("truncated", &Trace::truncated, rules().describe("true: there are more than 500"));
}

ObjectSchema<ByInterval<HealthHistoryQuery>> schemaFor(Of<ByInterval<HealthHistoryQuery>> /*of*/) {
  return timeFields(
      ObjectSchema<ByInterval<HealthHistoryQuery>>("HealthHistoryQuery")
          .field("process", &HealthHistoryQuery::process, rules().optional().oneOf({"public", "admin"}))
          .field("interval", &ByInterval<HealthHistoryQuery>::interval, intervalRules()));
}

ObjectSchema<ComponentHistory> schemaFor(Of<ComponentHistory> /*of*/) {
  return ObjectSchema<ComponentHistory>("ComponentHistory", "The health of a part over time")
      .field("component", &ComponentHistory::component, rules().describe("database, redis or crypto"))
      .field("uptime_pct", &ComponentHistory::uptimePct,
             rules().orNull().describe("of the reports in the range"))
      .field("up", &ComponentHistory::up,
             rules().describe("share of an interval's reports, 0 to 1; null: no report"))
      .field("latency_ms", &ComponentHistory::latencyMs,
             rules().describe("average over the reports with state up"));
}

ObjectSchema<ProcessHistory> schemaFor(Of<ProcessHistory> /*of*/) {
  return ObjectSchema<ProcessHistory>("ProcessHistory", "The health of a process over time")
      .field("process", &ProcessHistory::process)
      .field("reports", &ProcessHistory::reports)
      .field("components", &ProcessHistory::components);
}

ObjectSchema<HealthHistory> schemaFor(Of<HealthHistory> /*of*/) {
  return ObjectSchema<HealthHistory>("HealthHistory", "The health of every part over time")
      .field("from", &HealthHistory::from)
      .field("to", &HealthHistory::to)
      .field("interval_s", &HealthHistory::intervalS)
      .field("labels", &HealthHistory::labels)
      .field("processes", &HealthHistory::processes);
}

}  // namespace ks
