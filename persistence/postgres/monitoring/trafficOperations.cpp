#include <algorithm>
#include <memory>
#include <utility>

#include "persistence/postgres/monitoring/rollupQueries.hpp"
#include "persistence/postgres/monitoringCalls.hpp"
#include "persistence/sql/clientNetwork.hpp"
#include "persistence/sql/combinedQuery.hpp"

#define KS_MINUTE_COUNTS                                                                                \
  "bucket_start, total, status_2xx, status_3xx, status_4xx, status_5xx, rate_limited, gateway_sum_us, " \
  "backend_count, backend_sum_us, "

#define KS_HOUR_COUNTS                                                                          \
  "hour_start, total_requests, successful_requests, status_3xx, client_errors, server_errors, " \
  "rate_limited_requests, gateway_sum_us, backend_count, backend_sum_us, "

#define KS_WANTED                                                                                        \
  "CASE WHEN $5::boolean THEN gateway_histogram END, CASE WHEN $6::boolean THEN backend_histogram END, " \
  "CASE WHEN $7::boolean THEN addresses END "

#define KS_IN_MINUTES \
  "((bucket_start >= $1 AND bucket_start < $2) OR (bucket_start >= $5 AND bucket_start < $6))"

#define KS_IN_HOURS "hour_start >= $3 AND hour_start < $4"

// The routes are found by a skip scan of the index, and every route's rows by their key: a
// range of time alone would need every row of the tables. The busiest are found by their counts: with a
// hundred routes, reading every route's histograms along took eight times as long.
#define KS_ROUTE_MINUTES(columns, from, to)                   \
  "SELECT " columns                                           \
  " FROM metric_rollup_minute m WHERE m.service = k.service " \
  "AND m.route = k.route AND m.bucket_start >= " from " AND m.bucket_start < " to

#define KS_ROUTE_HOURS(columns)                             \
  "SELECT " columns                                         \
  " FROM metric_rollup_hour h WHERE h.service = k.service " \
  "AND h.route = k.route AND h.hour_start >= $3 AND h.hour_start < $4"

#include "persistence/postgres/monitoring/collectorLag.hpp"

namespace ks {
namespace {

const SqlStatement kMinutes{"monitoring.minutes",
                            "SELECT " KS_MINUTE_COUNTS KS_WANTED
                            "FROM metric_rollup_minute WHERE service = ANY($3::text[]) AND route = $4 "
                            "AND bucket_start >= $1 AND bucket_start < $2",
                            true};

const SqlStatement kHours{"monitoring.hours",
                          "SELECT " KS_HOUR_COUNTS KS_WANTED
                          "FROM metric_rollup_hour WHERE service = ANY($3::text[]) AND route = $4 "
                          "AND hour_start >= $1 AND hour_start < $2",
                          true};

const SqlStatement kSpans{"monitoring.spans",
                          "SELECT " KS_MINUTE_COUNTS
                          "gateway_histogram, NULL::bytea, NULL::bytea FROM metric_rollup_minute "
                          "WHERE service = $7 AND route = '' AND " KS_IN_MINUTES
                          " UNION ALL SELECT " KS_HOUR_COUNTS
                          "gateway_histogram, NULL, NULL FROM metric_rollup_hour "
                          "WHERE service = $7 AND route = '' AND " KS_IN_HOURS,
                          true};

const SqlStatement kSpanAddresses{"monitoring.spanAddresses",
                                  "SELECT addresses FROM metric_rollup_minute "
                                  "WHERE service = $7 AND route = '' AND " KS_IN_MINUTES
                                  " UNION ALL SELECT addresses FROM metric_rollup_hour "
                                  "WHERE service = $7 AND route = '' AND " KS_IN_HOURS,
                                  true};

const SqlStatement kTop{"monitoring.top", "WITH RECURSIVE known(service, route) AS ("
    "(SELECT service, route FROM metric_rollup_hour ORDER BY service, route LIMIT 1) "
    "UNION ALL SELECT later.service, later.route FROM known CROSS JOIN LATERAL ("
    "SELECT h.service, h.route FROM metric_rollup_hour h WHERE (h.service, h.route) > (known.service, "
    "known.route) ORDER BY h.service, h.route LIMIT 1) later), "
    "busiest AS MATERIALIZED (SELECT k.service, k.route FROM known k CROSS JOIN LATERAL ("
    "SELECT sum(total) AS requests FROM ("
    KS_ROUTE_MINUTES("total", "$1", "$2") " UNION ALL " KS_ROUTE_HOURS("total_requests")
    " UNION ALL " KS_ROUTE_MINUTES("total", "$5", "$6")
    ") part) found WHERE k.route <> '' AND ($7 = 'all' OR k.service = $7) AND requests > 0 "
    "ORDER BY requests DESC, k.service, k.route LIMIT 10) "
    "SELECT k.service, k.route, part.* FROM busiest k CROSS JOIN LATERAL ("
    KS_ROUTE_MINUTES("total, status_5xx, gateway_histogram", "$1", "$2") " UNION ALL "
    KS_ROUTE_HOURS("total_requests, server_errors, gateway_histogram")
    " UNION ALL " KS_ROUTE_MINUTES("total, status_5xx, gateway_histogram", "$5", "$6") ") part", true};

const SqlStatement kServices{
    "monitoring.services",
    "SELECT service, sum(total)::int8 FROM (SELECT service, total FROM metric_rollup_minute WHERE route = '' "
    "AND service IN ('auth', 'payment', 'admin', 'gateway') AND " KS_IN_MINUTES
    " UNION ALL SELECT service, total_requests FROM metric_rollup_hour WHERE route = '' "
    "AND service IN ('auth', 'payment', 'admin', 'gateway') AND " KS_IN_HOURS
    ") part GROUP BY service ORDER BY 2 DESC, 1",
    true};

const SqlStatement kSuspiciousCounts{"monitoring.suspiciousCounts", R"sql(
SELECT part, part >= 0, count(DISTINCT client)
FROM (SELECT )sql" KS_CLIENT_OF("remote_ip") R"sql( AS client,
             CASE WHEN timestamp < $2 THEN -1
                  ELSE floor(24 * extract(epoch FROM timestamp - $2) / extract(epoch FROM $3 - $2))::int8 END AS part
      FROM suspicious_activity WHERE timestamp >= $1 AND timestamp < $3 AND remote_ip IS NOT NULL) found
GROUP BY GROUPING SETS ((part), (part >= 0)))sql",
                                     true};

// The last address seen represents its IPv6 /64.
const SqlStatement kSuspiciousIps{
    "monitoring.suspiciousIps",
    R"sql(
SELECT remote_ip, (ARRAY['low', 'medium', 'high'])[worst], activities, unresolved, last_seen,
       EXISTS (SELECT FROM ip_ban b WHERE b.network >>= client AND b.lifted_at IS NULL AND b.expires_at > $3)
FROM (SELECT )sql" KS_CLIENT_OF(
        "remote_ip") R"sql( AS client, (array_agg(remote_ip ORDER BY timestamp DESC))[1] AS remote_ip,
             coalesce(max(array_position(ARRAY['low', 'medium', 'high'], severity)), 1) AS worst, count(*) AS activities,
             count(*) FILTER (WHERE NOT resolved) AS unresolved, max(timestamp) AS last_seen
      FROM suspicious_activity WHERE timestamp >= $1 AND timestamp < $2 AND remote_ip IS NOT NULL
      GROUP BY client ORDER BY worst DESC, activities DESC, last_seen DESC, client LIMIT 10) ips
ORDER BY worst DESC, activities DESC, last_seen DESC, client)sql",
    true};

const SqlStatement kKnownMinutes{
    "monitoring.knownMinutes",
    "SELECT (SELECT min(bucket_start) FROM metric_rollup_minute WHERE service = 'all' AND route = ''), "
    "(SELECT min(coalesce(last_line_at, created_at)) FROM log_file WHERE size > read_offset AND state <> "
    "'done' "
    "AND NOT imported)",
    true};

const SqlStatement kKnownHours{
    "monitoring.knownHours",
    "SELECT (SELECT min(hour_start) FROM metric_rollup_hour WHERE service = 'all' AND route = ''), "
    "(SELECT min(coalesce(last_line_at, created_at)) FROM log_file WHERE size > read_offset AND state <> "
    "'done' "
    "AND NOT imported)",
    true};

const SqlStatement kLag{"monitoring.lag", "SELECT coalesce(max(" KS_LAG_S "), 0) FROM log_file", true};

template <class Sketch>
void addSketch(Sketch& sum, const SqlRow& row, int column) {
  if (!row.isNull(column) && !sum.mergeSerialized(row.byteaView(column))) {
    throw SqlReadError("a stored sketch cannot be read");
  }
}

/// Adds a rollup row; its sketches go from the bytes read straight into the sums.
void addRollup(RollupCounts& sum, HyperLogLog& addresses, const SqlRow& row) {
  sum.total += row.count(1);
  sum.status2xx += row.count(2);
  sum.status3xx += row.count(3);
  sum.status4xx += row.count(4);
  sum.status5xx += row.count(5);
  sum.rateLimited += row.count(6);
  sum.gatewaySumUs += row.count(7);
  sum.backendCount += row.count(8);
  sum.backendSumUs += row.count(9);
  addSketch(sum.gateway, row, 10);
  addSketch(sum.backend, row, 11);
  addSketch(addresses, row, 12);
}

template <class Take>
void forEachRow(const SqlRows& rows, Take take) {
  for (const auto row : rows) {
    take(row);
  }
}

SqlParameters spanParameters(const RollupSpans& spans) {
  return std::move(SqlParameters()
                       .time(spans.firstMinutes.from)
                       .time(spans.firstMinutes.to)
                       .time(spans.hours.from)
                       .time(spans.hours.to)
                       .time(spans.lastMinutes.from)
                       .time(spans.lastMinutes.to));
}

SqlParameters seriesParameters(const TimeRange& range, const std::vector<std::string>& services,
                               const std::string& route, const WantedSketches& wanted) {
  SqlParameters parameters;
  parameters.time(range.from).time(range.to).textArray(services).text(route);
  parameters.boolean(wanted.gateway).boolean(wanted.backend).boolean(wanted.addresses);
  return parameters;
}

std::vector<SuspiciousIp> readSuspiciousIps(const SqlRows& rows) {
  std::vector<SuspiciousIp> ips;
  for (const auto row : rows) {
    ips.push_back({row.inetOrEmpty(0), std::string{row.text(1)}, row.count(2), row.count(3), row.time(4),
                   row.boolean(5)});
  }
  return ips;
}

/// Rows of a part of the range, or (without one) of the whole range and of the time before it.
void readSuspiciousCounts(SummarySums& sums, const SqlRows& found) {
  for (const auto row : found) {
    const auto count = static_cast<double>(row.int64(2));
    if (const auto part = row.optionalInt64(0)) {
      if (*part >= 0) {
        sums.suspiciousSpark.at(static_cast<std::size_t>(*part)) = count;
      }
    } else {
      (row.boolean(1) ? sums.suspicious : sums.suspiciousBefore) = count;
    }
  }
}

template <class Query, class Out>
void runSeries(PostgresPipeline& pipeline, Query query, const TimeseriesPlan& plan, Reply<Out> reply,
               Out (*answer)(const Query&, const TimeseriesPlan&, const IntervalSums&)) {
  const auto known = std::make_shared<Result<KnownTime>>(KnownTime{});
  const auto& knownStatement = plan.byHour ? kKnownHours : kKnownMinutes;
  pipeline.enqueue(
      knownStatement, {},
      decodeRows<KnownTime>(
          knownStatement.name, [known](Result<KnownTime> found) { *known = std::move(found); },
          [now = query.now](const SqlRows& rows) {
            const auto row = rows.row(0);
            return KnownTime{row.optionalTime(0), std::min(row.optionalTime(1).value_or(now), now)};
          }));
  const auto& statement = plan.byHour ? kHours : kMinutes;
  auto parameters =
      seriesParameters(plan.range, rollupServicesOf(query.service, query.route), query.route, plan.wanted);
  pipeline.enqueue(
      statement, std::move(parameters),
      [known, plan, answer, query = std::move(query), reply = std::move(reply)](Result<SqlRows> rows) {
        if (!known->ok()) {
          reply(std::move(known->fault()));
          return;
        }
        decodeRows<Out>("monitoring.series", reply, [&](const SqlRows& found) {
          auto sums = emptySumsOf(plan, known->value());
          forEachRow(found, [&](const SqlRow& row) {
            auto& sum = sumAt(sums, plan, row.time(0));
            addRollup(sum, sum.addresses, row);
          });
          return answer(query, plan, sums);
        })(std::move(rows));
      });
}

}  // namespace

void runStatements(PostgresPipeline& pipeline, DashboardSummaryQuery query, Reply<DashboardSummary> reply) {
  auto planned = planSummary(query);
  if (!planned.ok()) {
    reply(std::move(planned.fault()));
    return;
  }
  const auto plan = planned.value();
  const auto& service = query.service;
  std::vector<CombinedStatement<SummarySums>> statements;
  const auto add = [&statements](const SqlStatement& statement, SqlParameters&& parameters, auto take) {
    statements.push_back({&statement, std::move(parameters), std::move(take)});
  };
  add(plan.sparkByHour ? kHours : kMinutes,
      seriesParameters(plan.range, {service}, "", {true, false, plan.sparkByHour}),
      [plan](SummarySums& sums, const SqlRows& found) {
        forEachRow(found, [&](const SqlRow& row) {
          addRollup(sums.sparkAt(plan, row.time(0)), sums.addresses, row);
        });
      });
  if (!plan.sparkByHour) {
    add(kSpanAddresses, std::move(spanParameters(plan.spans).text(service)),
        [](SummarySums& sums, const SqlRows& found) {
          forEachRow(found, [&](const SqlRow& row) { addSketch(sums.addresses, row, 0); });
        });
  }
  add(kSpans, std::move(spanParameters(plan.previousSpans).text(service)),
      [](SummarySums& sums, const SqlRows& found) {
        auto& sum = sums.previous;
        forEachRow(found, [&](const SqlRow& row) { addRollup(sum, sum.addresses, row); });
      });
  add(kTop, std::move(spanParameters(plan.spans).text(service)), [](SummarySums& sums, const SqlRows& found) {
    forEachRow(found, [&](const SqlRow& row) {
      auto& sum = sums.top[{std::string{row.text(0)}, std::string{row.text(1)}}];
      sum.total += row.count(2);
      sum.status5xx += row.count(3);
      addSketch(sum.gateway, row, 4);
    });
  });
  add(kServices, spanParameters(plan.spans), [](SummarySums& sums, const SqlRows& found) {
    forEachRow(found, [&](const SqlRow& row) {
      sums.services.push_back({std::string{row.text(0)}, row.count(1)});
    });
  });
  add(kSuspiciousCounts,
      std::move(SqlParameters().time(plan.previous.from).time(plan.range.from).time(plan.range.to)),
      readSuspiciousCounts);
  add(kSuspiciousIps, std::move(SqlParameters().time(plan.range.from).time(plan.range.to).time(query.now)),
      [](SummarySums& sums, const SqlRows& found) { sums.suspiciousIps = readSuspiciousIps(found); });
  add(kLag, std::move(SqlParameters().time(query.now)),
      [](SummarySums& sums, const SqlRows& found) { sums.collectorLagS = found.row(0).real(0); });
  runCombinedQuery<SummarySums>(
      pipeline, std::move(statements), {},
      [query = std::move(query), plan, reply = std::move(reply)](Result<SummarySums> sums) {
        if (!sums.ok()) {
          reply(std::move(sums.fault()));
        } else {
          reply(summaryOf(query, plan, sums.value()));
        }
      });
}

void runStatements(PostgresPipeline& pipeline, TimeseriesQuery query, Reply<Timeseries> reply) {
  auto planned = planTimeseries(query);
  if (!planned.ok()) {
    reply(std::move(planned.fault()));
    return;
  }
  runSeries<TimeseriesQuery, Timeseries>(pipeline, std::move(query), planned.value(), std::move(reply),
                                         &timeseriesOf);
}

void runStatements(PostgresPipeline& pipeline, HeatmapQuery query, Reply<Heatmap> reply) {
  auto planned = planHeatmap(query);
  if (!planned.ok()) {
    reply(std::move(planned.fault()));
    return;
  }
  runSeries<HeatmapQuery, Heatmap>(pipeline, std::move(query), planned.value(), std::move(reply), &heatmapOf);
}

SqlCall<HourlyQuery> sqlCall(const HourlyQuery& query) {
  constexpr const char* kSql =
      "SELECT hour_start, service, total_requests, successful_requests + status_3xx, client_errors, "
      "server_errors, "
      "rate_limited_requests, avg_nginx_latency_ms, p95_nginx_latency_ms, avg_backend_latency_ms, "
      "p95_backend_latency_ms, unique_ips, "
      "backend_count FROM metric_rollup_hour WHERE service = ANY($3::text[]) AND route = $4 "
      "AND hour_start >= $1 AND hour_start < $2 "
      "AND ($5::timestamptz IS NULL OR hour_start < $5 OR (hour_start = $5 AND service > $6)) "
      "ORDER BY hour_start DESC, service LIMIT $7";
  auto planned = planHourly(query);
  if (!planned.ok()) {
    return std::move(planned.fault());
  }
  const auto plan = planned.value();
  SqlParameters parameters;
  parameters.time(plan.range.from).time(plan.range.to).textArray(plan.services).text(query.route);
  parameters.optionalTime(plan.after ? std::optional(plan.after->at) : std::nullopt)
      .text(plan.after ? plan.after->key : std::string{})
      .int8(static_cast<std::int64_t>(plan.limit) + 1);
  return {repeatable(kSql), std::move(parameters), [plan](const SqlRows& rows) {
            std::vector<HourlyRow> hours;
            for (const auto row : rows) {
              HourlyRow hour;
              hour.hourStart = row.time(0);
              hour.service = row.text(1);
              hour.totalRequests = row.count(2);
              hour.successfulRequests = row.count(3);
              hour.clientErrors = row.count(4);
              hour.serverErrors = row.count(5);
              hour.rateLimitedRequests = row.count(6);
              hour.avgNginxLatencyMs = row.real(7);
              hour.p95NginxLatencyMs = row.real(8);
              if (row.int64(12) > 0) {
                hour.avgBackendLatencyMs = row.optionalReal(9);
                hour.p95BackendLatencyMs = row.optionalReal(10);
              }
              hour.uniqueIps = row.count(11);
              const auto total = static_cast<double>(hour.totalRequests);
              hour.errorRate = total > 0 ? static_cast<double>(hour.serverErrors) / total : 0;
              hour.rateLimitRate = total > 0 ? static_cast<double>(hour.rateLimitedRequests) / total : 0;
              hours.push_back(std::move(hour));
            }
            return hourlyPageOf(plan, std::move(hours));
          }};
}

}  // namespace ks
