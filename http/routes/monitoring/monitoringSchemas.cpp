#include "http/routes/monitoring/monitoringSchemas.hpp"

namespace ks {
namespace {

const EnumNames<TimeseriesMetric>& metricNames() {
  static const EnumNames<TimeseriesMetric> names{{TimeseriesMetric::requests, "requests"},
                                                 {TimeseriesMetric::latency, "latency"},
                                                 {TimeseriesMetric::errors, "errors"},
                                                 {TimeseriesMetric::uniqueIps, "unique_ips"}};
  return names;
}

}  // namespace

const ObjectSchema<RangeQuery>& rangeQuerySchema() {
  static const auto schema = rangeFields<RangeQuery>("RangeQuery");
  return schema;
}

const ObjectSchema<TimeseriesQueryInput>& timeseriesQuerySchema() {
  static const auto schema = rangeFields<TimeseriesQueryInput>("TimeseriesQuery")
                                 .field("metric", &TimeseriesQueryInput::metric, metricNames())
                                 .field("interval", &TimeseriesQueryInput::interval, intervalRules())
                                 .field("route", &TimeseriesQueryInput::route, routeFilter());
  return schema;
}

const ObjectSchema<HourlyQueryInput>& hourlyQuerySchema() {
  static const auto schema = [] {
    auto fields = rangeFields<HourlyQueryInput>("HourlyQuery");
    fields.field(
        "route", &HourlyQueryInput::route,
        rules().optional().length(1, 256).describe(
            "rows of this route template, as top_endpoints names it; without it rows of whole services"));
    pageFields(fields);
    return fields;
  }();
  return schema;
}

FieldRules routeFilter() {
  return rules().optional().length(1, 256).describe("a route template, as top_endpoints names it");
}

FieldRules intervalRules() {
  return rules().optional().oneOf({"auto", "1m", "5m", "15m", "1h"}).describe("auto: at most 300 points");
}

const ObjectSchema<HeatmapQueryInput>& heatmapQuerySchema() {
  static const EnumNames<LatencySource> names{{LatencySource::gateway, "gateway"},
                                              {LatencySource::backend, "backend"}};
  static const auto schema =
      rangeFields<HeatmapQueryInput>("HeatmapQuery")
          .field("latency", &HeatmapQueryInput::latency, names,
                 rules().optional().describe("of the whole request, or of the backend alone"))
          .field("route", &HeatmapQueryInput::route, routeFilter());
  return schema;
}

const ObjectSchema<Heatmap>& heatmapSchema() {
  static const auto band = ObjectSchema<LatencyBand>("LatencyBand", "Half-open")
                               .field("from_ms", &LatencyBand::fromMs)
                               .field("to_ms", &LatencyBand::toMs, rules().orNull().describe("null: no end"));
  static const auto schema =
      ObjectSchema<Heatmap>("Heatmap")
          .field("from", &Heatmap::from)
          .field("to", &Heatmap::to)
          .field("interval_s", &Heatmap::intervalS)
          .field("labels", &Heatmap::labels, rules().items(0, 170))
          .field("bands", &Heatmap::bands, band)
          .field("counts", &Heatmap::counts,
                 rules().items(0, 170).describe("for each label the requests in each band; null: nothing is "
                                                "known of that interval"));
  return schema;
}

const ObjectSchema<DashboardSummary>& dashboardSummarySchema() {
  static const auto figure =
      ObjectSchema<ComparedFigure>("ComparedFigure",
                                   "A figure beside that of the range of equal length before")
          .field("value", &ComparedFigure::value)
          .field("previous", &ComparedFigure::previous)
          .field("change_pct", &ComparedFigure::changePct,
                 rules().orNull().describe("null when there was nothing before"))
          .field("spark", &ComparedFigure::spark, rules().describe("24 equal parts of the range"));
  static const auto endpoint = ObjectSchema<TopEndpoint>("TopEndpoint")
                                   .field("service", &TopEndpoint::service)
                                   .field("route", &TopEndpoint::route)
                                   .field("requests", &TopEndpoint::requests)
                                   .field("error_rate", &TopEndpoint::errorRate)
                                   .field("p95_latency_ms", &TopEndpoint::p95LatencyMs);
  static const auto suspicious =
      ObjectSchema<SuspiciousIp>("SuspiciousIp", "An address about which the detection rules found something")
          .field("remote_ip", &SuspiciousIp::remoteIp,
                 rules().describe("the last one seen of an IPv6 /64, which counts as one"))
          .field("severity", &SuspiciousIp::severity, rules().describe("the highest: low, medium or high"))
          .field("activities", &SuspiciousIp::activities)
          .field("unresolved", &SuspiciousIp::unresolved)
          .field("last_seen", &SuspiciousIp::lastSeen)
          .field("banned", &SuspiciousIp::banned, rules().describe("now"));
  static const auto share = ObjectSchema<ServiceShare>("ServiceShare")
                                .field("service", &ServiceShare::service)
                                .field("requests", &ServiceShare::requests);
  static const auto schema =
      ObjectSchema<DashboardSummary>("DashboardSummary")
          .field("from", &DashboardSummary::from)
          .field("to", &DashboardSummary::to)
          .field("service", &DashboardSummary::service)
          .field("generated_at", &DashboardSummary::generatedAt)
          .field("collector_lag_s", &DashboardSummary::collectorLagS)
          .field("total_requests", &DashboardSummary::totalRequests, figure)
          .field("error_rate", &DashboardSummary::errorRate, figure,
                 rules().describe("server errors, 0 to 1"))
          .field("rate_limited", &DashboardSummary::rateLimited, figure)
          .field("avg_latency_ms", &DashboardSummary::avgLatencyMs, figure)
          .field("p95_latency_ms", &DashboardSummary::p95LatencyMs, figure, rules().describe("within 1 %"))
          .field("success", &DashboardSummary::success)
          .field("client_errors", &DashboardSummary::clientErrors)
          .field("server_errors", &DashboardSummary::serverErrors)
          .field("unique_ips", &DashboardSummary::uniqueIps, rules().describe("within 2 %"))
          .field("rate_limit_violations", &DashboardSummary::rateLimitViolations)
          .field("suspicious_ip_count", &DashboardSummary::suspiciousIpCount, figure,
                 rules().describe("of all services; findings are kept as long as raw rows"))
          .field("suspicious_ips", &DashboardSummary::suspiciousIps, suspicious,
                 rules().items(0, 10).describe("the worst first, of all services"))
          .field("top_endpoints", &DashboardSummary::topEndpoints, endpoint)
          .field("services", &DashboardSummary::services, share);
  return schema;
}

const ObjectSchema<Timeseries>& timeseriesSchema() {
  static const auto dataset = ObjectSchema<TimeseriesDataset>("TimeseriesDataset")
                                  .field("label", &TimeseriesDataset::label)
                                  .field("data", &TimeseriesDataset::data,
                                         rules().describe("null: nothing is known of that interval"));
  static const auto schema = ObjectSchema<Timeseries>("Timeseries")
                                 .field("metric", &Timeseries::metric, metricNames())
                                 .field("from", &Timeseries::from)
                                 .field("to", &Timeseries::to)
                                 .field("interval_s", &Timeseries::intervalS)
                                 .field("labels", &Timeseries::labels)
                                 .field("datasets", &Timeseries::datasets, dataset);
  return schema;
}

const ListSchema<HourlyRow>& hourlyListSchema() {
  static const auto row =
      ObjectSchema<HourlyRow>("HourlyRow")
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
  static const ListSchema<HourlyRow> schema("HourlyList", row);
  return schema;
}

CurrentHealthOutput currentHealthOutput(const CurrentHealth& health) {
  const auto component = [](const ComponentHealth& of) {
    return ComponentOutput{of.up ? "up" : "down", of.latencyMs};
  };
  CurrentHealthOutput out;
  for (const auto& process : health.processes) {
    out.processes.push_back(
        {process.process,
         process.status,
         process.at,
         {component(process.database), component(process.redis), component(process.crypto)}});
  }
  return out;
}

const ObjectSchema<CurrentHealthOutput>& currentHealthSchema() {
  static const auto component = ObjectSchema<ComponentOutput>("ComponentHealth")
                                    .field("status", &ComponentOutput::status)
                                    .field("latency_ms", &ComponentOutput::latencyMs);
  static const auto components = ObjectSchema<ComponentsOutput>("ComponentsHealth")
                                     .field("database", &ComponentsOutput::database, component)
                                     .field("redis", &ComponentsOutput::redis, component)
                                     .field("crypto", &ComponentsOutput::crypto, component);
  static const auto process =
      ObjectSchema<ProcessHealthOutput>("ProcessHealth")
          .field("process", &ProcessHealthOutput::process)
          .field("status", &ProcessHealthOutput::status,
                 rules().describe("healthy, degraded, unhealthy, or stale: no report for three minutes"))
          .field("at", &ProcessHealthOutput::at)
          .field("checks", &ProcessHealthOutput::checks, components);
  static const auto schema = ObjectSchema<CurrentHealthOutput>("CurrentHealth")
                                 .field("processes", &CurrentHealthOutput::processes, process);
  return schema;
}

}  // namespace ks
