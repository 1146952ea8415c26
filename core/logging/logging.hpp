#pragma once
#include <chrono>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

#include "core/clockInterface.hpp"
#include "core/limits.hpp"
#include "core/result.hpp"

namespace ks {

enum class LogLevel : std::uint8_t { debug, info, warning, error, critical };

/// `audit` belongs to category "user", the others to "system".
enum class LogType : std::uint8_t { audit, security, application, performance, error };

/// The request and user of the lines logged now. Empty if there is none.
struct LogScope {
  std::string requestId;
  std::string userId;
};

/// Makes `scope` the calling thread's current one until it is destroyed; can be nested. The actors' guard
/// holds one per message, so no code passes ids to the logger explicitly.
class LogScopeGuard {
 public:
  explicit LogScopeGuard(LogScope scope);
  ~LogScopeGuard();
  LogScopeGuard(const LogScopeGuard&) = delete;
  LogScopeGuard& operator=(const LogScopeGuard&) = delete;

 private:
  LogScope previous_;
};

/// Value of one `context` entry. Secrets have no conversion to it.
struct LogValue {
  enum class Kind : std::uint8_t { text, integer, real, boolean } kind;
  std::string text;
  std::int64_t integer = 0;
  double real = 0;
  LogValue(std::string value) : kind(Kind::text), text(std::move(value)) {}
  LogValue(std::string_view value) : kind(Kind::text), text(value) {}
  LogValue(const char* value) : kind(Kind::text), text(value) {}
  LogValue(bool value) : kind(Kind::boolean), integer(value ? 1 : 0) {}
  LogValue(double value) : kind(Kind::real), real(value) {}
  LogValue(int value) : kind(Kind::integer), integer(value) {}
  LogValue(long value) : kind(Kind::integer), integer(value) {}
  LogValue(long long value) : kind(Kind::integer), integer(value) {}
  LogValue(unsigned value) : kind(Kind::integer), integer(value) {}
  LogValue(unsigned long value) : kind(Kind::integer), integer(static_cast<std::int64_t>(value)) {}
};

/// Names and values that only this line has.
using LogContext = std::initializer_list<std::pair<std::string_view, LogValue>>;

/// How the process logs. `service` is e.g. "kauth"; a line may name another (kpayment).
struct LogConfig {
  std::string service;
  LogLevel level = LogLevel::info;
  bool console = false;  ///< readable text instead of JSON, coloured on a terminal
  std::chrono::milliseconds slowOperation{500};
  std::size_t queueLines = limits::kLogQueueLines;  ///< bound of the queue; DEBUG and INFO may fill three
                                                    ///< quarters, then they are dropped and counted
};

/// Starts the logging thread. Earlier lines go directly to standard output. Call once, from main.
void startLogging(const LogConfig& config);
/// Writes the queued lines and stops the logging thread. Takes at most 2 s.
void stopLogging();
/// Changes the level while running. Thread-safe.
void setLogLevel(LogLevel level) noexcept;
[[nodiscard]] LogLevel logLevel() noexcept;

/// Lines dropped since start because the queue was full, and lines waiting now. Thread-safe.
struct LogQueueState {
  std::uint64_t dropped = 0;
  std::uint64_t written = 0;
  std::size_t waiting = 0;
};
[[nodiscard]] LogQueueState logQueueState() noexcept;

/// Logs one line. `label` is a stable dotted name (`auth.login.failed`). Never blocks, never throws.
/// The context entries `service`, `user_id` (text) and `duration_ms` (number) become the line's own fields of
/// that name. Over-long text is cut.
void logLine(LogLevel level, LogType type, std::string_view label, std::string_view message,
             LogContext context = {}) noexcept;

inline void logDebug(std::string_view label, std::string_view message, LogContext context = {}) noexcept {
  logLine(LogLevel::debug, LogType::application, label, message, context);
}
inline void logInfo(std::string_view label, std::string_view message, LogContext context = {}) noexcept {
  logLine(LogLevel::info, LogType::application, label, message, context);
}
inline void logWarning(std::string_view label, std::string_view message, LogContext context = {}) noexcept {
  logLine(LogLevel::warning, LogType::application, label, message, context);
}
inline void logAudit(std::string_view label, std::string_view message, LogContext context = {}) noexcept {
  logLine(LogLevel::info, LogType::audit, label, message, context);
}
inline void logSecurity(std::string_view label, std::string_view message, LogContext context = {}) noexcept {
  logLine(LogLevel::warning, LogType::security, label, message, context);
}
/// Where in the code a line was logged; made by the default argument of logFault.
struct CodePlace {
  const char* file;
  int line;
  const char* function;
  static constexpr CodePlace here(const char* file = __builtin_FILE(), int line = __builtin_LINE(),
                                  const char* function = __builtin_FUNCTION()) noexcept {
    return {file, line, function};
  }
};

/// An internal fault: level ERROR, `error_detail` {kind, message, cause, where} from `fault` and the
/// caller's place.
void logFault(std::string_view label, std::string_view message, const Fault& fault, LogContext context = {},
              CodePlace where = CodePlace::here()) noexcept;

/// Logs type "performance" with `duration_ms` when `elapsed` is at least the configured slow-operation limit.
void logIfSlow(std::string_view label, std::chrono::steady_clock::duration elapsed,
               LogContext context = {}) noexcept;

struct LogEntry;

/// Hook for the log collector: called on the logging thread with every line of type security or error. Must
/// not block. nullptr removes it; no call is in progress when this returns.
using LogSink = void (*)(const LogEntry& entry, void* userData);
void setLogSink(LogSink sink, void* userData) noexcept;

}  // namespace ks
