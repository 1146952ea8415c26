#pragma once
#include <optional>
#include <string>
#include <vector>

#include "http/routing/listSchema.hpp"
#include "http/schema/jsonTextCodec.hpp"
#include "http/schema/objectSchema.hpp"
#include "messages/monitoring/eventMessages.hpp"

// Queries and answers of the routes of the audit trail, of a request's trace and of the history of health.
namespace ks {

const ObjectSchema<AuditQuery>& auditQuerySchema();
enum class AuditExportFormat : std::uint8_t { csv, ndjson };
inline constexpr const char* kAuditLinesType = "application/x-ndjson";

/// The filters of AuditQuery.
struct AuditExportInput {
  std::string actor;
  std::string action;
  std::string outcome;
  std::string ip;
  std::optional<TimePoint> from;
  std::optional<TimePoint> to;
  AuditExportFormat format = AuditExportFormat::csv;
  std::string cursor;
};
const ObjectSchema<AuditExportInput>& auditExportInputSchema();

const ObjectSchema<AuditEntry>& auditEntrySchema();
const ListSchema<AuditEntry>& auditListSchema();

struct AuditEntryPath {
  Uuid id;
};
const ObjectSchema<AuditEntryPath>& auditEntryPathSchema();

struct VerifyAuditQuery {
  std::int64_t fromSeq = 1;
};
const ObjectSchema<VerifyAuditQuery>& verifyAuditQuerySchema();

struct AuditVerdict {
  std::string status;  ///< ok, broken or incomplete
  std::int64_t checked = 0;
  std::optional<std::int64_t> nextSeq;
  std::optional<std::int64_t> brokenSeq;
  std::string reason;
  std::int64_t sealedFromSeq = 0;
  std::int64_t sealedToSeq = 0;
};
const ObjectSchema<AuditVerdict>& auditVerdictSchema();

struct TracePath {
  std::string requestId;
};
const ObjectSchema<TracePath>& tracePathSchema();

struct TraceRangeQuery {
  std::optional<TimePoint> from;
  std::optional<TimePoint> to;
};
const ObjectSchema<TraceRangeQuery>& traceRangeQuerySchema();
const ObjectSchema<Trace>& traceSchema();

struct HealthHistoryInput {
  std::string process;
  std::string range;
  std::optional<TimePoint> from;
  std::optional<TimePoint> to;
  std::string interval = "auto";
};
const ObjectSchema<HealthHistoryInput>& healthHistoryInputSchema();
const ObjectSchema<HealthHistory>& healthHistorySchema();

}  // namespace ks
