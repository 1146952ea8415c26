#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/logging/logging.hpp"

namespace ks {

/// `error_detail` of a fault.
struct LogErrorDetail {
  std::string kind;     ///< name of the error code
  std::string message;  ///< message to the client
  std::string cause;    ///< for the log only
  std::string where;    ///< folder/file.cpp:line function
};

/// One line on its way from the thread that logs to the thread that writes.
struct LogEntry {
  TimePoint time;
  LogLevel level = LogLevel::info;
  LogType type = LogType::application;
  std::string service;
  std::string label;
  std::string message;
  LogScope scope;
  std::optional<double> durationMs;
  std::optional<LogErrorDetail> error;
  std::vector<std::pair<std::string, LogValue>> context;

  /// DEBUG and INFO except audit: dropped first by a full queue.
  [[nodiscard]] bool isDroppable() const noexcept {
    return level <= LogLevel::info && type != LogType::audit;
  }
  /// Approximate memory of the entry, in bytes.
  [[nodiscard]] std::size_t weight() const noexcept;
};

/// Longest text that a line keeps of its message, and of one context value or id, in bytes; and most context
/// entries.
inline constexpr std::size_t kLogMessageBytes = 4096;
inline constexpr std::size_t kLogValueBytes = 1024;
inline constexpr std::size_t kLogContextEntries = 32;

/// Collects an entry within those bounds; `service` and `duration_ms` of the context become fields.
LogEntry makeLogEntry(TimePoint time, LogLevel level, LogType type, std::string_view service,
                      std::string_view label, std::string_view message, const LogScope& scope,
                      LogContext context);

/// `DEBUG`, `INFO`, `WARNING`, `ERROR`, `CRITICAL`.
std::string_view logLevelName(LogLevel level) noexcept;
/// `audit`, `security`, `application`, `performance`, `error`.
std::string_view logTypeName(LogType type) noexcept;

/// One JSON object without a line end: valid UTF-8, no raw control character, whatever the texts hold.
std::string formatLogJson(const LogEntry& entry);

/// Label, message and `name=value` pairs for a person; control characters are shown as \xNN.
std::string formatLogConsole(const LogEntry& entry);

}  // namespace ks
