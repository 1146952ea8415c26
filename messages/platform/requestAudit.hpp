#pragma once
#include <string>
#include <utility>

#include "core/logging/auditEvent.hpp"
#include "messages/platform/callerKind.hpp"

namespace ks {

/// An audit event of a request: who is signed in, from where, in which request.
inline AuditEvent requestAudit(const RequestContext& context, std::string action, const Uuid& id,
                               TimePoint at) {
  AuditEvent event;
  event.id = id;
  event.at = at;
  const auto* caller = context.principal.get();
  event.actorType = callerKind(caller);
  event.actorId =
      caller != nullptr && caller->impersonatorId ? caller->impersonatorId->toString() : context.userIdText();
  event.action = std::move(action);
  event.requestId = context.requestId;
  event.sessionId = caller != nullptr ? caller->keyId.value_or(caller->sessionId) : Uuid{};
  event.ip = context.client.ip;
  event.userAgent = context.client.userAgent;
  return event;
}

}  // namespace ks
