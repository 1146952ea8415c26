#pragma once
#include <optional>
#include <string>

#include "http/routes/monitoring/monitoringSchemas.hpp"
#include "messages/monitoring/requestLogMessages.hpp"

// Query and answer of the log of single requests.
namespace ks {

struct RequestLogQueryInput : ServiceRangeQuery, PageQuery {
  std::string remoteIp;
  std::string route;
  std::string status;
  std::string method;
  std::optional<bool> rateLimited;
  std::string requestId;
};
ObjectSchema<RequestLogQueryInput> schemaFor(Of<RequestLogQueryInput> of);
ObjectSchema<RequestLogRow> schemaFor(Of<RequestLogRow> of);
[[nodiscard]] RequestLogQuery requestLogQuery(const RequestLogQueryInput& input, const TimeRange& range);

}  // namespace ks
