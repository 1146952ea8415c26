#pragma once
#include <optional>
#include <string>
#include <vector>

#include "http/authSchemas.hpp"
#include "http/objectSchema.hpp"
#include "messages/monitoringMessages.hpp"

// Queries and answers of the monitoring routes.
namespace ks {

/// Either `range` (back from now) or `from` and `to`.
struct RangeQuery {
  std::string service = "all";
  std::string range;
  std::optional<TimePoint> from;
  std::optional<TimePoint> to;
};
const ObjectSchema<RangeQuery>& rangeQuerySchema();

struct TimeseriesQueryInput {
  TimeseriesMetric metric = TimeseriesMetric::requests;
  std::string service = "all";
  std::string range;
  std::optional<TimePoint> from;
  std::optional<TimePoint> to;
  std::string interval = "auto";
};
const ObjectSchema<TimeseriesQueryInput>& timeseriesQuerySchema();

struct HourlyQueryInput {
  std::string service = "all";
  std::string range;
  std::optional<TimePoint> from;
  std::optional<TimePoint> to;
  std::uint32_t limit = 50;
  std::string cursor;
};
const ObjectSchema<HourlyQueryInput>& hourlyQuerySchema();

const ObjectSchema<DashboardSummary>& dashboardSummarySchema();
const ObjectSchema<Timeseries>& timeseriesSchema();

struct HourlyOutput {
  std::vector<HourlyRow> data;
  PageOutput page;
};
const ObjectSchema<HourlyOutput>& hourlyOutputSchema();

struct ComponentOutput {
  std::string status;
  double latencyMs = 0;
};
struct ComponentsOutput {
  ComponentOutput database;
  ComponentOutput redis;
  ComponentOutput crypto;
};
struct ProcessHealthOutput {
  std::string process;
  std::string status;
  TimePoint at;
  ComponentsOutput checks;
};
struct CurrentHealthOutput {
  std::vector<ProcessHealthOutput> processes;
};
CurrentHealthOutput currentHealthOutput(const CurrentHealth& health);
const ObjectSchema<CurrentHealthOutput>& currentHealthSchema();

}  // namespace ks
