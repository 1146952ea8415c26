#pragma once
#include <optional>

#include "core/result.hpp"
#include "messages/monitoring/eventMessages.hpp"

namespace ks {

/// What the administration reads of the stored events. Calls and faults as in MonitoringRepositoryInterface.
class EventQueryRepositoryInterface {
 public:
  virtual ~EventQueryRepositoryInterface() = default;

  virtual void audit(AuditQuery query, Reply<AuditPage> reply) = 0;
  virtual void auditEntry(FindAuditEntry query, Reply<std::optional<AuditEntry>> reply) = 0;
  virtual void verifyAudit(VerifyAudit query, Reply<AuditStep> reply) = 0;
  virtual void trace(TraceQuery query, Reply<Trace> reply) = 0;
  virtual void healthHistory(HealthHistoryQuery query, Reply<HealthHistory> reply) = 0;
};

}  // namespace ks
