#pragma once
#include "persistence/monitoringRepositoryInterface.hpp"
#include "persistence/postgres/monitoring/rollupQueries.hpp"
#include "persistence/sql/postgresPipeline.hpp"

namespace ks {

/// Reads the rollups of migration 0002 over a pipelined connection.
class PostgresMonitoringRepository final : public MonitoringRepositoryInterface {
 public:
  explicit PostgresMonitoringRepository(PostgresPipeline& pipeline) : pipeline_(pipeline) {}

  void dashboardSummary(DashboardSummaryQuery query, Reply<DashboardSummary> reply) override;
  void timeseries(TimeseriesQuery query, Reply<Timeseries> reply) override;
  void heatmap(HeatmapQuery query, Reply<Heatmap> reply) override;
  void hourly(HourlyQuery query, Reply<HourlyPage> reply) override;
  void currentHealth(CurrentHealthQuery query, Reply<CurrentHealth> reply) override;
  void collectorStatus(CollectorQuery query, Reply<CollectorStatus> reply) override;

 private:
  template <class Query, class Out>
  using SeriesAnswer = Out (*)(const Query&, const TimeseriesPlan&, const IntervalSums&);
  template <class Query, class Out>
  void series(Query query, const TimeseriesPlan& plan, Reply<Out> reply, SeriesAnswer<Query, Out> answer);

  PostgresPipeline& pipeline_;
};

}  // namespace ks
