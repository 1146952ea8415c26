#pragma once
#include <string>
#include <string_view>

#include "core/logging/auditEvent.hpp"
#include "core/logging/eventInbox.hpp"

// Events for the database: JSON objects of valid UTF-8 without NUL, over-long texts cut, invalid addresses
// and ids left out.
namespace ks {

/// ok, fail, deny
std::string_view auditOutcomeName(AuditOutcome outcome) noexcept;

/// A row of audit_pending. Empty for an event without an id.
std::string formatAuditJson(const AuditEvent& event);

/// A row of system_log. Of the line's context `ip` becomes remote_ip and `subject` is the column of that
/// name.
std::string formatLineJson(const LoggedLine& line, std::string_view process);

}  // namespace ks
