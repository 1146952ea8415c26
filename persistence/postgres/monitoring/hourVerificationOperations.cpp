#include <memory>
#include <utility>

#include "persistence/postgres/monitoring/verificationAnswers.hpp"
#include "persistence/postgres/monitoringCalls.hpp"

// Each request counts in one class (monitoring/collector/rollupAccumulator.cpp).
#define KS_RAW_COUNTS                                                                               \
  "count(*) AS c1, count(*) FILTER (WHERE NOT rate_limited AND status < 300) AS c2, "               \
  "count(*) FILTER (WHERE NOT rate_limited AND status BETWEEN 300 AND 399) AS c3, "                 \
  "count(*) FILTER (WHERE NOT rate_limited AND status BETWEEN 400 AND 499) AS c4, "                 \
  "count(*) FILTER (WHERE NOT rate_limited AND status >= 500) AS c5, "                              \
  "count(*) FILTER (WHERE rate_limited) AS c6, coalesce(sum(bytes_sent), 0)::int8 AS c7, "          \
  "coalesce(sum(round(nginx_latency_ms * 1000)), 0)::int8 AS c8, count(backend_latency_ms) AS c9, " \
  "coalesce(sum(round(backend_latency_ms * 1000)), 0)::int8 AS c10"

#define KS_RAW_NAMES "coalesce(service, 'all') AS service, coalesce(route, '') AS route"

#define KS_IN_THE_HOUR "timestamp >= $1 AND timestamp < $1 + interval '1 hour'"

#define KS_COMPARED                                                                                  \
  "coalesce(h.c1, 0), coalesce(h.c2, 0), coalesce(h.c3, 0), coalesce(h.c4, 0), coalesce(h.c5, 0), "  \
  "coalesce(h.c6, 0), coalesce(h.c7, 0), coalesce(h.c8, 0), coalesce(h.c9, 0), coalesce(h.c10, 0), " \
  "coalesce(r.c1, 0), coalesce(r.c2, 0), coalesce(r.c3, 0), coalesce(r.c4, 0), coalesce(r.c5, 0), "  \
  "coalesce(r.c6, 0), coalesce(r.c7, 0), coalesce(r.c8, 0), coalesce(r.c9, 0), coalesce(r.c10, 0)"

namespace ks {
namespace {

// Each recomputes an hour ($1) from raw rows and puts the rollup rows beside it, in one snapshot. Columns:
// start, service, route; ten counts of the rollup, ten of the raw rows, in the order of kVerifiedCounts; by
// hour also p95, backend's p95 and distinct addresses of the rollup and of the raw rows.
const SqlStatement kVerifiedHour{
    "verification.hour",
    "WITH raw AS (SELECT " KS_RAW_NAMES ", " KS_RAW_COUNTS
    ", percentile_cont(0.95) WITHIN GROUP (ORDER BY nginx_latency_ms) AS p95, "
    "percentile_cont(0.95) WITHIN GROUP (ORDER BY backend_latency_ms) AS p95_backend, "
    "count(DISTINCT remote_ip) AS addresses FROM metric_snapshot WHERE " KS_IN_THE_HOUR
    " GROUP BY GROUPING SETS ((service, route), (service), ()) HAVING count(*) > 0), "
    "rollup AS (SELECT service, route, total_requests AS c1, successful_requests AS c2, status_3xx AS c3, "
    "client_errors AS c4, server_errors AS c5, rate_limited_requests AS c6, bytes_sent AS c7, "
    "gateway_sum_us AS c8, backend_count AS c9, backend_sum_us AS c10, p95_nginx_latency_ms AS p95, "
    "CASE WHEN backend_count > 0 THEN p95_backend_latency_ms END AS p95_backend, unique_ips AS addresses "
    "FROM metric_rollup_hour WHERE hour_start = $1) "
    "SELECT $1::timestamptz, service, route, " KS_COMPARED
    ", coalesce(h.p95, 0)::float8, coalesce(h.p95_backend, 0)::float8, coalesce(h.addresses, 0), "
    "coalesce(r.p95, 0)::float8, coalesce(r.p95_backend, 0)::float8, coalesce(r.addresses, 0) "
    "FROM rollup h FULL JOIN raw r USING (service, route) ORDER BY service, route",
    true};

const SqlStatement kVerifiedMinutes{
    "verification.minutes",
    "WITH raw AS (SELECT minute, " KS_RAW_NAMES ", " KS_RAW_COUNTS
    " FROM (SELECT date_trunc('minute', timestamp) AS minute, * FROM metric_snapshot WHERE " KS_IN_THE_HOUR
    ") m GROUP BY GROUPING SETS ((minute, service, route), (minute, service), (minute))), "
    "rollup AS (SELECT bucket_start AS minute, service, route, total AS c1, status_2xx AS c2, status_3xx AS "
    "c3, status_4xx AS c4, status_5xx AS c5, rate_limited AS c6, bytes_sent AS c7, gateway_sum_us AS c8, "
    "backend_count AS c9, backend_sum_us AS c10 FROM metric_rollup_minute WHERE bucket_start >= $1 AND "
    "bucket_start < $1 + interval '1 hour') "
    "SELECT minute, service, route, " KS_COMPARED
    " FROM rollup h FULL JOIN raw r USING (minute, service, route) ORDER BY minute, service, route",
    true};

constexpr int kRollupCounts = 3;
constexpr int kRawCounts = kRollupCounts + static_cast<int>(kVerifiedCounts.size());
constexpr int kRollupEstimates = kRawCounts + static_cast<int>(kVerifiedCounts.size());
constexpr int kRawEstimates = kRollupEstimates + 3;

VerifiedFigures countsAt(const SqlRow& row, int column) {
  VerifiedFigures figures;
  for (std::size_t i = 0; i < kVerifiedCounts.size(); ++i) {
    figures.counts[i] = row.int64(column + static_cast<int>(i));
  }
  return figures;
}

VerifiedFigures figuresAt(const SqlRow& row, int counts, int estimates) {
  auto figures = countsAt(row, counts);
  figures.p95Ms = row.real(estimates);
  figures.p95BackendMs = row.real(estimates + 1);
  figures.uniqueIps = static_cast<double>(row.int64(estimates + 2));
  return figures;
}

}  // namespace

void runStatements(PostgresPipeline& pipeline, VerifyHour hour, Reply<HourVerification> reply) {
  const auto comparison = std::make_shared<HourComparison>(hour.hour);
  const auto first = std::make_shared<Result<Done>>(Done{});
  pipeline.enqueue(kVerifiedHour, std::move(SqlParameters().time(hour.hour)),
                   decodeRows<Done>(
                       kVerifiedHour.name, [first](Result<Done> done) { *first = std::move(done); },
                       [comparison](const SqlRows& rows) {
                         for (const auto row : rows) {
                           comparison->addHour(std::string{row.text(1)}, std::string{row.text(2)},
                                               figuresAt(row, kRollupCounts, kRollupEstimates),
                                               figuresAt(row, kRawCounts, kRawEstimates));
                         }
                         return Done{};
                       }));
  pipeline.enqueue(kVerifiedMinutes, std::move(SqlParameters().time(hour.hour)),
                   [comparison, first, reply = std::move(reply)](Result<SqlRows> rows) {
                     if (!first->ok()) {
                       reply(std::move(first->fault()));
                       return;
                     }
                     decodeRows<HourVerification>(kVerifiedMinutes.name, reply, [&](const SqlRows& found) {
                       for (const auto row : found) {
                         comparison->addMinute(row.time(0), std::string{row.text(1)},
                                               std::string{row.text(2)}, countsAt(row, kRollupCounts),
                                               countsAt(row, kRawCounts));
                       }
                       return comparison->found();
                     })(std::move(rows));
                   });
}

}  // namespace ks
