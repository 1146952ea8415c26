#pragma once
#include "core/result.hpp"
#include "messages/monitoring/monitoringMessages.hpp"

namespace ks {

/// What the administration reads of the collected traffic. Reads rollups only, never raw rows, so that its
/// cost grows with the range's hours and not with its requests.
///
/// Calls only queue; StorageEngineInterface::flush() runs them and calls each reply exactly once. Belongs to
/// one thread. Faults: `validationFailed`-kind codes naming the field (`outOfRange` service or range,
/// `rangeTooWide`, `cursorInvalid`), `dependencyUnavailable`, `timeout`, `internal`.
class MonitoringRepositoryInterface {
 public:
  virtual ~MonitoringRepositoryInterface() = default;

  virtual void dashboardSummary(DashboardSummaryQuery query, Reply<DashboardSummary> reply) = 0;
  virtual void timeseries(TimeseriesQuery query, Reply<Timeseries> reply) = 0;
  virtual void heatmap(HeatmapQuery query, Reply<Heatmap> reply) = 0;
  /// Newest first, then by service.
  virtual void hourly(HourlyQuery query, Reply<HourlyPage> reply) = 0;
  /// The latest report of each process; a report older than three minutes is `stale`.
  virtual void currentHealth(CurrentHealthQuery query, Reply<CurrentHealth> reply) = 0;
  virtual void collectorStatus(CollectorQuery query, Reply<CollectorStatus> reply) = 0;
};

}  // namespace ks
