#pragma once
#include <optional>
#include <string>

#include "http/routing/listSchema.hpp"
#include "messages/monitoring/requestLogMessages.hpp"

// Query and answer of the log of single requests.
namespace ks {

struct RequestLogQueryInput {
  std::string service = "all";
  std::string range;
  std::optional<TimePoint> from;
  std::optional<TimePoint> to;
  std::string remoteIp;
  std::string route;
  std::string status;
  std::string method;
  std::optional<bool> rateLimited;
  std::string requestId;
  std::uint32_t limit = 50;
  std::string cursor;
};
const ObjectSchema<RequestLogQueryInput>& requestLogQuerySchema();
[[nodiscard]] RequestLogQuery requestLogQuery(const RequestLogQueryInput& input, const TimeRange& range);

const ListSchema<RequestLogRow>& requestLogListSchema();

}  // namespace ks
