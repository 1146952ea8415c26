#pragma once
#include <array>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/result.hpp"
#include "core/text/pageCursor.hpp"
#include "messages/monitoring/collectorRecords.hpp"
#include "messages/monitoring/monitoringMessages.hpp"

// How answers are made from rollup rows.
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
  bool sparkByHour = false;  ///< the range is whole hours, whose rows make the sparks; else minute rows do
};
[[nodiscard]] Result<SummaryPlan> planSummary(const DashboardSummaryQuery& query);

/// Equal parts of the range that a spark line shows.
inline constexpr std::size_t kSparkPoints = 24;
/// What a summary is made of: rollup rows added up as they were read.
struct SummarySums {
  std::vector<RollupCounts> spark{kSparkPoints};  ///< of the range's equal parts, without addresses
  HyperLogLog addresses;                          ///< of the range
  RollupCounts previous;                          ///< without addresses
  /// Of the busiest routes, by service and route: totals, server errors and gateway histogram.
  std::map<std::pair<std::string, std::string>, RollupCounts> top;
  std::vector<ServiceShare> services;
  double suspicious = 0;        ///< addresses in the range
  double suspiciousBefore = 0;  ///< in the range before
  std::array<double, kSparkPoints> suspiciousSpark{};
  std::vector<SuspiciousIp> suspiciousIps;
  double collectorLagS = 0;

  /// The part that a row of this start belongs to.
  [[nodiscard]] RollupCounts& sparkAt(const SummaryPlan& plan, TimePoint start);
};
[[nodiscard]] DashboardSummary summaryOf(const DashboardSummaryQuery& query, const SummaryPlan& plan,
                                         const SummarySums& sums);

/// Which sketches of a row are read; they are most of it.
struct WantedSketches {
  bool gateway = false;
  bool backend = false;
  bool addresses = false;
};

struct TimeseriesPlan {
  TimeRange range;  ///< in whole intervals
  std::uint32_t intervalS = 60;
  bool byHour = false;
  WantedSketches wanted;
};
inline constexpr std::size_t kMostTimeseriesPoints = 300;
[[nodiscard]] Result<TimeseriesPlan> planTimeseries(const TimeseriesQuery& query,
                                                    std::size_t mostPoints = kMostTimeseriesPoints);
/// The rollup rows' services that answer for `service` and `route` (empty: all of the service's).
[[nodiscard]] std::vector<std::string> rollupServicesOf(const std::string& service, const std::string& route);

/// Of which time the rollups tell. An interval outside without requests is a gap and not a zero.
struct KnownTime {
  std::optional<TimePoint> from;  ///< nothing: nothing has been collected
  TimePoint to;                   ///< now, or how far the log has been read while more of it waits
  [[nodiscard]] bool covers(TimePoint start, std::chrono::seconds length) const {
    return from && start + length > *from && start < to;
  }
};
/// Rollup rows added up by interval; nothing where nothing is known.
using IntervalSums = std::vector<std::optional<RollupCounts>>;
[[nodiscard]] IntervalSums emptySumsOf(const TimeseriesPlan& plan, const KnownTime& known);
/// The interval that a row of this start belongs to; it is counted from now on. `start` is in the plan's
/// range.
[[nodiscard]] RollupCounts& sumAt(IntervalSums& sums, const TimeseriesPlan& plan, TimePoint start);
[[nodiscard]] std::vector<TimePoint> labelsOf(const TimeseriesPlan& plan);
[[nodiscard]] Timeseries timeseriesOf(const TimeseriesQuery& query, const TimeseriesPlan& plan,
                                      const IntervalSums& sums);

[[nodiscard]] Result<TimeseriesPlan> planHeatmap(const HeatmapQuery& query);
[[nodiscard]] Heatmap heatmapOf(const HeatmapQuery& query, const TimeseriesPlan& plan,
                                const IntervalSums& sums);

/// Service and range of every question.
[[nodiscard]] std::optional<Fault> checkQuery(const std::string& service, const TimeRange& range,
                                              std::chrono::hours widest);
[[nodiscard]] std::optional<Fault> checkLimit(std::uint32_t limit);
/// The cursor of a list over a range. The range may have moved on since the cursor was given out.
[[nodiscard]] Result<std::optional<PageCursor>> takeCursor(const std::string& list, const std::string& text,
                                                           const TimeRange& range);

struct HourlyPlan {
  TimeRange range;
  std::vector<std::string> services;
  std::uint32_t limit = 50;
  std::string list;                 ///< the list name of its cursors
  std::optional<PageCursor> after;  ///< hour and service of the last row seen
};
[[nodiscard]] Result<HourlyPlan> planHourly(const HourlyQuery& query);
/// `rows` holds one more than the limit when there is more.
[[nodiscard]] HourlyPage hourlyPageOf(const HourlyPlan& plan, std::vector<HourlyRow> rows);

[[nodiscard]] std::string healthStatusOf(const ProcessHealth& health, TimePoint now);
[[nodiscard]] CollectorStatus collectorStatusOf(std::vector<CollectorFile> files, std::uint64_t lines,
                                                std::uint64_t badLines, std::uint64_t oversizedLines,
                                                std::optional<TimePoint> lastBatchAt);

}  // namespace ks
