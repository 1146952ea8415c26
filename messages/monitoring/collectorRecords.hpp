#pragma once
#include <array>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/clockInterface.hpp"
#include "core/sketch/hyperLogLog.hpp"
#include "core/sketch/latencyHistogram.hpp"
#include "core/uuid.hpp"

// Plain data that the log collector reads, counts and stores.
namespace ks {

enum class LogService : std::uint8_t { auth, payment, admin, gateway };
inline constexpr std::array<std::string_view, 4> kLogServiceNames{"auth", "payment", "admin", "gateway"};
/// The pseudo-service of rollup rows that count every service; rows of a service as a whole have the empty
/// route.
inline constexpr std::string_view kAllServices = "all";

/// One line of the gateway's log. The views point into the text of the batch that it belongs to.
struct HttpLogEntry {
  TimePoint at;
  std::uint64_t offset = 0;                ///< of the line in its file
  std::array<std::uint8_t, 16> address{};  ///< IPv4 as ::ffff:a.b.c.d
  bool hasAddress = false;
  bool rateLimited = false;
  bool repaired = false;  ///< bad UTF-8 or NUL was replaced by U+FFFD
  bool honeypot = false;
  bool crossSite = false;  ///< a page of another site may have made the visitor's browser send it
  bool banned = false;     ///< answered by one of our own bans
  LogService service = LogService::gateway;
  std::uint16_t status = 0;
  std::string_view requestId;
  std::string_view method;
  std::string_view url;
  std::string_view route;
  std::string_view userAgent;
  std::string_view userId;
  std::uint64_t gatewayUs = 0;
  std::int64_t backendUs = -1;  ///< -1: no backend was asked
  std::uint64_t bytesSent = 0;
};

enum class BadLineReason : std::uint8_t {
  notJson,
  notAnEntry,
  badTime,
  badStatus,
  badLatency,
  oversized,
  torn,
  badViolation
};
inline constexpr std::array<std::string_view, 8> kBadLineReasonNames{
    "not_json",    "not_an_entry", "bad_time", "bad_status",
    "bad_latency", "oversized",    "torn",     "bad_violation"};

struct BadLine {
  std::uint64_t offset = 0;
  BadLineReason reason = BadLineReason::notJson;
  std::string sample;  ///< its beginning, well-formed, at most 512 bytes
};

/// What one rollup row counts.
struct RollupCounts {
  std::uint64_t total = 0;
  std::uint64_t status2xx = 0;  ///< 1xx and 2xx
  std::uint64_t status3xx = 0;
  std::uint64_t status4xx = 0;
  std::uint64_t status5xx = 0;
  std::uint64_t rateLimited = 0;
  std::uint64_t bytesSent = 0;
  std::uint64_t gatewaySumUs = 0;
  std::uint64_t backendCount = 0;
  std::uint64_t backendSumUs = 0;
  LatencyHistogram gateway;
  LatencyHistogram backend;
  HyperLogLog addresses;

  void merge(const RollupCounts& other);
  /// All but the addresses.
  void mergeCounts(const RollupCounts& other);
};

struct RollupDelta {
  TimePoint start;
  std::string service;
  std::string route;
  RollupCounts counts;
};

enum class LogFileState : std::uint8_t { active, draining, missing, done };
inline constexpr std::array<std::string_view, 4> kLogFileStateNames{"active", "draining", "missing", "done"};

/// How far one file has been read. `offset` counts bytes of the uncompressed text.
struct LogFileRecord {
  Uuid id;
  std::string node;
  std::string source;  ///< access or dos
  std::string path;
  std::uint64_t device = 0;
  std::uint64_t inode = 0;
  std::uint32_t headLength = 0;  ///< how many first bytes headHash covers, at most 1,024
  std::uint64_t headHash = 0;
  std::uint64_t offset = 0;
  std::uint64_t markerHash = 0;  ///< of the up to 64 bytes before the offset
  std::uint64_t size = 0;        ///< as last seen
  LogFileState state = LogFileState::active;
  bool imported = false;  ///< an import: old lines, which do not count as progress of the followed logs
  std::string lastError;
};

/// Everything that one transaction stores of one file: lines [oldOffset, newOffset).
struct IngestBatch {
  LogFileRecord before;  ///< its `offset` is the fence: nothing is stored unless the table still has it
  LogFileRecord after;
  std::string text;
  std::deque<std::string> unescaped;  ///< strings that are not verbatim in `text`
  std::vector<HttpLogEntry> entries;
  std::vector<BadLine> badSamples;  ///< at most kMostBadSamples
  std::uint64_t badLines = 0;
  std::uint64_t oversizedLines = 0;
  std::uint64_t tooOldLines = 0;  ///< left out
  std::vector<RollupDelta> minutes;
  std::vector<RollupDelta> hours;
  TimePoint now;

  static constexpr std::size_t kMostBadSamples = 100;
};

enum class IngestOutcome : std::uint8_t {
  stored,
  fenced,  ///< the table has another offset: read the records again
};

struct RateLimitViolation {
  TimePoint at;
  std::string service;
  std::string identifier;  ///< as it was counted: an address or a user
  bool isAddress = false;
  std::uint32_t count = 0;
};

/// A batch taken from the Redis list. Storing a batch with a known token does nothing.
struct ViolationBatch {
  Uuid token;
  std::vector<RateLimitViolation> violations;
  std::vector<BadLine> badEntries;
  std::uint64_t badCount = 0;
  TimePoint now;
};

struct RetentionPlan {
  TimePoint now;
  std::uint32_t keepDays = 7;              ///< raw rows, minute rollups, violations, log lines, health
  std::uint32_t keepHourDays = 90;         ///< hour rollups
  std::uint32_t keepAuditDays = 365;       ///< audit trail
  std::uint32_t keepSessionDays = 90;      ///< sessions, after their end
  std::uint32_t keepRegistrationDays = 7;  ///< registrations that nobody has confirmed
  Uuid sessionsLookedAt{};                 ///< RetentionReport's of an unfinished run before
};

struct RetentionReport {
  std::vector<std::string> created;
  std::vector<std::string> dropped;
  std::uint64_t deletedRows = 0;
  std::uint64_t sessions = 0;       ///< that had ended
  std::uint64_t registrations = 0;  ///< that nobody had confirmed
  bool unfinished = false;          ///< there is more to delete
  Uuid sessionsLookedAt{};          ///< up to this id; nil: all of them
};

inline void RollupCounts::mergeCounts(const RollupCounts& other) {
  total += other.total;
  status2xx += other.status2xx;
  status3xx += other.status3xx;
  status4xx += other.status4xx;
  status5xx += other.status5xx;
  rateLimited += other.rateLimited;
  bytesSent += other.bytesSent;
  gatewaySumUs += other.gatewaySumUs;
  backendCount += other.backendCount;
  backendSumUs += other.backendSumUs;
  gateway.merge(other.gateway);
  backend.merge(other.backend);
}

inline void RollupCounts::merge(const RollupCounts& other) {
  mergeCounts(other);
  addresses.merge(other.addresses);
}

}  // namespace ks
