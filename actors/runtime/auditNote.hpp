#pragma once
#include <memory>
#include <string>
#include <utility>

#include "actors/runtime/actorEnvironment.hpp"
#include "core/result.hpp"
#include "messages/platform/requestAudit.hpp"

namespace ks {

/// An audit event of a request (messages/platform/requestAudit.hpp). The caller adds what it was
/// done to (`targetType`, `targetId`), `before` and `after`, then hands it to EventInbox::record(), or,
/// safer, to the statement that does it (persistence/sql/auditStatements.hpp).
inline AuditEvent auditOf(const ActorEnvironment& environment, const RequestContext& context,
                          std::string action, AuditOutcome outcome = AuditOutcome::ok) {
  auto event = requestAudit(context, std::move(action), environment.uuids.next(), environment.clock.now());
  event.outcome = outcome;
  return event;
}

/// As auditOf(), for the caller's own account, also for a user who is not signed in, or not yet.
inline AuditEvent auditOfUser(const ActorEnvironment& environment, const RequestContext& context,
                              std::string action, const Uuid& userId,
                              AuditOutcome outcome = AuditOutcome::ok) {
  auto event = auditOf(environment, context, std::move(action), outcome);
  event.targetType = "user";
  event.targetId = userId.isNil() ? std::string{} : userId.toString();
  if (!context.principal || !context.principal->impersonatorId) {
    event.actorType = event.targetType;
    event.actorId = event.targetId;
  }
  return event;
}

/// A refusal whose audit entry needs more than the route knows; the dispatcher writes `event`
/// (http/routing/requestDispatcher.hpp).
inline Fault refusal(Fault fault, AuditEvent event) {
  fault.audit = std::make_shared<const AuditEvent>(std::move(event));
  return fault;
}

/// A refusal that is already in the audit trail.
inline Fault audited(Fault fault) { return refusal(std::move(fault), AuditEvent{}); }

}  // namespace ks
