#include "persistence/postgres/monitoring/postgresMonitoringRepository.hpp"

#include <algorithm>
#include <memory>
#include <utility>

#include "persistence/postgres/monitoring/monitoringStatements.hpp"
#include "persistence/postgres/monitoring/rollupQueries.hpp"
#include "persistence/sql/combinedQuery.hpp"

namespace ks {
namespace {

namespace monitoringSql = monitoringStatements;

std::uint64_t counter(const SqlRow& row, int column) { return static_cast<std::uint64_t>(row.int64(column)); }

template <class Sketch>
void addSketch(Sketch& sum, const SqlRow& row, int column) {
  if (!row.isNull(column) && !sum.mergeSerialized(row.byteaView(column))) {
    throw SqlReadError("a stored sketch cannot be read");
  }
}

/// Adds a rollup row; its sketches go from the bytes read straight into the sums.
void addRollup(RollupCounts& sum, HyperLogLog& addresses, const SqlRow& row) {
  sum.total += counter(row, 1);
  sum.status2xx += counter(row, 2);
  sum.status3xx += counter(row, 3);
  sum.status4xx += counter(row, 4);
  sum.status5xx += counter(row, 5);
  sum.rateLimited += counter(row, 6);
  sum.gatewaySumUs += counter(row, 7);
  sum.backendCount += counter(row, 8);
  sum.backendSumUs += counter(row, 9);
  addSketch(sum.gateway, row, 10);
  addSketch(sum.backend, row, 11);
  addSketch(addresses, row, 12);
}

template <class Take>
void forEachRow(const SqlRows& rows, Take take) {
  for (int i = 0; i < rows.size(); ++i) {
    take(rows.row(i));
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
  for (int i = 0; i < rows.size(); ++i) {
    const auto row = rows.row(i);
    ips.push_back({row.inetOrEmpty(0), std::string{row.text(1)}, counter(row, 2), counter(row, 3),
                   row.time(4), row.boolean(5)});
  }
  return ips;
}

/// Rows of a part of the range, or (without one) of the whole range and of the time before it.
void readSuspiciousCounts(SummarySums& sums, const SqlRows& found) {
  for (int i = 0; i < found.size(); ++i) {
    const auto row = found.row(i);
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

}  // namespace

void PostgresMonitoringRepository::dashboardSummary(DashboardSummaryQuery query,
                                                    Reply<DashboardSummary> reply) {
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
  add(plan.sparkByHour ? monitoringSql::kHours : monitoringSql::kMinutes,
      seriesParameters(plan.range, {service}, "", {true, false, plan.sparkByHour}),
      [plan](SummarySums& sums, const SqlRows& found) {
        forEachRow(found, [&](const SqlRow& row) {
          addRollup(sums.sparkAt(plan, row.time(0)), sums.addresses, row);
        });
      });
  if (!plan.sparkByHour) {
    add(monitoringSql::kSpanAddresses, std::move(spanParameters(plan.spans).text(service)),
        [](SummarySums& sums, const SqlRows& found) {
          forEachRow(found, [&](const SqlRow& row) { addSketch(sums.addresses, row, 0); });
        });
  }
  add(monitoringSql::kSpans, std::move(spanParameters(plan.previousSpans).text(service)),
      [](SummarySums& sums, const SqlRows& found) {
        auto& sum = sums.previous;
        forEachRow(found, [&](const SqlRow& row) { addRollup(sum, sum.addresses, row); });
      });
  add(monitoringSql::kTop, std::move(spanParameters(plan.spans).text(service)),
      [](SummarySums& sums, const SqlRows& found) {
        forEachRow(found, [&](const SqlRow& row) {
          auto& sum = sums.top[{std::string{row.text(0)}, std::string{row.text(1)}}];
          sum.total += counter(row, 2);
          sum.status5xx += counter(row, 3);
          addSketch(sum.gateway, row, 4);
        });
      });
  add(monitoringSql::kServices, spanParameters(plan.spans), [](SummarySums& sums, const SqlRows& found) {
    forEachRow(found, [&](const SqlRow& row) {
      sums.services.push_back({std::string{row.text(0)}, counter(row, 1)});
    });
  });
  add(monitoringSql::kSuspiciousCounts,
      std::move(SqlParameters().time(plan.previous.from).time(plan.range.from).time(plan.range.to)),
      readSuspiciousCounts);
  add(monitoringSql::kSuspiciousIps,
      std::move(SqlParameters().time(plan.range.from).time(plan.range.to).time(query.now)),
      [](SummarySums& sums, const SqlRows& found) { sums.suspiciousIps = readSuspiciousIps(found); });
  add(monitoringSql::kLag, std::move(SqlParameters().time(query.now)),
      [](SummarySums& sums, const SqlRows& found) { sums.collectorLagS = found.row(0).real(0); });
  runCombinedQuery<SummarySums>(
      pipeline_, std::move(statements), {},
      [query = std::move(query), plan, reply = std::move(reply)](Result<SummarySums> sums) {
        if (!sums.ok()) {
          reply(std::move(sums.fault()));
        } else {
          reply(summaryOf(query, plan, sums.value()));
        }
      });
}

template <class Query, class Out>
void PostgresMonitoringRepository::series(Query query, const TimeseriesPlan& plan, Reply<Out> reply,
                                          SeriesAnswer<Query, Out> answer) {
  const auto known = std::make_shared<Result<KnownTime>>(KnownTime{});
  const auto& knownStatement = plan.byHour ? monitoringSql::kKnownHours : monitoringSql::kKnownMinutes;
  pipeline_.enqueue(
      knownStatement, {},
      decodeRows<KnownTime>(
          knownStatement.name, [known](Result<KnownTime> found) { *known = std::move(found); },
          [now = query.now](const SqlRows& rows) {
            const auto row = rows.row(0);
            return KnownTime{row.optionalTime(0), std::min(row.optionalTime(1).value_or(now), now)};
          }));
  const auto& statement = plan.byHour ? monitoringSql::kHours : monitoringSql::kMinutes;
  auto parameters =
      seriesParameters(plan.range, rollupServicesOf(query.service, query.route), query.route, plan.wanted);
  pipeline_.enqueue(
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

void PostgresMonitoringRepository::timeseries(TimeseriesQuery query, Reply<Timeseries> reply) {
  auto planned = planTimeseries(query);
  if (!planned.ok()) {
    reply(std::move(planned.fault()));
    return;
  }
  series<TimeseriesQuery, Timeseries>(std::move(query), planned.value(), std::move(reply), &timeseriesOf);
}

void PostgresMonitoringRepository::heatmap(HeatmapQuery query, Reply<Heatmap> reply) {
  auto planned = planHeatmap(query);
  if (!planned.ok()) {
    reply(std::move(planned.fault()));
    return;
  }
  series<HeatmapQuery, Heatmap>(std::move(query), planned.value(), std::move(reply), &heatmapOf);
}

void PostgresMonitoringRepository::hourly(HourlyQuery query, Reply<HourlyPage> reply) {
  auto planned = planHourly(query);
  if (!planned.ok()) {
    reply(std::move(planned.fault()));
    return;
  }
  const auto plan = planned.value();
  SqlParameters parameters;
  parameters.time(plan.range.from).time(plan.range.to).textArray(plan.services).text(query.route);
  parameters.optionalTime(plan.after ? std::optional(plan.after->at) : std::nullopt)
      .text(plan.after ? plan.after->key : std::string{})
      .int8(static_cast<std::int64_t>(plan.limit) + 1);
  pipeline_.enqueue(
      monitoringSql::kHourly, std::move(parameters),
      decodeRows<HourlyPage>(monitoringSql::kHourly.name, std::move(reply), [plan](const SqlRows& rows) {
        std::vector<HourlyRow> hours;
        for (int i = 0; i < rows.size(); ++i) {
          const auto row = rows.row(i);
          HourlyRow hour;
          hour.hourStart = row.time(0);
          hour.service = row.text(1);
          hour.totalRequests = counter(row, 2);
          hour.successfulRequests = counter(row, 3);
          hour.clientErrors = counter(row, 4);
          hour.serverErrors = counter(row, 5);
          hour.rateLimitedRequests = counter(row, 6);
          hour.avgNginxLatencyMs = row.real(7);
          hour.p95NginxLatencyMs = row.real(8);
          if (row.int64(12) > 0) {
            hour.avgBackendLatencyMs = row.optionalReal(9);
            hour.p95BackendLatencyMs = row.optionalReal(10);
          }
          hour.uniqueIps = counter(row, 11);
          const auto total = static_cast<double>(hour.totalRequests);
          hour.errorRate = total > 0 ? static_cast<double>(hour.serverErrors) / total : 0;
          hour.rateLimitRate = total > 0 ? static_cast<double>(hour.rateLimitedRequests) / total : 0;
          hours.push_back(std::move(hour));
        }
        return hourlyPageOf(plan, std::move(hours));
      }));
}

void PostgresMonitoringRepository::currentHealth(CurrentHealthQuery query, Reply<CurrentHealth> reply) {
  pipeline_.enqueue(monitoringSql::kHealth, std::move(SqlParameters().time(query.now)),
                    decodeRows<CurrentHealth>(monitoringSql::kHealth.name, std::move(reply),
                                              [now = query.now](const SqlRows& rows) {
                                                CurrentHealth health;
                                                for (int i = 0; i < rows.size(); ++i) {
                                                  const auto row = rows.row(i);
                                                  ProcessHealth process;
                                                  process.process = row.text(0);
                                                  process.at = row.time(1);
                                                  process.database = {row.boolean(2), row.real(3)};
                                                  process.redis = {row.boolean(4), row.real(5)};
                                                  process.crypto = {row.boolean(6), row.real(7)};
                                                  process.status = healthStatusOf(process, now);
                                                  health.processes.push_back(std::move(process));
                                                }
                                                return health;
                                              }));
}

void PostgresMonitoringRepository::collectorStatus(CollectorQuery query, Reply<CollectorStatus> reply) {
  const auto files = std::make_shared<Result<std::vector<CollectorFile>>>(std::vector<CollectorFile>{});
  pipeline_.enqueue(monitoringSql::kFiles, std::move(SqlParameters().time(query.now)),
                    decodeRows<std::vector<CollectorFile>>(
                        monitoringSql::kFiles.name,
                        [files](Result<std::vector<CollectorFile>> found) { *files = std::move(found); },
                        [](const SqlRows& rows) {
                          std::vector<CollectorFile> found;
                          for (int i = 0; i < rows.size(); ++i) {
                            const auto row = rows.row(i);
                            CollectorFile file;
                            file.path = row.text(0);
                            file.source = row.text(1);
                            file.offset = counter(row, 2);
                            file.size = counter(row, 3);
                            file.lagBytes =
                                file.size > file.offset && row.text(9) != "done" ? counter(row, 4) : 0;
                            file.lagS = row.real(5);
                            file.lines = counter(row, 6);
                            file.badLines = counter(row, 7);
                            file.oversizedLines = counter(row, 8);
                            file.state = row.text(9);
                            file.lastError = row.text(10);
                            found.push_back(std::move(file));
                          }
                          return found;
                        }));
  pipeline_.enqueue(monitoringSql::kFileTotals, {}, [files, reply = std::move(reply)](Result<SqlRows> rows) {
    if (!files->ok()) {
      reply(std::move(files->fault()));
      return;
    }
    decodeRows<CollectorStatus>(monitoringSql::kFileTotals.name, reply, [files](const SqlRows& totals) {
      const auto row = totals.row(0);
      return collectorStatusOf(std::move(files->value()), counter(row, 0), counter(row, 1), counter(row, 2),
                               row.optionalTime(3));
    })(std::move(rows));
  });
}

}  // namespace ks
