#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/clockInterface.hpp"
#include "core/logging/logging.hpp"
#include "core/uuid.hpp"

namespace ks {

/// `fail`: it was tried and did not succeed (a wrong password). `deny`: it was refused by a rule.
enum class AuditOutcome : std::uint8_t { ok, fail, deny };

/// Names and values of what was changed. Never a secret: LogValue has no conversion from one.
using AuditFields = std::vector<std::pair<std::string, LogValue>>;

/// One entry of the audit trail: who did what to which object, from where, with what outcome. An empty text
/// means that there is none. An event without an id is not recorded.
struct AuditEvent {
  Uuid id;  ///< recorded once, however often it is submitted
  TimePoint at;
  std::string actorType;  ///< user, operator, rule, system; anonymous: not signed in
  std::string actorId;    ///< user id, name of the rule
  std::string action;     ///< stable dotted name: auth.login, monitoring.ban.create
  AuditOutcome outcome = AuditOutcome::ok;
  std::string reason;      ///< stable name of why it failed or was denied
  std::string targetType;  ///< user, session, identifier, ban, setting, file
  std::string targetId;
  std::string requestId;
  Uuid sessionId;
  std::string ip;
  std::string userAgent;
  AuditFields before;
  AuditFields after;
};

}  // namespace ks
