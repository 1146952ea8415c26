#include "core/logging/logEntry.hpp"

#include <algorithm>
#include <array>

#include "core/logging/logValueJson.hpp"
#include "core/text/keyMask.hpp"
#include "core/text/timeText.hpp"
#include "core/text/utf8.hpp"

namespace ks {
namespace {

constexpr std::string_view kHexDigits = "0123456789abcdef";
constexpr std::array<std::string_view, 5> kLogLevelNames{"DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"};
constexpr std::array<std::string_view, 5> kLogTypeNames{"audit", "security", "application", "performance",
                                                        "error"};

std::string bounded(std::string_view text, std::size_t maxBytes) {
  std::string out = maskKeys(text);
  if (const auto kept = cutUtf8(out, maxBytes).size(); kept < out.size()) {
    out.resize(kept);
    out += "\xe2\x80\xa6";
  }
  return out;
}

nlohmann::ordered_json textOrNull(const std::string& text) {
  return text.empty() ? nlohmann::ordered_json(nullptr) : nlohmann::ordered_json(text);
}

// C1 controls and the two Unicode line ends are valid in JSON, but a terminal or a line-based reader acts on
// them.
void escapeSpecial(std::string& json) {
  const auto isSpecial = [&json](std::size_t i) {
    const auto at = [&json](std::size_t k) {
      return k < json.size() ? static_cast<unsigned char>(json[k]) : 0U;
    };
    return at(i) == 0x7f || (at(i) == 0xc2 && at(i + 1) < 0xa0) ||
           (at(i) == 0xe2 && at(i + 1) == 0x80 && (at(i + 2) == 0xa8 || at(i + 2) == 0xa9));
  };
  std::size_t i = 0;
  while (i < json.size() && !isSpecial(i)) {
    ++i;
  }
  if (i == json.size()) {
    return;
  }
  std::string out = json.substr(0, i);
  for (; i < json.size(); ++i) {
    const auto byte = static_cast<unsigned char>(json[i]);
    if (!isSpecial(i)) {
      out.push_back(json[i]);
    } else if (byte == 0xe2) {
      out += static_cast<unsigned char>(json[i + 2]) == 0xa8 ? "\\u2028" : "\\u2029";
      i += 2;
    } else {
      const auto code = byte == 0x7f ? byte : static_cast<unsigned char>(json[++i]);
      out += "\\u00";
      out.push_back(kHexDigits[code >> 4U]);
      out.push_back(kHexDigits[code & 0x0fU]);
    }
  }
  json = std::move(out);
}

std::string printable(std::string_view text) {
  const std::string valid = replaceBadUtf8(text);
  std::string out;
  out.reserve(valid.size());
  const auto escape = [&out](unsigned char code) {
    out += "\\x";
    out.push_back(kHexDigits[code >> 4U]);
    out.push_back(kHexDigits[code & 0x0fU]);
  };
  for (std::size_t i = 0; i < valid.size(); ++i) {
    const auto byte = static_cast<unsigned char>(valid[i]);
    if (byte < 0x20 || byte == 0x7f) {
      escape(byte);
    } else if (byte == 0xc2 && static_cast<unsigned char>(valid[i + 1]) < 0xa0) {
      escape(static_cast<unsigned char>(valid[++i]));
    } else {
      out.push_back(valid[i]);
    }
  }
  return out;
}

}  // namespace

std::size_t LogEntry::weight() const noexcept {
  std::size_t sum = sizeof(LogEntry) + service.size() + label.size() + message.size() +
                    scope.requestId.size() + scope.userId.size();
  if (error) {
    sum += error->kind.size() + error->message.size() + error->cause.size() + error->where.size();
  }
  for (const auto& [name, value] : context) {
    sum += sizeof(std::pair<std::string, LogValue>) + name.size() + value.text.size();
  }
  return sum;
}

LogEntry makeLogEntry(TimePoint time, LogLevel level, LogType type, std::string_view service,
                      std::string_view label, std::string_view message, const LogScope& scope,
                      LogContext context) {
  LogEntry entry;
  entry.time = time;
  entry.level = level;
  entry.type = type;
  entry.service = service;
  entry.label = bounded(label, kLogValueBytes);
  entry.message = bounded(message, kLogMessageBytes);
  entry.scope = {bounded(scope.requestId, kLogValueBytes), bounded(scope.userId, kLogValueBytes)};
  entry.context.reserve(std::min(context.size(), kLogContextEntries));
  for (const auto& [name, value] : context) {
    if (name == "service" && value.kind == LogValue::Kind::text) {
      entry.service = bounded(value.text, kLogValueBytes);
    } else if (name == "user_id" && value.kind == LogValue::Kind::text) {
      entry.scope.userId = bounded(value.text, kLogValueBytes);
    } else if (name == "duration_ms" && value.kind == LogValue::Kind::real) {
      entry.durationMs = value.real;
    } else if (name == "duration_ms" && value.kind == LogValue::Kind::integer) {
      entry.durationMs = static_cast<double>(value.integer);
    } else if (entry.context.size() < kLogContextEntries) {
      LogValue kept = value;
      kept.text = bounded(value.text, kLogValueBytes);
      entry.context.emplace_back(bounded(name, kLogValueBytes), std::move(kept));
    }
  }
  return entry;
}

std::string_view logLevelName(LogLevel level) noexcept {
  return kLogLevelNames[std::min(static_cast<std::size_t>(level), kLogLevelNames.size() - 1)];
}

std::string_view logTypeName(LogType type) noexcept {
  return kLogTypeNames[std::min(static_cast<std::size_t>(type), kLogTypeNames.size() - 1)];
}

std::string formatLogJson(const LogEntry& entry) {
  nlohmann::ordered_json line;
  line["timestamp"] = formatTime(entry.time);
  line["timestamp_ms"] = entry.time.time_since_epoch().count();
  line["level"] = logLevelName(entry.level);
  line["category"] = entry.type == LogType::audit ? "user" : "system";
  line["type"] = logTypeName(entry.type);
  line["service"] = entry.service;
  line["label"] = entry.label;
  line["message"] = entry.message;
  line["request_id"] = textOrNull(entry.scope.requestId);
  line["user_id"] = textOrNull(entry.scope.userId);
  if (entry.durationMs) {
    line["duration_ms"] = *entry.durationMs;
  }
  if (entry.error) {
    line["error_detail"] = {{"kind", entry.error->kind},
                            {"message", entry.error->message},
                            {"cause", textOrNull(entry.error->cause)},
                            {"where", textOrNull(entry.error->where)}};
  }
  auto context = nlohmann::ordered_json::object();
  for (const auto& [name, value] : entry.context) {
    context[name] = jsonOf(value);
  }
  line["context"] = std::move(context);
  std::string text = line.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
  escapeSpecial(text);
  return text;
}

std::string formatLogConsole(const LogEntry& entry) {
  std::string text = entry.service + " " + entry.label + ": " + entry.message;
  const auto add = [&text](std::string_view name, std::string_view value) {
    text.append("  ").append(name).append("=").append(value);
  };
  for (const auto& [name, value] : entry.context) {
    add(name, value.kind == LogValue::Kind::text ? value.text : jsonOf(value).dump());
  }
  if (entry.durationMs) {
    add("duration_ms", nlohmann::json(*entry.durationMs).dump());
  }
  if (entry.error) {
    add("kind", entry.error->kind);
    add("error", entry.error->message);
    add("cause", entry.error->cause);
    add("where", entry.error->where);
  }
  if (!entry.scope.requestId.empty()) {
    add("request_id", entry.scope.requestId);
  }
  if (!entry.scope.userId.empty()) {
    add("user_id", entry.scope.userId);
  }
  return printable(text);
}

}  // namespace ks
