#include "http/routes/monitoring/monitoringSchemas.hpp"

namespace ks {
EnumNames<TimeseriesMetric> namesFor(Of<TimeseriesMetric> /*of*/) {
  return {{TimeseriesMetric::requests, "requests"},
          {TimeseriesMetric::latency, "latency"},
          {TimeseriesMetric::errors, "errors"},
          {TimeseriesMetric::uniqueIps, "unique_ips"}};
}

ObjectSchema<InRange<DashboardSummaryQuery>> schemaFor(Of<InRange<DashboardSummaryQuery>> /*of*/) {
  return rangeFields<InRange<DashboardSummaryQuery>>("RangeQuery");
}

ObjectSchema<ByInterval<TimeseriesQuery>> schemaFor(Of<ByInterval<TimeseriesQuery>> /*of*/) {
  return rangeFields<ByInterval<TimeseriesQuery>>("TimeseriesQuery")
      .field("metric", &TimeseriesQuery::metric)
      .field("interval", &ByInterval<TimeseriesQuery>::interval, intervalRules())
      .field("route", &TimeseriesQuery::route, routeFilter());
}

ObjectSchema<InRange<HourlyQuery>> schemaFor(Of<InRange<HourlyQuery>> /*of*/) {
  return pageFields(rangeFields<InRange<HourlyQuery>>("HourlyQuery")
                        .field("route", &HourlyQuery::route,
                               rules().optional().length(1, 256).describe(
                                   "rows of this route template, as top_endpoints names it; without it rows "
                                   "of whole services")));
}

FieldRules routeFilter() {
  return rules().optional().length(1, 256).describe("a route template, as top_endpoints names it");
}

FieldRules intervalRules() {
  return rules().optional().oneOf({"auto", "1m", "5m", "15m", "1h"}).describe("auto: at most 300 points");
}

ObjectSchema<InRange<HeatmapQuery>> schemaFor(Of<InRange<HeatmapQuery>> /*of*/) {
  static const EnumNames<LatencySource> names{{LatencySource::gateway, "gateway"},
                                              {LatencySource::backend, "backend"}};
  return rangeFields<InRange<HeatmapQuery>>("HeatmapQuery")
      .field("latency", &HeatmapQuery::latency, names,
             rules().optional().describe("of the whole request, or of the backend alone"))
      .field("route", &HeatmapQuery::route, routeFilter());
}

ObjectSchema<LatencyBand> schemaFor(Of<LatencyBand> /*of*/) {
  return ObjectSchema<LatencyBand>("LatencyBand", "Half-open")
      .field("from_ms", &LatencyBand::fromMs)
      .field("to_ms", &LatencyBand::toMs, rules().orNull().describe("null: no end"));
}

ObjectSchema<Heatmap> schemaFor(Of<Heatmap> /*of*/) {
  return ObjectSchema<Heatmap>("Heatmap", "How many requests took how long, by interval")
      .field("from", &Heatmap::from)
      .field("to", &Heatmap::to)
      .field("interval_s", &Heatmap::intervalS)
      .field("labels", &Heatmap::labels, rules().items(0, 170))
      .field("bands", &Heatmap::bands)
      .field("counts", &Heatmap::counts,
             rules().items(0, 170).describe("requests in each band for each label; null: no data for "
                                            "that interval"));
}

ObjectSchema<ComparedFigure> schemaFor(Of<ComparedFigure> /*of*/) {
  return ObjectSchema<ComparedFigure>("ComparedFigure",
                                      "A figure and that of the previous range of equal length")
      .field("value", &ComparedFigure::value)
      .field("previous", &ComparedFigure::previous)
      .field("change_pct", &ComparedFigure::changePct,
             rules().orNull().describe("null if there was no previous value"))
      .field("spark", &ComparedFigure::spark, rules().describe("24 equal parts of the range"));
}

ObjectSchema<TopEndpoint> schemaFor(Of<TopEndpoint> /*of*/) {
  return ObjectSchema<TopEndpoint>("TopEndpoint", "A route with many requests")
      .field("service", &TopEndpoint::service)
      .field("route", &TopEndpoint::route)
      .field("requests", &TopEndpoint::requests)
      .field("error_rate", &TopEndpoint::errorRate)
      .field("p95_latency_ms", &TopEndpoint::p95LatencyMs);
}

ObjectSchema<SuspiciousIp> schemaFor(Of<SuspiciousIp> /*of*/) {
  return ObjectSchema<SuspiciousIp>("SuspiciousIp", "An address with findings of the detection rules")
      .field("remote_ip", &SuspiciousIp::remoteIp,
             rules().describe("the last address seen of an IPv6 /64, which counts as one"))
      .field("severity", &SuspiciousIp::severity, rules().describe("the highest: low, medium or high"))
      .field("activities", &SuspiciousIp::activities)
      .field("unresolved", &SuspiciousIp::unresolved)
      .field("last_seen", &SuspiciousIp::lastSeen)
      .field("banned", &SuspiciousIp::banned, rules().describe("now"));
}

ObjectSchema<ServiceShare> schemaFor(Of<ServiceShare> /*of*/) {
  return ObjectSchema<ServiceShare>("ServiceShare", "The requests of one service")
      .field("service", &ServiceShare::service)
      .field("requests", &ServiceShare::requests);
}

ObjectSchema<DashboardSummary> schemaFor(Of<DashboardSummary> /*of*/) {
  return ObjectSchema<DashboardSummary>("DashboardSummary", "The figures of the dashboard")
      .field("from", &DashboardSummary::from)
      .field("to", &DashboardSummary::to)
      .field("service", &DashboardSummary::service)
      .field("generated_at", &DashboardSummary::generatedAt)
      .field("collector_lag_s", &DashboardSummary::collectorLagS)
      .field("total_requests", &DashboardSummary::totalRequests)
      .field("error_rate", &DashboardSummary::errorRate, rules().describe("server errors, 0 to 1"))
      .field("rate_limited", &DashboardSummary::rateLimited)
      .field("avg_latency_ms", &DashboardSummary::avgLatencyMs)
      .field("p95_latency_ms", &DashboardSummary::p95LatencyMs, rules().describe("within 1 %"))
      .field("success", &DashboardSummary::success)
      .field("client_errors", &DashboardSummary::clientErrors)
      .field("server_errors", &DashboardSummary::serverErrors)
      .field("unique_ips", &DashboardSummary::uniqueIps, rules().describe("within 2 %"))
      .field("rate_limit_violations", &DashboardSummary::rateLimitViolations)
      .field("suspicious_ip_count", &DashboardSummary::suspiciousIpCount,
             rules().describe("of all services; findings are kept as long as raw rows"))
      .field("suspicious_ips", &DashboardSummary::suspiciousIps,
             rules().items(0, 10).describe("the worst first, of all services"))
      .field("top_endpoints", &DashboardSummary::topEndpoints)
      .field("services", &DashboardSummary::services);
}

ObjectSchema<TimeseriesDataset> schemaFor(Of<TimeseriesDataset> /*of*/) {
  return ObjectSchema<TimeseriesDataset>("TimeseriesDataset", "One line of a chart")
      .field("label", &TimeseriesDataset::label)
      .field("data", &TimeseriesDataset::data, rules().describe("null: no data for that interval"));
}

ObjectSchema<Timeseries> schemaFor(Of<Timeseries> /*of*/) {
  return ObjectSchema<Timeseries>("Timeseries", "One figure over time")
      .field("metric", &Timeseries::metric)
      .field("from", &Timeseries::from)
      .field("to", &Timeseries::to)
      .field("interval_s", &Timeseries::intervalS)
      .field("labels", &Timeseries::labels)
      .field("datasets", &Timeseries::datasets);
}

ObjectSchema<HourlyRow> schemaFor(Of<HourlyRow> /*of*/) {
  return ObjectSchema<HourlyRow>("HourlyRow", "The figures of one hour")
      .field("hour_start", &HourlyRow::hourStart)
      .field("service", &HourlyRow::service)
      .field("total_requests", &HourlyRow::totalRequests)
      .field("successful_requests", &HourlyRow::successfulRequests)
      .field("client_errors", &HourlyRow::clientErrors)
      .field("server_errors", &HourlyRow::serverErrors)
      .field("rate_limited_requests", &HourlyRow::rateLimitedRequests)
      .field("avg_nginx_latency_ms", &HourlyRow::avgNginxLatencyMs)
      .field("p95_nginx_latency_ms", &HourlyRow::p95NginxLatencyMs)
      .field("avg_backend_latency_ms", &HourlyRow::avgBackendLatencyMs, rules().orNull())
      .field("p95_backend_latency_ms", &HourlyRow::p95BackendLatencyMs, rules().orNull())
      .field("unique_ips", &HourlyRow::uniqueIps)
      .field("error_rate", &HourlyRow::errorRate)
      .field("rate_limit_rate", &HourlyRow::rateLimitRate);
}

ObjectSchema<ComponentHealth> schemaFor(Of<ComponentHealth> /*of*/) {
  return ObjectSchema<ComponentHealth>("ComponentHealth", "Whether a part is up")
      .field("status", &ComponentHealth::up, EnumNames<bool>{{true, "up"}, {false, "down"}})
      .field("latency_ms", &ComponentHealth::latencyMs);
}

struct ComponentsOutput {
  ComponentHealth database;
  ComponentHealth redis;
  ComponentHealth crypto;
};
ObjectSchema<ComponentsOutput> schemaFor(Of<ComponentsOutput> /*of*/) {
  return ObjectSchema<ComponentsOutput>("ComponentsHealth", "The parts of a process")
      .field("database", &ComponentsOutput::database)
      .field("redis", &ComponentsOutput::redis)
      .field("crypto", &ComponentsOutput::crypto);
}

ObjectSchema<ProcessHealth> schemaFor(Of<ProcessHealth> /*of*/) {
  using Process = ProcessHealth;
  return ObjectSchema<Process>("ProcessHealth", "The newest health report of a process")
      .field("process", &Process::process)
      .field("status", &Process::status,
             rules().describe("healthy, degraded, unhealthy, or stale: no report for three minutes"))
      .field("at", &Process::at)
      .computed("checks", [](const Process& of) {
        return ComponentsOutput{of.database, of.redis, of.crypto};
      });
}

}  // namespace ks
