#pragma once
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "messages/monitoring/collectorRecords.hpp"

namespace ks {

/// Parses single lines of the gateway's JSON log. Belongs to one thread.
class NginxLogParser {
 public:
  /// Readable bytes that must follow every line in memory; their content does not matter.
  static constexpr std::size_t kPadding = 64;

  NginxLogParser();
  ~NginxLogParser();
  NginxLogParser(const NginxLogParser&) = delete;
  NginxLogParser& operator=(const NginxLogParser&) = delete;

  /// Fills `entry` (but for offset and honeypot); its views point into `line` or into strings appended to
  /// `unescaped`. The reason if the line is not a valid entry. Too long fields are cut. The route is empty
  /// when the backend named none.
  std::optional<BadLineReason> parse(std::string_view line, HttpLogEntry& entry,
                                     std::deque<std::string>& unescaped);

 private:
  struct Implementation;
  std::unique_ptr<Implementation> implementation_;
};

/// `$upstream_response_time`: "" or "-" (no backend was asked), "0.012", "0.010, 0.002" after a retry, "0.1 :
/// 0.2" after an internal redirect; several are added up. Gives microseconds, -1 for none, nothing for other
/// texts.
std::optional<std::int64_t> backendLatencyUs(std::string_view text) noexcept;

}  // namespace ks
