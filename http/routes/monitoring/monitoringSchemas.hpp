#pragma once
#include <optional>
#include <string>
#include <vector>

#include "core/text/pageCursor.hpp"
#include "http/routing/listSchema.hpp"
#include "http/schema/objectSchema.hpp"
#include "messages/monitoring/monitoringMessages.hpp"

// Queries and answers of the monitoring routes.
namespace ks {

/// `range`, `from` and `to` of a query.
template <class T>
void timeFields(ObjectSchema<T>& schema) {
  schema
      .field("range", &T::range,
             rules()
                 .optional()
                 .oneOf({"1h", "6h", "24h", "7d"})
                 .describe("back from now; 24h when neither this nor from and to is given"))
      .field("from", &T::from, rules().describe("start, included; with to"))
      .field("to", &T::to, rules().describe("end, not included; with from"));
}

/// The fields `service`, `range`, `from` and `to` of a query.
template <class T>
ObjectSchema<T> rangeFields(std::string name) {
  ObjectSchema<T> schema(std::move(name));
  schema.field("service", &T::service,
               rules().optional().oneOf({"all", "auth", "payment", "admin", "gateway"}));
  timeFields(schema);
  return schema;
}

[[nodiscard]] inline FieldRules cursorRules() {
  return rules().optional().length(1, kPageCursorCharacters).describe("of the page before");
}

/// `limit` and `cursor` of a query for a page.
template <class T>
void pageFields(ObjectSchema<T>& schema) {
  schema.field("limit", &T::limit, rules().optional().range(1, 500))
      .field("cursor", &T::cursor, cursorRules());
}

/// The fields `route` and `interval` of a query.
[[nodiscard]] FieldRules routeFilter();
[[nodiscard]] FieldRules intervalRules();

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
  std::string route;
};
const ObjectSchema<TimeseriesQueryInput>& timeseriesQuerySchema();

struct HeatmapQueryInput {
  LatencySource latency = LatencySource::gateway;
  std::string service = "all";
  std::string range;
  std::optional<TimePoint> from;
  std::optional<TimePoint> to;
  std::string route;
};
const ObjectSchema<HeatmapQueryInput>& heatmapQuerySchema();
const ObjectSchema<Heatmap>& heatmapSchema();

struct HourlyQueryInput {
  std::string service = "all";
  std::string range;
  std::optional<TimePoint> from;
  std::optional<TimePoint> to;
  std::string route;
  std::uint32_t limit = 50;
  std::string cursor;
};
const ObjectSchema<HourlyQueryInput>& hourlyQuerySchema();

const ObjectSchema<DashboardSummary>& dashboardSummarySchema();
const ObjectSchema<Timeseries>& timeseriesSchema();

const ListSchema<HourlyRow>& hourlyListSchema();

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
