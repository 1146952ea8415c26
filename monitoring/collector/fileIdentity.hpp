#pragma once
#include <cstdint>
#include <optional>
#include <vector>

#include "messages/monitoring/collectorRecords.hpp"
#include "monitoring/collector/logStream.hpp"

namespace ks {

/// The identity of a file: its first line, at most 1,024 bytes. A file without a whole line and
/// less than 1,024 bytes long has no identity yet.
struct FileHead {
  std::uint32_t length = 0;
  std::uint64_t hash = 0;
};
std::optional<FileHead> readHead(LogStream& stream);

inline constexpr std::uint64_t kMarkerBytes = 64;
/// Hash of the up to 64 bytes before `offset`; 0 for offset 0. Nothing when they are not there.
std::optional<std::uint64_t> readMarker(LogStream& stream, std::uint64_t offset);

enum class FileMatch : std::uint8_t {
  unknown,    ///< none of the records is of this text
  same,       ///< continues at the position of `record`
  partial,    ///< begins as a record's text but is shorter than what was read of it: a copy being made, or a
              ///< file cut short
  different,  ///< begins as a record's text but continues differently
};
struct FileMatchResult {
  FileMatch match = FileMatch::unknown;
  const LogFileRecord* record = nullptr;
};
/// Finds the record (newest first) of the file. The text decides, not the inode: bytes already read must
/// be unchanged.
FileMatchResult matchFile(LogStream& stream, const FileHead& head, const std::vector<LogFileRecord>& records);

}  // namespace ks
