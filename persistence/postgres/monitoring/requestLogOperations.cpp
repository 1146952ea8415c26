#include <utility>

#include "persistence/postgres/monitoring/requestLogAnswers.hpp"
#include "persistence/postgres/monitoringCalls.hpp"

// The loop takes the parts of the range in turn, the newest first, and ends at the limit. An ORDER BY outside
// would make it read them all.
// $1, $2 parts; $3 most rows; $4, $5 time and id of the last row seen, or NULL; the rest are filters, empty
// or NULL where there is none: $6 service, $7 route, $8 and $9 lowest and highest status, $10 method, $11
// rate limited, $12 network, $13 request id, $14 address.
#define KS_REQUESTS(INDEXED)                                                                            \
  "SELECT r.* FROM unnest($1::timestamptz[], $2::timestamptz[]) AS part(since, until) "                 \
  "CROSS JOIN LATERAL (SELECT id, timestamp, service, remote_ip, request_id, method, url, route, "      \
  "status, rate_limited, honeypot, user_agent, nginx_latency_ms, backend_latency_ms, user_id, "         \
  "bytes_sent FROM metric_snapshot WHERE timestamp >= part.since AND timestamp < part.until " INDEXED   \
  "AND ($4::timestamptz IS NULL OR (timestamp, id) < ($4, $5::uuid)) "                                  \
  "AND ($6::text = '' OR service = $6) AND ($7::text = '' OR route = $7) AND status BETWEEN $8 AND $9 " \
  "AND ($10::text = '' OR method = $10) AND ($11::boolean IS NULL OR rate_limited = $11) "              \
  "AND ($12::text = '' OR remote_ip <<= nullif($12, '')::inet) "                                        \
  "AND ($13::text = '' OR request_id = $13) AND ($14::inet IS NULL OR remote_ip = $14) "                \
  "ORDER BY timestamp DESC, id DESC LIMIT $3) r LIMIT $3"

namespace ks {
namespace {

RequestLogRow requestRow(const SqlRow& row) {
  RequestLogRow request;
  request.id = row.uuid(0);
  request.timestamp = row.time(1);
  request.service = row.text(2);
  request.remoteIp = row.inetOrEmpty(3);
  request.requestId = row.text(4);
  request.method = row.text(5);
  request.url = row.text(6);
  request.route = row.text(7);
  request.status = static_cast<std::int32_t>(row.int64(8));
  request.rateLimited = row.boolean(9);
  request.honeypot = row.boolean(10);
  request.userAgent = row.text(11);
  request.nginxLatencyMs = row.real(12);
  request.backendLatencyMs = row.optionalReal(13);
  request.userId = row.textOrEmpty(14);
  request.bytesSent = row.count(15);
  return request;
}

}  // namespace

SqlCall<RequestLogQuery> sqlCall(const RequestLogQuery& query) {
  constexpr const char* kRequests = KS_REQUESTS("");
  // Equality alone, because the bloom index answers it.
  constexpr const char* kOfAddress = KS_REQUESTS("AND remote_ip = $14 ");
  constexpr const char* kOfId = KS_REQUESTS("AND request_id = $13 ");
  auto planned = planRequestLog(query);
  if (!planned.ok()) {
    return std::move(planned.fault());
  }
  auto plan = std::move(planned.value());
  const auto text = !query.requestId.empty() ? repeatable(kOfId, "requestLog.id")
                    : plan.address           ? repeatable(kOfAddress, "requestLog.address")
                                             : repeatable(kRequests);
  SqlParameters parameters;
  parameters.timeArray(plan.since).timeArray(plan.until).int8(static_cast<std::int64_t>(plan.limit) + 1);
  parameters.optionalTime(plan.after ? std::optional(plan.after->at) : std::nullopt)
      .optionalUuid(plan.after ? std::optional(plan.afterId) : std::nullopt)
      .text(plan.service)
      .text(query.route)
      .int4(plan.lowestStatus)
      .int4(plan.highestStatus)
      .text(query.method);
  if (query.rateLimited) {
    parameters.boolean(*query.rateLimited);
  } else {
    parameters.null(SqlType::boolean);
  }
  parameters.text(plan.network).text(query.requestId).inetOrNull(plan.address.value_or(""));
  return {text, std::move(parameters), [plan = std::move(plan)](const SqlRows& rows) {
            return requestLogPageOf(plan, readAll<RequestLogRow>(rows, requestRow));
          }};
}

}  // namespace ks
