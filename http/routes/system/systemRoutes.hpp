#pragma once
#include <functional>
#include <string>
#include <vector>

#include "core/clockInterface.hpp"
#include "http/routing/openApiDocument.hpp"
#include "http/routing/requestMetrics.hpp"
#include "http/routing/routeTable.hpp"
#include "http/server/admissionGate.hpp"
#include "messages/platform/platformMessages.hpp"

namespace ks {

struct SystemRoutesConfig {
  std::vector<std::string> services;  ///< "auth", "payment": each gets /api/<service>/health…
  std::string documentedUnder;        ///< "auth": the OpenAPI document is at /api/auth/openapi.json
  OpenApiInfo info;                   ///< its version is also the one of /health
  TimePoint startedAt;
  const ClockInterface* clock = nullptr;
  /// The last report of the health actor. Called on a worker thread; must answer at once.
  std::function<HealthReport()> health;
  /// Appends further metrics; may be empty. Called on a worker thread.
  std::function<void(PrometheusText&)> appendMetrics;
  const AdmissionGate* gate = nullptr;
  RequestMetrics* metrics = nullptr;
};

/// /api/<service>/health, /health/live, /health/ready, openapi.json; and for loopback callers /health…,
/// /metrics. Add it last: the document lists the routes that are in the table at its first request.
void addSystemRoutes(RouteTable& routes, const SystemRoutesConfig& config);

}  // namespace ks
