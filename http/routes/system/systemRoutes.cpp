#include "http/routes/system/systemRoutes.hpp"

#include <cstdio>
#include <map>
#include <memory>
#include <mutex>
#include <utility>

#include "core/contentHash.hpp"
#include "http/routing/versionTag.hpp"

namespace ks {
namespace {

struct CheckBody {
  bool up = false;
  double latencyMs = 0;
};

struct HealthBody {
  std::string status;
  std::map<std::string, CheckBody> checks;
  std::string version;
  std::int64_t uptimeS = 0;
  TimePoint timestamp;
};

struct StatusBody {
  std::string status;
};

ObjectSchema<CheckBody> schemaFor(Of<CheckBody> /*of*/) {
  return ObjectSchema<CheckBody>("HealthCheck", "The result of one check")
      .field("status", &CheckBody::up, EnumNames<bool>{{true, "up"}, {false, "down"}})
      .field("latency_ms", &CheckBody::latencyMs, rules().describe("Time of the check in milliseconds"));
}

ObjectSchema<HealthBody> schemaFor(Of<HealthBody> /*of*/) {
  return ObjectSchema<HealthBody>("Health", "Health of the process with the result of each check")
      .field("status", &HealthBody::status, rules().oneOf({"healthy", "degraded", "unhealthy"}))
      .field("checks", &HealthBody::checks)
      .field("version", &HealthBody::version)
      .field("uptime_s", &HealthBody::uptimeS, rules().describe("Seconds since the process started"))
      .field("timestamp", &HealthBody::timestamp);
}

ObjectSchema<StatusBody> schemaFor(Of<StatusBody> /*of*/) {
  return ObjectSchema<StatusBody>("Liveness", "Whether the process answers")
      .field("status", &StatusBody::status, rules().oneOf({"up", "down", "draining"}));
}

HttpResponse answerHealth(const SystemRoutesConfig& config) {
  const HealthReport report = config.health();
  HealthBody body;
  body.status = report.healthy() ? "healthy" : report.serviceable() ? "degraded" : "unhealthy";
  for (const auto& check : report.checks) {
    body.checks[check.name] = {check.up, check.latencyMs};
  }
  body.version = config.info.version;
  body.timestamp = config.clock->now();
  body.uptimeS = std::chrono::duration_cast<std::chrono::seconds>(body.timestamp - config.startedAt).count();
  return HttpResponse::json(report.serviceable() ? 200 : 503, body);
}

HttpResponse answerReady(const SystemRoutesConfig& config) {
  const bool draining = config.gate != nullptr && config.gate->draining();
  const bool ready = !draining && config.health().serviceable();
  return HttpResponse::json(ready ? 200 : 503, StatusBody{draining ? "draining" : ready ? "up" : "down"});
}

void addHealthRoutes(RouteTable& routes, const SystemRoutesConfig& config, const std::string& prefix,
                     const std::string& idPart, RouteReach reach) {
  RouteSpec spec;
  spec.path = prefix + "/health";
  spec.operationId = "health" + idPart;
  spec.summary = "Health with each check";
  spec.tag = "system";
  spec.admitted = false;
  spec.quick = true;
  spec.reach = reach;
  spec.documented = reach == RouteReach::everywhere;
  routes.add(spec,
             {output<HealthBody>(200, "Healthy, or degraded: an optional part is down"),
              output<HealthBody>(503, "Unhealthy: it cannot serve requests")},
             [config](const RequestCall<>&) { return answerHealth(config); });
  spec.path = prefix + "/health/live";
  spec.operationId = "healthLive" + idPart;
  spec.summary = "Whether the process answers";
  routes.add(spec, ok("It does"), [](const RequestCall<>&) { return StatusBody{"up"}; });
  spec.path = prefix + "/health/ready";
  spec.operationId = "healthReady" + idPart;
  spec.summary = "Whether the process can serve requests";
  routes.add(spec, {output<StatusBody>(200, "Ready"), output<StatusBody>(503, "Not ready")},
             [config](const RequestCall<>&) { return answerReady(config); });
}

/// The document and its tag are made at the first request: the table is complete by then.
class LazyDocument {
 public:
  LazyDocument(const RouteTable& routes, OpenApiInfo info) : routes_(routes), info_(std::move(info)) {}
  HttpResponse answer(const HttpRequest& request) {
    std::call_once(once_, [this] {
      text_ = openApiDocument(routes_, info_);
      // Weak: nginx compresses it.
      tag_ = "W/\"" + hexText(contentHash(text_)) + "\"";
    });
    const bool known = matchesTag(request.header("If-None-Match"), tag_);
    auto answer = known ? HttpResponse::empty(304) : HttpResponse::rawJson(200, text_);
    answer.setHeader("ETag", tag_);
    answer.setHeader("Cache-Control", "no-cache");
    return answer;
  }

 private:
  static std::string hexText(std::uint64_t value) {
    char text[17];
    std::snprintf(text, sizeof(text), "%016llx", static_cast<unsigned long long>(value));
    return text;
  }

  const RouteTable& routes_;
  const OpenApiInfo info_;
  std::once_flag once_;
  std::string text_;
  std::string tag_;
};

}  // namespace

void addSystemRoutes(RouteTable& routes, const SystemRoutesConfig& config) {
  for (const auto& service : config.services) {
    std::string idPart = service;
    idPart.front() = static_cast<char>(idPart.front() & ~0x20);
    addHealthRoutes(routes, config, "/api/" + service, idPart, RouteReach::everywhere);
  }
  addHealthRoutes(routes, config, "", "", RouteReach::loopbackOnly);

  auto document = std::make_shared<LazyDocument>(routes, config.info);
  RouteSpec spec;
  spec.path = "/api/" + config.documentedUnder + "/openapi.json";
  spec.operationId = "openApi";
  spec.summary = "This document";
  spec.tag = "system";
  routes.add(spec,
             {RouteOutput{.description = "OpenAPI 3.1", .hasTag = true},
              noBody(304, "Unchanged since the version in If-None-Match")},
             [document](const RequestCall<>& call) { return document->answer(call.request); });

  RouteSpec metrics;
  metrics.path = "/metrics";
  metrics.operationId = "metrics";
  metrics.summary = "Prometheus metrics";
  metrics.tag = "system";
  metrics.admitted = false;
  metrics.reach = RouteReach::loopbackOnly;
  metrics.documented = false;
  routes.add(metrics, {RouteOutput{200, "Metrics", nullptr, "text/plain"}},
             [config, &routes](const RequestCall<>&) {
               PrometheusText text;
               if (config.metrics != nullptr) {
                 config.metrics->append(text, routes);
               }
               if (config.gate != nullptr) {
                 append(text, *config.gate);
               }
               if (config.appendMetrics) {
                 config.appendMetrics(text);
               }
               return HttpResponse::text(200, "text/plain; version=0.0.4; charset=utf-8", text.text());
             });
}

}  // namespace ks
