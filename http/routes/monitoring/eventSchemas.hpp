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

struct AuditExportInput : AuditQuery {
  AuditExportFormat format = AuditExportFormat::csv;
};
ObjectSchema<AuditExportInput> schemaFor(Of<AuditExportInput> of);

ObjectSchema<AuditEntry> schemaFor(Of<AuditEntry> of);

ObjectSchema<VerifyAudit> schemaFor(Of<VerifyAudit> of);

struct AuditVerdict : AuditStep {
  std::string status;  ///< ok, broken or incomplete
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

ObjectSchema<ByInterval<HealthHistoryQuery>> schemaFor(Of<ByInterval<HealthHistoryQuery>> of);
ObjectSchema<HealthHistory> schemaFor(Of<HealthHistory> of);

}  // namespace ks
