#pragma once
#include <optional>
#include <string>
#include <vector>

#include "http/routes/monitoring/monitoringRoute.hpp"
#include "http/schema/jsonTextCodec.hpp"
#include "messages/monitoring/eventMessages.hpp"

// Queries and answers of the routes of the audit trail, of a request's trace and of the history of health.
namespace ks {

ObjectSchema<AuditQuery> schemaFor(Of<AuditQuery> of);
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
ObjectSchema<AuditExportInput> schemaFor(Of<AuditExportInput> of);

ObjectSchema<AuditEntry> schemaFor(Of<AuditEntry> of);

struct VerifyAuditQuery {
  std::int64_t fromSeq = 1;
};
ObjectSchema<VerifyAuditQuery> schemaFor(Of<VerifyAuditQuery> of);

struct AuditVerdict {
  std::string status;  ///< ok, broken or incomplete
  std::int64_t checked = 0;
  std::optional<std::int64_t> nextSeq;
  std::optional<std::int64_t> brokenSeq;
  std::string reason;
  std::int64_t sealedFromSeq = 0;
  std::int64_t sealedToSeq = 0;
};
ObjectSchema<AuditVerdict> schemaFor(Of<AuditVerdict> of);

struct TracePath {
  std::string requestId;
};
ObjectSchema<TracePath> schemaFor(Of<TracePath> of);

struct TraceRangeQuery {
  std::optional<TimePoint> from;
  std::optional<TimePoint> to;
};
ObjectSchema<TraceRangeQuery> schemaFor(Of<TraceRangeQuery> of);
ObjectSchema<Trace> schemaFor(Of<Trace> of);

struct HealthHistoryInput : RangeQuery {
  std::string process;
  std::string interval = "auto";
};
ObjectSchema<HealthHistoryInput> schemaFor(Of<HealthHistoryInput> of);
ObjectSchema<HealthHistory> schemaFor(Of<HealthHistory> of);

}  // namespace ks
