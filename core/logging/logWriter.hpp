#pragma once
#include <memory>
#include <string_view>

#include "core/logging/logEntry.hpp"

namespace spdlog::sinks {
class sink;
}

namespace ks {

/// Writes finished lines to a file descriptor through spdlog, the one place that includes it. Belongs to one
/// thread at a time.
class LogWriter {
 public:
  /// JSON lines as they are; with `console` each line is led by time of day and level, coloured when the
  /// descriptor is a terminal.
  LogWriter(int descriptor, bool console);
  ~LogWriter();
  LogWriter(const LogWriter&) = delete;
  LogWriter& operator=(const LogWriter&) = delete;

  void write(const LogEntry& entry, std::string_view text);
  /// Passes everything to the operating system. Lines that it does not accept (disk full, reader gone) are
  /// lost, whole lines only.
  void flush();

 private:
  std::unique_ptr<spdlog::sinks::sink> sink_;
};

}  // namespace ks
