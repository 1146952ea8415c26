#pragma once
#include "messages/monitoring/eventMessages.hpp"
#include "persistence/sql/sqlRows.hpp"

/// The columns of an AuditEntry, read by readAuditEntry(), from audit_log.
#define KS_AUDIT_COLUMNS                                                                             \
  "id, seq, at, actor_type, actor_id, action, outcome, reason, target_type, target_id, request_id, " \
  "session_id, host(ip), user_agent, before::text, after::text, encode(hash, 'hex')"

namespace ks {

[[nodiscard]] AuditEntry readAuditEntry(const SqlRow& row);

}  // namespace ks
