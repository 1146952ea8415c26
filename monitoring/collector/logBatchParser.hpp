#pragma once
#include <cstdint>
#include <string_view>

#include "messages/monitoring/collectorRecords.hpp"
#include "monitoring/collector/nginxLogParser.hpp"
#include "monitoring/collector/rollupAccumulator.hpp"
#include "monitoring/collector/routeTemplate.hpp"

namespace ks {

/// Turns the text of a batch, whole lines, into entries, bad lines and rollup rows. Belongs to one thread.
class LogBatchParser {
 public:
  static constexpr std::size_t kLongestLine = 256 * 1024;  ///< without its line feed

  /// Parses the first `length` bytes of batch.text, which must be followed by NginxLogParser::kPadding more;
  /// batch.before.offset is where they begin in the file. `honeypot`: the lines are of the log of honeypot
  /// hits. Lines from before `oldest` are counted and left out. Ends early, after a whole line, when the
  /// batch has `mostRollups` rows of a minute, a service and a route; gives back how many bytes it has taken.
  std::size_t parse(IngestBatch& batch, std::size_t length, bool honeypot,
                    TimePoint oldest = TimePoint::min(), std::size_t mostRollups = SIZE_MAX);
  /// Counts a line that is not an entry.
  static void noteBad(IngestBatch& batch, std::uint64_t offset, BadLineReason reason, std::string_view line);

 private:
  NginxLogParser parser_;
  RouteNamer routes_;
  RollupAccumulator rollups_;
};

}  // namespace ks
