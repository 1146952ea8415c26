#include "core/logging/eventRows.hpp"

#include "core/logging/logEntry.hpp"
#include "core/logging/logValueJson.hpp"
#include "core/network/ipAddress.hpp"
#include "core/text/timeText.hpp"
#include "core/text/utf8.hpp"

namespace ks {
namespace {

/// PostgreSQL's jsonb takes no NUL.
std::string storable(std::string_view text) {
  std::string valid = replaceBadUtf8(cutUtf8(text, kLogValueBytes));
  for (auto at = valid.find('\0'); at != std::string::npos; at = valid.find('\0', at)) {
    valid.replace(at, 1, "\xef\xbf\xbd");
  }
  return valid;
}

void putText(nlohmann::ordered_json& row, const char* name, std::string_view text) {
  if (!text.empty()) {
    row[name] = storable(text);
  }
}

nlohmann::ordered_json storableJson(const LogValue& value) {
  return value.kind == LogValue::Kind::text ? nlohmann::ordered_json(storable(value.text)) : jsonOf(value);
}

void putFields(nlohmann::ordered_json& row, const char* name, const AuditFields& fields) {
  for (const auto& [key, value] : fields) {
    row[name][storable(key)] = storableJson(value);
  }
}

void putAddress(nlohmann::ordered_json& row, const char* name, const std::string& address) {
  if (IpAddress::parse(address)) {
    row[name] = address;
  }
}

void putUuid(nlohmann::ordered_json& row, const char* name, const std::string& text) {
  if (Uuid::parse(text)) {
    row[name] = text;
  }
}

nlohmann::ordered_json jsonOf(const LogErrorDetail& error) {
  auto detail = nlohmann::ordered_json::object();
  putText(detail, "kind", error.kind);
  putText(detail, "message", error.message);
  putText(detail, "cause", error.cause);
  putText(detail, "where", error.where);
  return detail;
}

}  // namespace

std::string_view auditOutcomeName(AuditOutcome outcome) noexcept {
  switch (outcome) {
    case AuditOutcome::ok:
      return "ok";
    case AuditOutcome::fail:
      return "fail";
    case AuditOutcome::deny:
      break;
  }
  return "deny";
}

std::string formatAuditJson(const AuditEvent& event) {
  if (event.id.isNil()) {
    return {};
  }
  nlohmann::ordered_json row;
  row["id"] = event.id.toString();
  row["at"] = formatTime(event.at);
  row["actor_type"] = storable(event.actorType);
  putText(row, "actor_id", event.actorId);
  row["action"] = storable(event.action);
  row["outcome"] = auditOutcomeName(event.outcome);
  putText(row, "reason", event.reason);
  putText(row, "target_type", event.targetType);
  putText(row, "target_id", event.targetId);
  putText(row, "request_id", event.requestId);
  if (!event.sessionId.isNil()) {
    row["session_id"] = event.sessionId.toString();
  }
  putAddress(row, "ip", event.ip);
  putText(row, "user_agent", event.userAgent);
  putFields(row, "before", event.before);
  putFields(row, "after", event.after);
  return row.dump();
}

std::string formatLineJson(const LoggedLine& line, std::string_view process) {
  const auto& entry = line.entry;
  nlohmann::ordered_json row;
  row["id"] = line.id.toString();
  row["timestamp"] = formatTime(entry.time);
  row["process"] = process;
  row["service"] = storable(entry.service);
  row["level"] = logLevelName(entry.level);
  row["type"] = logTypeName(entry.type);
  row["label"] = storable(entry.label);
  row["message"] = storable(entry.message);
  putText(row, "request_id", entry.scope.requestId);
  putUuid(row, "user_id", entry.scope.userId);
  if (entry.durationMs) {
    row["duration_ms"] = *entry.durationMs;
  }
  auto context = nlohmann::ordered_json::object();
  for (const auto& [name, value] : entry.context) {
    if (name == "ip") {
      putAddress(row, "remote_ip", value.text);
    } else if (name == "subject") {
      putText(row, "subject", value.text);
    } else {
      context[storable(name)] = storableJson(value);
    }
  }
  if (entry.error) {
    context["error_detail"] = jsonOf(*entry.error);
  }
  row["context"] = std::move(context);
  return row.dump();
}

}  // namespace ks
