#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/clockInterface.hpp"
#include "messages/monitoring/collectorStatus.hpp"

// Questions to the monitoring storage and their answers. The answers are what the admin API shows, field by
// field.
namespace ks {

/// Half-open range of time. Ends are taken to whole minutes outwards; the answer names the range that was
/// counted.
struct TimeRange {
  TimePoint from;
  TimePoint to;
};

/// A figure of the range and of the previous range of equal length.
struct ComparedFigure {
  double value = 0;
  double previous = 0;
  std::optional<double> changePct;  ///< nothing when there was nothing before
  std::vector<double> spark;        ///< 24 equal parts of the range
};

struct TopEndpoint {
  std::string service;
  std::string route;
  std::uint64_t requests = 0;
  double errorRate = 0;  ///< server errors, 0 to 1
  double p95LatencyMs = 0;
};

struct ServiceShare {
  std::string service;
  std::uint64_t requests = 0;
};

/// An address about which the detection rules found something.
struct SuspiciousIp {
  std::string remoteIp;  ///< the last one seen of an IPv6 /64, which counts as one
  std::string severity;  ///< the highest: low, medium or high
  std::uint64_t activities = 0;
  std::uint64_t unresolved = 0;  ///< of them
  TimePoint lastSeen;
  bool banned = false;  ///< now
};

struct DashboardSummary {
  TimePoint from;
  TimePoint to;
  std::string service;
  TimePoint generatedAt;
  double collectorLagS = 0;
  ComparedFigure totalRequests;
  ComparedFigure errorRate;  ///< server errors, 0 to 1
  ComparedFigure rateLimited;
  ComparedFigure avgLatencyMs;
  ComparedFigure p95LatencyMs;
  std::uint64_t success = 0;  ///< 1xx, 2xx and 3xx
  std::uint64_t clientErrors = 0;
  std::uint64_t serverErrors = 0;
  std::uint64_t uniqueIps = 0;
  std::uint64_t rateLimitViolations = 0;
  ComparedFigure suspiciousIpCount;         ///< whatever the service
  std::vector<SuspiciousIp> suspiciousIps;  ///< at most 10, the worst first
  std::vector<TopEndpoint> topEndpoints;    ///< at most 10
  std::vector<ServiceShare> services;
};

struct DashboardSummaryQuery {
  using Out = DashboardSummary;
  static constexpr const char* kName = "monitoring.summary";

  std::string service = "all";  ///< all, auth, payment, admin or gateway
  TimeRange range;
  TimePoint now;
};

enum class TimeseriesMetric : std::uint8_t { requests, latency, errors, uniqueIps };

struct TimeseriesDataset {
  std::string label;
  std::vector<std::optional<double>> data;
};

struct Timeseries {
  TimeseriesMetric metric = TimeseriesMetric::requests;
  TimePoint from;
  TimePoint to;
  std::uint32_t intervalS = 0;
  std::vector<TimePoint> labels;
  std::vector<TimeseriesDataset> datasets;
};

struct TimeseriesQuery {
  using Out = Timeseries;
  static constexpr const char* kName = "monitoring.timeseries";

  TimeseriesMetric metric = TimeseriesMetric::requests;
  std::string service = "all";
  TimeRange range;
  std::uint32_t intervalS = 0;  ///< 60, 300, 900 or 3600; 0: chosen so that there are at most 300 points
  std::string route;            ///< empty: all
  TimePoint now;
};

/// Whose latency: the whole request's, or the time that the backend took.
enum class LatencySource : std::uint8_t { gateway, backend };

/// Latencies of one row of a heatmap: half-open.
struct LatencyBand {
  double fromMs = 0;
  std::optional<double> toMs;  ///< nothing: without end
};

struct Heatmap {
  TimePoint from;
  TimePoint to;
  std::uint32_t intervalS = 0;
  std::vector<TimePoint> labels;
  std::vector<LatencyBand> bands;  ///< ascending
  /// For each label the requests in each band; nothing where nothing is known.
  std::vector<std::optional<std::vector<std::uint64_t>>> counts;
};

struct HeatmapQuery {
  using Out = Heatmap;
  static constexpr const char* kName = "monitoring.heatmap";

  LatencySource latency = LatencySource::gateway;
  std::string service = "all";
  TimeRange range;
  std::string route;  ///< empty: all
  TimePoint now;
};

struct HourlyRow {
  TimePoint hourStart;
  std::string service;
  std::uint64_t totalRequests = 0;
  std::uint64_t successfulRequests = 0;
  std::uint64_t clientErrors = 0;
  std::uint64_t serverErrors = 0;
  std::uint64_t rateLimitedRequests = 0;
  double avgNginxLatencyMs = 0;
  double p95NginxLatencyMs = 0;
  std::optional<double> avgBackendLatencyMs;
  std::optional<double> p95BackendLatencyMs;
  std::uint64_t uniqueIps = 0;
  double errorRate = 0;
  double rateLimitRate = 0;
};

struct HourlyPage {
  std::vector<HourlyRow> rows;
  std::string nextCursor;  ///< empty: there is no more
};

/// Newest first, then by service.
struct HourlyQuery {
  using Out = HourlyPage;
  static constexpr const char* kName = "monitoring.hourly";

  std::string service = "all";  ///< all: every service's rows
  TimeRange range;
  std::uint32_t limit = 50;  ///< at most 500
  std::string cursor;        ///< empty: from the newest
  std::string route;         ///< empty: rows of whole services
};

struct ComponentHealth {
  bool up = false;
  double latencyMs = 0;
};

struct ProcessHealth {
  std::string process;
  std::string status;  ///< healthy, degraded, unhealthy or stale
  TimePoint at;
  ComponentHealth database;
  ComponentHealth redis;
  ComponentHealth crypto;
};

/// The latest report of each process; a report older than three minutes is `stale`.
struct CurrentHealthQuery {
  using Out = std::vector<ProcessHealth>;
  static constexpr const char* kName = "monitoring.health";

  TimePoint now;
};

struct CollectorQuery {
  using Out = CollectorStatus;
  static constexpr const char* kName = "monitoring.collector";

  TimePoint now;
};

}  // namespace ks
