#include "persistence/postgres/monitoring/rollupQueries.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace ks {
namespace {

constexpr std::chrono::days kWidest{92};
constexpr std::chrono::hours kMinuteRange{48};
constexpr std::size_t kMostEndpoints = 10;
constexpr std::uint32_t kMostRows = 500;
constexpr std::chrono::minutes kStaleHealth{3};
constexpr double kUsPerMs = 1000;

TimePoint floorTo(TimePoint time, std::chrono::seconds step) {
  const auto ms = Milliseconds{step}.count();
  const auto at = time.time_since_epoch().count();
  return TimePoint{Milliseconds{(at >= 0 ? at : at - ms + 1) / ms * ms}};
}
TimePoint ceilTo(TimePoint time, std::chrono::seconds step) {
  const auto floor = floorTo(time, step);
  return floor == time ? floor : floor + step;
}

double ratio(std::uint64_t part, std::uint64_t whole) {
  return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
}
double averageMs(std::uint64_t sumUs, std::uint64_t count) { return ratio(sumUs, count) / kUsPerMs; }
double quantileMs(const LatencyHistogram& histogram, double fraction) {
  return histogram.quantile(fraction) / kUsPerMs;
}

double changePct(double value, double previous) { return (value - previous) / previous * 100; }

/// The services themselves, without the sum of all.
std::vector<std::string> singleServicesOf(const std::string& service) {
  if (service == kAllServices) {
    return {kLogServiceNames.begin(), kLogServiceNames.end()};
  }
  return {service};
}

template <class Figure>
ComparedFigure compare(const RollupCounts& now, const RollupCounts& before,
                       const std::vector<RollupCounts>& spark, Figure figure) {
  ComparedFigure compared;
  compared.value = figure(now);
  compared.previous = figure(before);
  if (before.total > 0 && compared.previous != 0) {
    compared.changePct = changePct(compared.value, compared.previous);
  }
  for (const auto& part : spark) {
    compared.spark.push_back(figure(part));
  }
  return compared;
}

}  // namespace

RollupSpans spansOf(const TimeRange& range) {
  constexpr std::chrono::hours kHour{1};
  const auto firstHour = ceilTo(range.from, kHour);
  const auto lastHour = floorTo(range.to, kHour);
  if (firstHour >= lastHour) {
    return {range, {range.to, range.to}, {range.to, range.to}};
  }
  return {{range.from, firstHour}, {firstHour, lastHour}, {lastHour, range.to}};
}

std::optional<Fault> checkQuery(const std::string& service, const TimeRange& range,
                                std::chrono::hours widest) {
  if (service != kAllServices &&
      std::find(kLogServiceNames.begin(), kLogServiceNames.end(), service) == kLogServiceNames.end()) {
    return fieldFault(ErrorCode::outOfRange, "service",
                      "service must be all, auth, payment, admin or gateway");
  }
  if (range.from >= range.to) {
    return fieldFault(ErrorCode::outOfRange, "from", "from must be before to");
  }
  if (range.to - range.from > widest) {
    const auto hours = widest.count();
    return fieldFault(
        ErrorCode::rangeTooWide, "from",
        "the range may be at most " + (hours % 24 == 0 && hours > 48 ? std::to_string(hours / 24) + " days"
                                                                     : std::to_string(hours) + " hours"));
  }
  return std::nullopt;
}

std::optional<Fault> checkLimit(std::uint32_t limit) {
  if (limit < 1 || limit > kMostRows) {
    return fieldFault(ErrorCode::outOfRange, "limit", "limit must be 1 to 500");
  }
  return std::nullopt;
}

Result<std::optional<PageCursor>> takeCursor(const std::string& list, const std::string& text,
                                             const TimeRange& range) {
  if (text.empty()) {
    return std::optional<PageCursor>{};
  }
  auto cursor = readPageCursor(list, text);
  if (!cursor || cursor->at >= range.to || cursor->at < range.from - kWidest) {
    return fieldFault(ErrorCode::cursorInvalid, "cursor",
                      "the cursor is not one that this list gave out for these filters");
  }
  return cursor;
}

Result<SummaryPlan> planSummary(const DashboardSummaryQuery& query) {
  if (auto fault = checkQuery(query.service, query.range, kWidest)) {
    return std::move(*fault);
  }
  SummaryPlan plan;
  plan.sparkByHour = query.range.to - query.range.from > kMinuteRange;
  const std::chrono::seconds step = plan.sparkByHour ? std::chrono::hours{1} : std::chrono::minutes{1};
  plan.range = {floorTo(query.range.from, step), ceilTo(query.range.to, step)};
  plan.previous = {plan.range.from - (plan.range.to - plan.range.from), plan.range.from};
  plan.spans = spansOf(plan.range);
  plan.previousSpans = spansOf(plan.previous);
  return plan;
}

RollupCounts& SummarySums::sparkAt(const SummaryPlan& plan, TimePoint start) {
  const double share = static_cast<double>((start - plan.range.from).count()) /
                       static_cast<double>((plan.range.to - plan.range.from).count());
  const double at = std::max(0.0, share * static_cast<double>(kSparkPoints));
  return spark[std::min(kSparkPoints - 1, static_cast<std::size_t>(at))];
}

DashboardSummary summaryOf(const DashboardSummaryQuery& query, const SummaryPlan& plan,
                           const SummarySums& sums) {
  RollupCounts now;
  for (const auto& part : sums.spark) {
    now.mergeCounts(part);
  }
  const auto& before = sums.previous;
  const auto& spark = sums.spark;

  DashboardSummary summary;
  summary.from = plan.range.from;
  summary.to = plan.range.to;
  summary.service = query.service;
  summary.generatedAt = query.now;
  summary.collectorLagS = sums.collectorLagS;
  summary.totalRequests = compare(
      now, before, spark, [](const RollupCounts& counts) { return static_cast<double>(counts.total); });
  summary.errorRate = compare(
      now, before, spark, [](const RollupCounts& counts) { return ratio(counts.status5xx, counts.total); });
  summary.rateLimited = compare(
      now, before, spark, [](const RollupCounts& counts) { return static_cast<double>(counts.rateLimited); });
  summary.avgLatencyMs = compare(now, before, spark, [](const RollupCounts& counts) {
    return averageMs(counts.gatewaySumUs, counts.total);
  });
  summary.p95LatencyMs = compare(now, before, spark,
                                 [](const RollupCounts& counts) { return quantileMs(counts.gateway, 0.95); });
  summary.success = now.status2xx + now.status3xx;
  summary.clientErrors = now.status4xx;
  summary.serverErrors = now.status5xx;
  summary.uniqueIps = static_cast<std::uint64_t>(std::llround(sums.addresses.estimate()));
  summary.rateLimitViolations = now.rateLimited;
  summary.suspiciousIpCount.value = sums.suspicious;
  summary.suspiciousIpCount.previous = sums.suspiciousBefore;
  if (sums.suspiciousBefore > 0) {
    summary.suspiciousIpCount.changePct = changePct(sums.suspicious, sums.suspiciousBefore);
  }
  summary.suspiciousIpCount.spark.assign(sums.suspiciousSpark.begin(), sums.suspiciousSpark.end());
  summary.suspiciousIps = sums.suspiciousIps;
  for (const auto& [key, counts] : sums.top) {
    summary.topEndpoints.push_back({key.first, key.second, counts.total,
                                    ratio(counts.status5xx, counts.total), quantileMs(counts.gateway, 0.95)});
  }
  std::stable_sort(summary.topEndpoints.begin(), summary.topEndpoints.end(),
                   [](const TopEndpoint& a, const TopEndpoint& b) { return a.requests > b.requests; });
  if (summary.topEndpoints.size() > kMostEndpoints) {
    summary.topEndpoints.resize(kMostEndpoints);
  }
  summary.services = sums.services;
  return summary;
}

Result<TimeseriesPlan> planTimeseries(const TimeseriesQuery& query, std::size_t mostPoints) {
  if (auto fault = checkQuery(query.service, query.range, kWidest)) {
    return std::move(*fault);
  }
  constexpr std::array<std::uint32_t, 6> kAutomatic{60, 300, 900, 3600, 21'600, 86'400};
  constexpr std::array<std::uint32_t, 4> kAllowed{60, 300, 900, 3600};
  TimeseriesPlan plan;
  const auto align = [&](std::uint32_t interval) {
    const std::chrono::seconds step{interval};
    plan.intervalS = interval;
    plan.range = {floorTo(query.range.from, step), ceilTo(query.range.to, step)};
    return static_cast<std::size_t>((plan.range.to - plan.range.from) / step) <= mostPoints;
  };
  if (query.intervalS == 0) {
    if (std::none_of(kAutomatic.begin(), kAutomatic.end(), align)) {
      return fieldFault(ErrorCode::rangeTooWide, "from", "the range may be at most 92 days");
    }
  } else if (std::find(kAllowed.begin(), kAllowed.end(), query.intervalS) == kAllowed.end()) {
    return fieldFault(ErrorCode::outOfRange, "interval", "interval must be auto, 1m, 5m, 15m or 1h");
  } else if (!align(query.intervalS)) {
    return fieldFault(ErrorCode::rangeTooWide, "interval",
                      "the range holds more than " + std::to_string(mostPoints) + " points of this interval");
  }
  plan.byHour = plan.intervalS >= 3600;
  const bool latency = query.metric == TimeseriesMetric::latency;
  plan.wanted = {latency, latency, query.metric == TimeseriesMetric::uniqueIps};
  return plan;
}

std::vector<std::string> rollupServicesOf(const std::string& service, const std::string& route) {
  return route.empty() ? std::vector{service} : singleServicesOf(service);
}

IntervalSums emptySumsOf(const TimeseriesPlan& plan, const KnownTime& known) {
  const std::chrono::seconds step{plan.intervalS};
  IntervalSums sums(static_cast<std::size_t>((plan.range.to - plan.range.from) / step));
  for (std::size_t i = 0; i < sums.size(); ++i) {
    if (known.covers(plan.range.from + step * static_cast<std::int64_t>(i), step)) {
      sums[i].emplace();
    }
  }
  return sums;
}

RollupCounts& sumAt(IntervalSums& sums, const TimeseriesPlan& plan, TimePoint start) {
  auto& sum =
      sums.at(static_cast<std::size_t>((start - plan.range.from) / std::chrono::seconds{plan.intervalS}));
  return sum ? *sum : sum.emplace();
}

std::vector<TimePoint> labelsOf(const TimeseriesPlan& plan) {
  std::vector<TimePoint> labels;
  for (auto at = plan.range.from; at < plan.range.to; at += std::chrono::seconds{plan.intervalS}) {
    labels.push_back(at);
  }
  return labels;
}

Timeseries timeseriesOf(const TimeseriesQuery& query, const TimeseriesPlan& plan, const IntervalSums& sums) {
  Timeseries series;
  series.metric = query.metric;
  series.from = plan.range.from;
  series.to = plan.range.to;
  series.intervalS = plan.intervalS;
  series.labels = labelsOf(plan);
  const auto add = [&](const char* label, auto figure) {
    TimeseriesDataset dataset{label, {}};
    for (const auto& sum : sums) {
      dataset.data.push_back(sum ? figure(*sum) : std::nullopt);
    }
    series.datasets.push_back(std::move(dataset));
  };
  using Figure = std::optional<double>;
  const auto clientErrors = [](const RollupCounts& sum) {
    return Figure(static_cast<double>(sum.status4xx));
  };
  const auto serverErrors = [](const RollupCounts& sum) {
    return Figure(static_cast<double>(sum.status5xx));
  };
  switch (query.metric) {
    case TimeseriesMetric::requests:
      add("success",
          [](const RollupCounts& sum) { return Figure(static_cast<double>(sum.status2xx + sum.status3xx)); });
      add("client_error", clientErrors);
      add("server_error", serverErrors);
      add("rate_limited",
          [](const RollupCounts& sum) { return Figure(static_cast<double>(sum.rateLimited)); });
      break;
    case TimeseriesMetric::errors:
      add("client_error", clientErrors);
      add("server_error", serverErrors);
      break;
    case TimeseriesMetric::uniqueIps:
      add("unique_ips", [](const RollupCounts& sum) { return Figure(std::round(sum.addresses.estimate())); });
      break;
    case TimeseriesMetric::latency: {
      const auto quantile = [](const LatencyHistogram& histogram, double fraction) {
        return histogram.empty() ? Figure() : Figure(quantileMs(histogram, fraction));
      };
      add("gateway_p50_ms", [&](const RollupCounts& sum) { return quantile(sum.gateway, 0.5); });
      add("gateway_p95_ms", [&](const RollupCounts& sum) { return quantile(sum.gateway, 0.95); });
      add("gateway_p99_ms", [&](const RollupCounts& sum) { return quantile(sum.gateway, 0.99); });
      add("gateway_avg_ms", [](const RollupCounts& sum) {
        return sum.total == 0 ? Figure() : Figure(averageMs(sum.gatewaySumUs, sum.total));
      });
      add("backend_p50_ms", [&](const RollupCounts& sum) { return quantile(sum.backend, 0.5); });
      add("backend_p95_ms", [&](const RollupCounts& sum) { return quantile(sum.backend, 0.95); });
      add("backend_p99_ms", [&](const RollupCounts& sum) { return quantile(sum.backend, 0.99); });
      add("backend_avg_ms", [](const RollupCounts& sum) {
        return sum.backendCount == 0 ? Figure() : Figure(averageMs(sum.backendSumUs, sum.backendCount));
      });
      break;
    }
  }
  return series;
}

Result<HourlyPlan> planHourly(const HourlyQuery& query) {
  if (auto fault = checkQuery(query.service, query.range, kWidest)) {
    return std::move(*fault);
  }
  if (auto fault = checkLimit(query.limit)) {
    return std::move(*fault);
  }
  HourlyPlan plan;
  plan.range = {floorTo(query.range.from, std::chrono::hours{1}),
                ceilTo(query.range.to, std::chrono::hours{1})};
  plan.services = singleServicesOf(query.service);
  plan.limit = query.limit;
  plan.list = "hourly " + query.service + " " + query.route;
  auto after = takeCursor(plan.list, query.cursor, plan.range);
  if (!after) {
    return std::move(after.fault());
  }
  plan.after = std::move(after.value());
  return plan;
}

HourlyPage hourlyPageOf(const HourlyPlan& plan, std::vector<HourlyRow> rows) {
  HourlyPage page;
  if (rows.size() > plan.limit) {
    rows.resize(plan.limit);
    page.nextCursor = writePageCursor(plan.list, {rows.back().hourStart, rows.back().service});
  }
  page.rows = std::move(rows);
  return page;
}

std::string healthStatusOf(const ProcessHealth& health, TimePoint now) {
  if (now - health.at > kStaleHealth) {
    return "stale";
  }
  if (!health.database.up || !health.crypto.up) {
    return "unhealthy";
  }
  return health.redis.up ? "healthy" : "degraded";
}

CollectorStatus collectorStatusOf(std::vector<CollectorFile> files, std::uint64_t lines,
                                  std::uint64_t badLines, std::uint64_t oversizedLines,
                                  std::optional<TimePoint> lastBatchAt) {
  CollectorStatus status;
  for (const auto& file : files) {
    status.lagBytes += file.lagBytes;
    status.lagS = std::max(status.lagS, file.lagS);
    if (status.lastError.empty() && file.state != "done") {
      status.lastError = file.lastError;
    }
  }
  status.files = std::move(files);
  status.lines = lines;
  status.badLines = badLines;
  status.oversizedLines = oversizedLines;
  status.lastBatchAt = lastBatchAt;
  return status;
}

}  // namespace ks
