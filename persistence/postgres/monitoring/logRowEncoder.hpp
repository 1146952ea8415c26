#pragma once
#include <string>
#include <string_view>

#include "messages/monitoring/collectorRecords.hpp"

namespace ks {

/// The batch's entries in the format of COPY metric_snapshot (columns as in kLogRowColumns) FROM STDIN
/// (FORMAT binary), piece by piece, so that PostgreSQL stores one while the next is made. Written for speed:
/// this runs once for every line.
class LogRowEncoder {
 public:
  /// `buffer` is the pieces' memory, to be used again.
  LogRowEncoder(const IngestBatch& batch, std::string& buffer) : batch_(batch), buffer_(buffer) {}
  /// Empty at the end. Valid until the next call.
  [[nodiscard]] std::string_view next();

 private:
  static constexpr std::size_t kPiece = 128U << 10U;  // about what a Unix socket takes at once
  const IngestBatch& batch_;
  std::string& buffer_;
  std::size_t at_ = 0;
  bool ended_ = false;
};

inline constexpr const char* kLogRowColumns =
    "id, timestamp, service, remote_ip, request_id, method, url, route, status, rate_limited, honeypot, "
    "cross_site, repaired, user_agent, "
    "nginx_latency_ms, backend_latency_ms, user_id, bytes_sent";

}  // namespace ks
