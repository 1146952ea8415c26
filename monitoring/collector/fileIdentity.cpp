#include "monitoring/collector/fileIdentity.hpp"

#include <algorithm>
#include <array>

#include "core/contentHash.hpp"

namespace ks {
namespace {
constexpr std::size_t kMostHead = 1024;
}

std::optional<FileHead> readHead(LogStream& stream) {
  std::array<char, kMostHead> bytes{};
  const auto got = stream.read(0, bytes);
  if (!got) {
    return std::nullopt;
  }
  const std::string_view text(bytes.data(), *got);
  const auto feed = text.find('\n');
  if (feed == std::string_view::npos && text.size() < kMostHead) {
    return std::nullopt;
  }
  const auto head = text.substr(0, feed == std::string_view::npos ? text.size() : feed + 1);
  return FileHead{static_cast<std::uint32_t>(head.size()), contentHash(head)};
}

std::optional<std::uint64_t> readMarker(LogStream& stream, std::uint64_t offset) {
  if (offset == 0) {
    return 0;
  }
  std::array<char, kMarkerBytes> bytes{};
  const auto length = std::min(offset, kMarkerBytes);
  const auto got = stream.read(offset - length, {bytes.data(), length});
  if (!got || *got != length) {
    return std::nullopt;
  }
  return contentHash({bytes.data(), length});
}

FileMatchResult matchFile(LogStream& stream, const FileHead& head,
                          const std::vector<LogFileRecord>& records) {
  FileMatchResult best;
  for (const auto& record : records) {
    if (record.headLength != head.length || record.headHash != head.hash) {
      continue;
    }
    const auto marker = readMarker(stream, record.offset);
    if (marker && *marker == record.markerHash) {
      // Several can match only while no more than the head was read of them: the furthest one is correct.
      if (best.match != FileMatch::same || record.offset > best.record->offset) {
        best = {FileMatch::same, &record};
      }
    } else if (best.match != FileMatch::same) {
      best = {marker ? FileMatch::different : FileMatch::partial, &record};
    }
  }
  return best;
}

}  // namespace ks
