#pragma once
#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace ks {

enum class LogImportState : std::uint8_t { waiting, reading, done, failed };
inline constexpr std::array<std::string_view, 4> kLogImportStateNames{"waiting", "reading", "done", "failed"};

/// Progress of an import. The counters are of this import alone.
struct LogImportProgress {
  std::string path;
  std::string source;  ///< access or dos
  LogImportState state = LogImportState::waiting;
  std::uint64_t offset = 0;  ///< bytes of the uncompressed text that are stored
  std::uint64_t size = 0;    ///< of the text; 0 while it is unknown, as a compressed file's is
  std::uint64_t lines = 0;
  std::uint64_t badLines = 0;  ///< oversized ones too
  std::uint64_t oversizedLines = 0;
  std::uint64_t tooOldLines = 0;  ///< older than the retention: left out
  std::string note;               ///< why nothing was new, what was skipped, or why it failed
};

}  // namespace ks
