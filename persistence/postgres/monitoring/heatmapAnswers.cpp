#include <array>

#include "persistence/postgres/monitoring/rollupQueries.hpp"

namespace ks {
namespace {

/// An hour by minutes, a day by quarters of an hour, a week by hours.
constexpr std::size_t kMostColumns = 170;

/// Where the bands begin, in microseconds; the last has no end.
constexpr std::array<std::uint64_t, 13> kBandStartsUs{0,         1'000,     2'000,    5'000,   10'000,
                                                      20'000,    50'000,    100'000,  200'000, 500'000,
                                                      1'000'000, 2'000'000, 5'000'000};
constexpr double kUsOfMs = 1000;

}  // namespace

Result<TimeseriesPlan> planHeatmap(const HeatmapQuery& query) {
  auto plan = planTimeseries(
      {TimeseriesMetric::latency, query.service, query.range, 0, query.route, query.now}, kMostColumns);
  if (plan.ok()) {
    const bool gateway = query.latency == LatencySource::gateway;
    plan.value().wanted = {gateway, !gateway, false};
  }
  return plan;
}

Heatmap heatmapOf(const HeatmapQuery& query, const TimeseriesPlan& plan, const IntervalSums& sums) {
  Heatmap heatmap;
  heatmap.from = plan.range.from;
  heatmap.to = plan.range.to;
  heatmap.intervalS = plan.intervalS;
  heatmap.labels = labelsOf(plan);
  const auto endOf = [](std::size_t band) {
    return band + 1 < kBandStartsUs.size() ? std::optional(kBandStartsUs[band + 1]) : std::nullopt;
  };
  for (std::size_t i = 0; i < kBandStartsUs.size(); ++i) {
    LatencyBand band{static_cast<double>(kBandStartsUs[i]) / kUsOfMs, std::nullopt};
    if (const auto end = endOf(i)) {
      band.toMs = static_cast<double>(*end) / kUsOfMs;
    }
    heatmap.bands.push_back(band);
  }
  for (const auto& sum : sums) {
    auto& column = heatmap.counts.emplace_back();
    if (!sum) {
      continue;
    }
    const auto& histogram = query.latency == LatencySource::gateway ? sum->gateway : sum->backend;
    column.emplace();
    for (std::size_t i = 0; i < kBandStartsUs.size(); ++i) {
      column->push_back(histogram.countBetween(kBandStartsUs[i], endOf(i).value_or(UINT64_MAX)));
    }
  }
  return heatmap;
}

}  // namespace ks
