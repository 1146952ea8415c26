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

const ObjectSchema<AuditQuery>& auditQuerySchema() {
  static const auto schema = [] {
    auto fields = auditFilterFields<AuditQuery>("AuditQuery");
    pageFields(fields);
    return fields;
  }();
  return schema;
}

const ObjectSchema<AuditExportInput>& auditExportInputSchema() {
  using Input = AuditExportInput;
  static const EnumNames<AuditExportFormat> names{{AuditExportFormat::csv, "csv"},
                                                  {AuditExportFormat::ndjson, "ndjson"}};
  static const auto schema = [] {
    auto fields = auditFilterFields<Input>("AuditExportQuery");
    fields
        .field("format", &Input::format, names,
               rules().optional().describe("csv, or ndjson: one JSON object a line"))
        .field("cursor", &Input::cursor, cursorRules());
    return fields;
  }();
  return schema;
}

const ObjectSchema<AuditEntry>& auditEntrySchema() {
  static const auto party = ObjectSchema<AuditActor>("AuditParty")
                                .field("type", &AuditActor::type, rules().orNull())
                                .field("id", &AuditActor::id, rules().orNull());
  static const auto schema =
      ObjectSchema<AuditEntry>("AuditEntry")
          .field("id", &AuditEntry::id)
          .field("seq", &AuditEntry::seq, rules().describe("position in the chain, without gaps"))
          .field("at", &AuditEntry::at)
          .field("actor", &AuditEntry::actor, party)
          .field("action", &AuditEntry::action)
          .field("outcome", &AuditEntry::outcome, rules().describe("ok, fail or deny"))
          .field("reason", &AuditEntry::reason, rules().orNull())
          .field("target", &AuditEntry::target, party)
          .field("request_id", &AuditEntry::requestId, rules().orNull())
          .field("session_id", &AuditEntry::sessionId, rules().orNull())
          .field("ip", &AuditEntry::ip, rules().orNull())
          .field("user_agent", &AuditEntry::userAgent, rules().orNull())
          .field("before", &AuditEntry::before, rules().orNull())
          .field("after", &AuditEntry::after, rules().orNull())
          .field("hash", &AuditEntry::hash, rules().describe("SHA-256 of this entry and the hash before it"));
  return schema;
}

const ListSchema<AuditEntry>& auditListSchema() {
  static const ListSchema<AuditEntry> schema("AuditList", auditEntrySchema());
  return schema;
}

const ObjectSchema<AuditEntryPath>& auditEntryPathSchema() {
  static const auto schema = ObjectSchema<AuditEntryPath>("AuditEntryPath").field("id", &AuditEntryPath::id);
  return schema;
}

const ObjectSchema<VerifyAuditQuery>& verifyAuditQuerySchema() {
  static const auto schema =
      ObjectSchema<VerifyAuditQuery>("VerifyAuditQuery")
          .field("from_seq", &VerifyAuditQuery::fromSeq,
                 rules().optional().range(1, 9e15).describe("next_seq of the answer before"));
  return schema;
}

const ObjectSchema<AuditVerdict>& auditVerdictSchema() {
  static const auto schema =
      ObjectSchema<AuditVerdict>("AuditVerdict")
          .field("status", &AuditVerdict::status,
                 rules().describe("ok, broken, or incomplete: go on from next_seq"))
          .field("checked", &AuditVerdict::checked, rules().describe("entries found as they were written"))
          .field("next_seq", &AuditVerdict::nextSeq, rules().orNull())
          .field("broken_seq", &AuditVerdict::brokenSeq,
                 rules().orNull().describe("the first entry that is not as it was written"))
          .field("reason", &AuditVerdict::reason,
                 rules().orNull().describe(
                     "altered, missing, inserted, unlinked; rebuilt: somebody made the chain anew, for its "
                     "seal is not ours; unsealed, unknown_key: whether it was cannot be told"))
          .field("sealed_from_seq", &AuditVerdict::sealedFromSeq,
                 rules().describe("entries before it were made before there were seals"))
          .field(
              "sealed_to_seq", &AuditVerdict::sealedToSeq,
              rules().describe("the last entry that the seal covers; younger ones follow within a second"));
  return schema;
}

const ObjectSchema<TracePath>& tracePathSchema() {
  static const auto schema = ObjectSchema<TracePath>("TracePath")
                                 .field("request_id", &TracePath::requestId,
                                        rules().length(1, 64).accept(isRequestId, "^[A-Za-z0-9._-]{1,64}$"));
  return schema;
}

const ObjectSchema<TraceRangeQuery>& traceRangeQuerySchema() {
  static const auto schema =
      ObjectSchema<TraceRangeQuery>("TraceRangeQuery")
          .field("from", &TraceRangeQuery::from,
                 rules().describe("start, included; seven days ago without it"))
          .field("to", &TraceRangeQuery::to, rules().describe("end, not included; now without it"));
  return schema;
}

const ObjectSchema<Trace>& traceSchema() {
  static const auto entry =
      ObjectSchema<TraceEntry>("TraceEntry")
          .field("at", &TraceEntry::at, rules().describe("of a gateway line: when the request began"))
          .field("source", &TraceEntry::source, rules().describe("gateway, log or audit"))
          .field("service", &TraceEntry::service, rules().describe("of an audit entry: the actor's type"))
          .field("summary", &TraceEntry::summary)
          .field("state", &TraceEntry::state, rules().describe("status code, level or outcome"))
          .field("details", &TraceEntry::details);
  static const auto schema =
      ObjectSchema<Trace>("Trace")
          .field("request_id", &Trace::requestId)
          .field("from", &Trace::from)
          .field("to", &Trace::to)
          .field("entries", &Trace::entries, entry, rules().describe("in order of time"))
          .field("truncated", &Trace::truncated, rules().describe("there are more than 500"));
  return schema;
}

const ObjectSchema<HealthHistoryInput>& healthHistoryInputSchema() {
  static const auto schema = [] {
    ObjectSchema<HealthHistoryInput> fields("HealthHistoryQuery");
    fields.field("process", &HealthHistoryInput::process, rules().optional().oneOf({"public", "admin"}));
    timeFields(fields);
    return fields.field("interval", &HealthHistoryInput::interval, intervalRules());
  }();
  return schema;
}

const ObjectSchema<HealthHistory>& healthHistorySchema() {
  static const auto component =
      ObjectSchema<ComponentHistory>("ComponentHistory")
          .field("component", &ComponentHistory::component, rules().describe("database, redis or crypto"))
          .field("uptime_pct", &ComponentHistory::uptimePct,
                 rules().orNull().describe("of the reports in the range"))
          .field("up", &ComponentHistory::up,
                 rules().describe("share of an interval's reports, 0 to 1; null: there is none"))
          .field("latency_ms", &ComponentHistory::latencyMs,
                 rules().describe("average of the reports that said up"));
  static const auto process = ObjectSchema<ProcessHistory>("ProcessHistory")
                                  .field("process", &ProcessHistory::process)
                                  .field("reports", &ProcessHistory::reports)
                                  .field("components", &ProcessHistory::components, component);
  static const auto schema = ObjectSchema<HealthHistory>("HealthHistory")
                                 .field("from", &HealthHistory::from)
                                 .field("to", &HealthHistory::to)
                                 .field("interval_s", &HealthHistory::intervalS)
                                 .field("labels", &HealthHistory::labels)
                                 .field("processes", &HealthHistory::processes, process);
  return schema;
}

}  // namespace ks
