#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/clockInterface.hpp"
#include "core/text/jsonText.hpp"
#include "core/uuid.hpp"
#include "messages/monitoring/monitoringMessages.hpp"

// Questions to the stored events and their answers: the audit trail, the way of one request, health over
// time.
namespace ks {

struct AuditActor {
  std::string type;
  std::string id;  ///< empty: none
};

struct AuditEntry {
  Uuid id;
  std::int64_t seq = 0;
  TimePoint at;
  AuditActor actor;
  std::string action;
  std::string outcome;
  std::string reason;
  AuditActor target;
  std::string requestId;
  std::optional<Uuid> sessionId;
  std::string ip;
  std::string userAgent;
  JsonText before;
  JsonText after;
  std::string hash;  ///< hexadecimal
};

struct AuditPage {
  std::vector<AuditEntry> rows;  ///< newest first
  std::string nextCursor;        ///< empty: there is no more
};

/// Empty filters take everything.
struct AuditQuery {
  using Out = AuditPage;
  static constexpr const char* kName = "events.audit";

  std::string actor;  ///< id of the actor
  std::string action;
  std::string outcome;
  std::string ip;  ///< an address
  std::optional<TimePoint> from;
  std::optional<TimePoint> to;
  std::uint32_t limit = 50;  ///< at most 500
  std::string cursor;        ///< empty: from the newest
};

struct FindAuditEntry {
  using Out = std::optional<AuditEntry>;
  static constexpr const char* kName = "events.auditEntry";

  Uuid id;
};

struct AuditStep {
  std::int64_t checked = 0;
  std::optional<std::int64_t> nextSeq;    ///< the next position; nothing: the end
  std::optional<std::int64_t> brokenSeq;  ///< the first row that is not as it was written
  std::string reason;              ///< altered, missing, inserted, unlinked, rebuilt, unsealed or unknown_key
  std::int64_t sealedFromSeq = 0;  ///< entries before it were chained before there were seals
  std::int64_t sealedToSeq = 0;    ///< the last that the seal covers
};

/// One bounded step along the chain.
struct VerifyAudit {
  using Out = AuditStep;
  static constexpr const char* kName = "events.verifyAudit";

  std::int64_t fromSeq = 1;
  std::uint32_t most = 5'000;
};

struct TraceEntry {
  TimePoint at;
  std::string source;   ///< gateway, log, audit; payment, bank, notice
  std::string service;  ///< of a line; actor type of an audit entry
  std::string summary;  ///< method and address, message, action
  std::string state;    ///< status code, level, outcome
  JsonText details;
};

struct Trace {
  std::string requestId;
  TimePoint from;
  TimePoint to;
  std::vector<TraceEntry> entries;  ///< in order of time
  bool truncated = false;
};

struct TraceQuery {
  using Out = Trace;
  static constexpr const char* kName = "events.trace";

  std::string requestId;  ///< or a payment's id: its requests, and what happened to it
  TimeRange range;
  bool withAudit = false;     ///< also entries of the audit trail
  bool withPayments = false;  ///< also a payment's history, calls to the bank and the bank's notices
};

struct ComponentHistory {
  std::string component;                  ///< database, redis or crypto
  std::optional<double> uptimePct;        ///< of the reports in the range
  std::vector<std::optional<double>> up;  ///< share of the reports that said up, 0 to 1
  std::vector<std::optional<double>> latencyMs;
};

struct ProcessHistory {
  std::string process;
  std::uint64_t reports = 0;
  std::vector<ComponentHistory> components;
};

struct HealthHistory {
  TimePoint from;
  TimePoint to;
  std::uint32_t intervalS = 0;
  std::vector<TimePoint> labels;
  std::vector<ProcessHistory> processes;
};

struct HealthHistoryQuery {
  using Out = HealthHistory;
  static constexpr const char* kName = "events.healthHistory";

  std::string process;  ///< empty: every process
  TimeRange range;
  std::uint32_t intervalS = 0;  ///< as TimeseriesQuery
};

}  // namespace ks
