#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"
#include "messages/collectorRecords.hpp"
#include "messages/monitoringMessages.hpp"

// How answers are made from rollup rows: one truth for every implementation of MonitoringRepositoryInterface.
namespace ks {

/// Which rollup rows cover a range exactly: whole hours in the middle, minutes at both ends. Each part is
/// half-open and may be empty.
struct RollupSpans {
  TimeRange firstMinutes;
  TimeRange hours;
  TimeRange lastMinutes;
};
[[nodiscard]] RollupSpans spansOf(const TimeRange& range);

struct SummaryPlan {
  TimeRange range;     ///< in whole minutes; in whole hours when it is longer than two days
  TimeRange previous;  ///< the same length before it
  RollupSpans spans;
  RollupSpans previousSpans;
  bool sparkByHour = false;  ///< the sparks are made of hour rows, else of minute rows
};
[[nodiscard]] Result<SummaryPlan> planSummary(const DashboardSummaryQuery& query);

struct SummaryRows {
  std::vector<RollupDelta> range;     ///< of the service, empty route, with addresses
  std::vector<RollupDelta> previous;  ///< the same without addresses
  std::vector<RollupDelta> spark;     ///< by minute or hour, without addresses
  std::vector<RollupDelta> top;  ///< of the ten busiest routes: totals, server errors and gateway histogram
  std::vector<ServiceShare> services;
  double collectorLagS = 0;
};
[[nodiscard]] DashboardSummary summaryOf(const DashboardSummaryQuery& query, const SummaryPlan& plan,
                                         const SummaryRows& rows);

struct TimeseriesPlan {
  TimeRange range;  ///< in whole intervals
  std::uint32_t intervalS = 60;
  bool byHour = false;
  bool withAddresses = false;
};
[[nodiscard]] Result<TimeseriesPlan> planTimeseries(const TimeseriesQuery& query);
[[nodiscard]] Timeseries timeseriesOf(const TimeseriesQuery& query, const TimeseriesPlan& plan,
                                      const std::vector<RollupDelta>& rows);

struct HourlyPlan {
  TimeRange range;
  std::uint32_t limit = 50;
  std::optional<TimePoint> afterHour;
  std::string afterService;
};
[[nodiscard]] Result<HourlyPlan> planHourly(const HourlyQuery& query);
[[nodiscard]] HourlyRow hourlyRowOf(TimePoint hour, const std::string& service, const RollupCounts& counts);
/// `rows` holds one more than the limit when there is more.
[[nodiscard]] HourlyPage hourlyPageOf(const HourlyPlan& plan, std::vector<HourlyRow> rows);

[[nodiscard]] std::string healthStatusOf(const ProcessHealth& health, TimePoint now);
[[nodiscard]] CollectorStatus collectorStatusOf(std::vector<CollectorFile> files, std::uint64_t lines,
                                                std::uint64_t badLines, std::uint64_t oversizedLines,
                                                std::optional<TimePoint> lastBatchAt);

}  // namespace ks
