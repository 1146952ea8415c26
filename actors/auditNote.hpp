#pragma once
#include <string>
#include <utility>

#include "actors/actorEnvironment.hpp"
#include "core/auditEvent.hpp"
#include "messages/requestContext.hpp"

namespace ks {

/// An audit event of a request: who is signed in, from where, in which request. The caller adds what it was
/// done to (`targetType`, `targetId`), `before` and `after`, then hands it to EventInbox::record(), or,
/// safer, to the statement that does it (persistence/auditStatements.hpp).
inline AuditEvent auditOf(const ActorEnvironment& environment, const RequestContext& context,
                          std::string action, AuditOutcome outcome = AuditOutcome::ok) {
  AuditEvent event;
  event.id = environment.uuids.next();
  event.at = environment.clock.now();
  event.actorType = context.principal ? "user" : "anonymous";
  event.actorId = context.userIdText();
  event.action = std::move(action);
  event.outcome = outcome;
  event.requestId = context.requestId;
  event.sessionId = context.principal ? context.principal->sessionId : Uuid{};
  event.ip = context.client.ip;
  event.userAgent = context.client.userAgent;
  return event;
}

/// As auditOf(), of a user who is not signed in, or not yet: one's own account.
inline AuditEvent auditOfUser(const ActorEnvironment& environment, const RequestContext& context,
                              std::string action, const Uuid& userId,
                              AuditOutcome outcome = AuditOutcome::ok) {
  auto event = auditOf(environment, context, std::move(action), outcome);
  event.actorType = event.targetType = "user";
  event.actorId = event.targetId = userId.isNil() ? std::string{} : userId.toString();
  return event;
}

}  // namespace ks
