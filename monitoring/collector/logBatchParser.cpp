#include "monitoring/collector/logBatchParser.hpp"

#include <algorithm>
#include <cstring>

#include "core/text/utf8.hpp"
#include "messages/monitoring/securityRecords.hpp"

namespace ks {
namespace {
constexpr std::size_t kSampleBytes = 512;
constexpr std::size_t kTypicalLine = 350;
}  // namespace

void LogBatchParser::noteBad(IngestBatch& batch, std::uint64_t offset, BadLineReason reason,
                             std::string_view line) {
  ++batch.badLines;
  if (batch.badSamples.size() >= IngestBatch::kMostBadSamples) {
    return;
  }
  BadLine bad;
  bad.offset = offset;
  bad.reason = reason;
  bad.sample = replaceBadUtf8(line.substr(0, kSampleBytes));
  // PostgreSQL's text takes no NUL.
  std::replace(bad.sample.begin(), bad.sample.end(), '\0', ' ');
  batch.badSamples.push_back(std::move(bad));
}

std::size_t LogBatchParser::parse(IngestBatch& batch, std::size_t length, bool honeypot, TimePoint oldest,
                                  std::size_t mostRollups) {
  batch.entries.reserve(batch.entries.size() + length / kTypicalLine);
  const char* const begin = batch.text.data();
  const char* const end = begin + length;
  const char* at = begin;
  while (at < end && rollups_.size() < mostRollups) {
    const auto* feed = static_cast<const char*>(std::memchr(at, '\n', static_cast<std::size_t>(end - at)));
    const std::string_view line(at, static_cast<std::size_t>((feed ? feed : end) - at));
    const auto offset = batch.before.offset + static_cast<std::uint64_t>(at - begin);
    at = feed ? feed + 1 : end;
    if (line.size() > kLongestLine) {
      ++batch.oversizedLines;
      noteBad(batch, offset, BadLineReason::oversized, line);
      continue;
    }
    HttpLogEntry& entry = batch.entries.emplace_back();
    if (const auto fault = parser_.parse(line, entry, batch.unescaped)) {
      batch.entries.pop_back();
      noteBad(batch, offset, *fault, line);
      continue;
    }
    if (entry.at < oldest) {
      batch.entries.pop_back();
      ++batch.tooOldLines;
      continue;
    }
    entry.offset = offset;
    entry.honeypot = honeypot && !entry.banned;
    if (entry.banned) {
      entry.route = kBannedRoute;
    } else if (entry.route.empty()) {
      const auto name =
          honeypot ? std::string_view{"/honeypot"} : routes_.name(entry.service, entry.url, entry.at);
      entry.route = batch.unescaped.empty() || batch.unescaped.back() != name
                        ? batch.unescaped.emplace_back(name)
                        : std::string_view{batch.unescaped.back()};
    }
    rollups_.add(entry);
  }
  rollups_.take(batch.minutes, batch.hours);
  return static_cast<std::size_t>(at - begin);
}

}  // namespace ks
