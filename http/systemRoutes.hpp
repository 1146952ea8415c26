#pragma once
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "core/clockInterface.hpp"
#include "http/admissionGate.hpp"
#include "http/openApiDocument.hpp"
#include "http/requestMetrics.hpp"
#include "http/routeTable.hpp"

namespace ks {

enum class HealthStatus : std::uint8_t { healthy, degraded, unhealthy };

struct HealthCheck {
  bool up = false;
  double latencyMs = 0;
};

/// What the health actor last found.
struct HealthReport {
  HealthStatus status = HealthStatus::unhealthy;
  HealthCheck database;
  HealthCheck redis;
  HealthCheck crypto;
  bool ready = false;  ///< the process can serve requests
};

struct SystemRoutesConfig {
  std::vector<std::string> services;  ///< "auth", "payment": each gets /api/<service>/health…
  std::string documentedUnder;        ///< "auth": the OpenAPI document is at /api/auth/openapi.json
  OpenApiInfo info;                   ///< its version is also the one of /health
  TimePoint startedAt;
  const ClockInterface* clock = nullptr;
  /// Called on a worker thread; must answer at once (a snapshot, no check of its own).
  std::function<HealthReport()> health;
  /// Appends further Prometheus text; may be empty. Called on a worker thread.
  std::function<void(std::string&)> appendMetrics;
  const AdmissionGate* gate = nullptr;
  const RequestMetrics* const* metrics = nullptr;  ///< pointer to where the metrics will be once the table is complete
};

/// /api/<service>/health, /health/live, /health/ready, openapi.json; and for loopback callers /health…, /metrics.
/// Add it last: the document lists the routes that are in the table when it is first asked for.
void addSystemRoutes(RouteTable& routes, const SystemRoutesConfig& config);

}  // namespace ks
