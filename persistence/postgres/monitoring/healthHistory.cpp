#include "persistence/postgres/monitoring/healthHistory.hpp"

#include <array>

#include "persistence/postgres/monitoring/rollupQueries.hpp"

namespace ks {
namespace {

constexpr std::array<const char*, 3> kHealthParts{"database", "redis", "crypto"};

ComponentHistory gaps(const char* component, std::size_t points) {
  return {component, std::nullopt, std::vector<std::optional<double>>(points),
          std::vector<std::optional<double>>(points)};
}

void addUptime(ProcessHistory& process, const std::array<std::int64_t, 3>& ups) {
  for (std::size_t part = 0; part < ups.size(); ++part) {
    if (process.reports > 0) {
      process.components[part].uptimePct =
          100.0 * static_cast<double>(ups[part]) / static_cast<double>(process.reports);
    }
  }
}

}  // namespace

Result<HealthHistoryPlan> planHealthHistory(const HealthHistoryQuery& query) {
  TimeseriesQuery series;
  series.service = "all";
  series.range = query.range;
  series.intervalS = query.intervalS;
  auto planned = planTimeseries(series);
  if (!planned.ok()) {
    return std::move(planned.fault());
  }
  return HealthHistoryPlan{planned.value().range, planned.value().intervalS};
}

HealthHistory healthHistoryOf(const HealthHistoryPlan& plan, const std::vector<HealthBucket>& buckets) {
  const std::chrono::seconds step{plan.intervalS};
  const auto points = static_cast<std::size_t>((plan.range.to - plan.range.from) / step);
  HealthHistory history{plan.range.from, plan.range.to, plan.intervalS, {}, {}};
  for (std::size_t i = 0; i < points; ++i) {
    history.labels.push_back(plan.range.from + step * static_cast<std::int64_t>(i));
  }
  std::array<std::int64_t, 3> ups{};
  for (const auto& bucket : buckets) {
    if (history.processes.empty() || history.processes.back().process != bucket.process) {
      if (!history.processes.empty()) {
        addUptime(history.processes.back(), ups);
      }
      ups = {};
      ProcessHistory process{bucket.process, 0, {}};
      for (const char* part : kHealthParts) {
        process.components.push_back(gaps(part, points));
      }
      history.processes.push_back(std::move(process));
    }
    auto& process = history.processes.back();
    process.reports += static_cast<std::uint64_t>(bucket.reports);
    const auto at = static_cast<std::size_t>((bucket.start - plan.range.from) / step);
    for (std::size_t part = 0; part < ups.size() && at < points && bucket.reports > 0; ++part) {
      ups[part] += bucket.parts[part].up;
      process.components[part].up[at] =
          static_cast<double>(bucket.parts[part].up) / static_cast<double>(bucket.reports);
      process.components[part].latencyMs[at] = bucket.parts[part].latencyMs;
    }
  }
  if (!history.processes.empty()) {
    addUptime(history.processes.back(), ups);
  }
  return history;
}

}  // namespace ks
