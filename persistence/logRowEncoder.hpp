#pragma once
#include <string>

#include "messages/collectorRecords.hpp"

namespace ks {

/// The batch's entries in the format of COPY metric_snapshot (columns as in kLogRowColumns) FROM STDIN
/// (FORMAT binary), into `out`, whose memory is reused. Written for speed: this runs once for every line.
void encodeLogRows(const IngestBatch& batch, std::string& out);

inline constexpr const char* kLogRowColumns =
    "id, timestamp, service, remote_ip, request_id, method, url, route, status, rate_limited, honeypot, "
    "repaired, user_agent, "
    "nginx_latency_ms, backend_latency_ms, user_id, bytes_sent";

}  // namespace ks
