#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/uuid.hpp"
#include "messages/monitoring/monitoringMessages.hpp"

// Questions to the log of single requests (metric_snapshot) and their answers.
namespace ks {

struct RequestLogRow {
  Uuid id;
  TimePoint timestamp;
  std::string service;
  std::string remoteIp;  ///< may be empty
  std::string requestId;
  std::string method;
  std::string url;
  std::string route;
  std::int32_t status = 0;
  bool rateLimited = false;
  bool honeypot = false;
  std::string userAgent;
  double nginxLatencyMs = 0;
  std::optional<double> backendLatencyMs;
  std::string userId;  ///< may be empty
  std::uint64_t bytesSent = 0;
};

struct RequestLogPage {
  std::vector<RequestLogRow> rows;  ///< newest first
  std::string nextCursor;           ///< empty: there is no more
};

/// Which requests; empty means any. At most 24 hours.
/// Newest first.
struct RequestLogQuery {
  using Out = RequestLogPage;
  static constexpr const char* kName = "requestLog.list";

  TimeRange range;
  std::uint32_t limit = 50;     ///< at most 500
  std::string cursor;           ///< empty: from the newest
  std::string service = "all";  ///< all, auth, payment, admin or gateway
  std::string remoteIp;         ///< an address or a network
  std::string route;
  std::string status;  ///< a code (404) or a class (4xx)
  std::string method;
  std::optional<bool> rateLimited;
  std::string requestId;
};

}  // namespace ks
