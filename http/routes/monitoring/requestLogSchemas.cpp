#include "http/routes/monitoring/requestLogSchemas.hpp"

#include <algorithm>

#include "core/limits.hpp"
#include "http/schema/networkRules.hpp"

namespace ks {
namespace {

bool isStatusFilter(std::string_view text) {
  const auto isDigit = [](char c) { return c >= '0' && c <= '9'; };
  return text.size() == 3 && text[0] >= '1' && text[0] <= '9' &&
         (text.substr(1) == "xx" || (isDigit(text[1]) && isDigit(text[2])));
}

bool isMethodName(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
}

}  // namespace

ObjectSchema<InRange<RequestLogQuery>> schemaFor(Of<InRange<RequestLogQuery>> /*of*/) {
  using Query = RequestLogQuery;
  return pageFields(
      rangeFields<InRange<Query>>("RequestLogQuery")
          .field("remote_ip", &Query::remoteIp, networkRules().optional())
          .field("route", &Query::route, routeFilter())
          .field("status", &Query::status,
                 rules()
                     .optional()
                     .length(3, 3)
                     .accept(&isStatusFilter, "^[1-9]([0-9]{2}|xx)$")
                     .example("\"4xx\"")
                     .describe("a code (404) or a class (4xx)"))
          .field("method", &Query::method,
                 rules().optional().length(1, 16).accept(&isMethodName, "^[A-Z]+$").example("\"GET\""))
          .field("rate_limited", &Query::rateLimited)
          .field("request_id", &Query::requestId,
                 rules().optional().length(1, limits::kRequestIdCharacters)));
}

ObjectSchema<RequestLogRow> schemaFor(Of<RequestLogRow> /*of*/) {
  return ObjectSchema<RequestLogRow>("RequestLogRow", "One request as the gateway logged it")
      .field("id", &RequestLogRow::id)
      .field("timestamp", &RequestLogRow::timestamp)
      .field("service", &RequestLogRow::service)
      .field("remote_ip", &RequestLogRow::remoteIp, rules().orNull())
      .field("request_id", &RequestLogRow::requestId)
      .field("method", &RequestLogRow::method)
      .field("url", &RequestLogRow::url)
      .field("route", &RequestLogRow::route)
      .field("status", &RequestLogRow::status)
      .field("rate_limited", &RequestLogRow::rateLimited)
      .field("honeypot", &RequestLogRow::honeypot)
      .field("user_agent", &RequestLogRow::userAgent)
      .field("nginx_latency_ms", &RequestLogRow::nginxLatencyMs)
      .field("backend_latency_ms", &RequestLogRow::backendLatencyMs, rules().orNull())
      .field("user_id", &RequestLogRow::userId, rules().orNull())
      .field("bytes_sent", &RequestLogRow::bytesSent);
}

}  // namespace ks
