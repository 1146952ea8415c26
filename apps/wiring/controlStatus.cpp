#include "apps/wiring/controlStatus.hpp"

#include <unistd.h>

#include <fstream>
#include <string>

#include "apps/wiring/version.hpp"

namespace ks {
namespace {

/// Second number of /proc/self/statm is the resident size in pages.
std::int64_t residentKib() {
  std::ifstream file("/proc/self/statm");
  std::int64_t size = 0;
  std::int64_t resident = 0;
  file >> size >> resident;
  return resident * (::sysconf(_SC_PAGESIZE) / 1024);
}

const char* statusName(const HealthReport& health, bool draining) {
  if (draining) {
    return "draining";
  }
  if (!health.serviceable()) {
    return "unhealthy";
  }
  return health.healthy() ? "healthy" : "degraded";
}

}  // namespace

ControlStatus controlStatus(ServerContext& context, const RequestContext& request, const HealthReport& health,
                            const AdmissionGate& gate) {
  ControlStatus status;
  status.process = context.kind.process;
  status.version = kVersion;
  status.pid = ::getpid();
  status.uptimeS =
      std::chrono::duration_cast<std::chrono::seconds>(context.clock.now() - context.startedAt).count();
  status.status = statusName(health, gate.draining());
  for (const auto& check : health.checks) {
    status.checks.push_back({check.name, check.up, check.required, check.latencyMs, check.error});
  }
  status.requestsInFlight = gate.inFlight();
  status.requestsRejected = gate.rejected();
  for (const auto& listener : context.listeners) {
    status.connections +=
        listener == context.listeners.front() ? 0 : listener->state().connections;  // kctl's own
  }
  const auto metrics = collectActorMetrics(*context.system);
  for (const auto& [name, actor] : metrics) {
    status.messagesQueued += static_cast<std::uint64_t>(std::max<std::int64_t>(actor.mailbox, 0));
  }
  status.actors = context.directory.list().size();
  const auto log = logQueueState();
  status.logLinesWaiting = log.waiting;
  status.logLinesDropped = log.dropped;
  status.cachedTokens = context.tokenCache->counters().entries;
  status.residentKib = residentKib();
  if (context.kind.collectorStatus) {
    auto collector = context.kind.collectorStatus(context, request);
    if (collector) {
      status.collector = std::move(collector.value());
    }
  }
  return status;
}

ControlActors controlActors(ServerContext& context) {
  const auto metrics = collectActorMetrics(*context.system);
  ControlActors all;
  for (const auto& probe : context.directory.list()) {
    ControlActor actor;
    actor.name = probe.name;
    actor.id = probe.actorId;
    actor.parent = probe.parent;
    actor.state = probe.running ? "running" : "restarting";
    actor.handled = probe.handled;
    actor.failed = probe.failed;
    actor.restarts = probe.restarts();
    actor.startedAt = probe.startedAt;
    actor.lastError = probe.lastError;
    if (const auto measured = metrics.find(probe.name); measured != metrics.end()) {
      actor.mailbox = measured->second.mailbox;
      actor.p50Ms = measured->second.p50Ms;
      actor.p99Ms = measured->second.p99Ms;
    }
    all.actors.push_back(std::move(actor));
  }
  for (const auto& listener : context.listeners) {
    const auto& report = all.listeners.emplace_back(listener->report());
    // The scoped actors of its handler threads live for one question each: one line for all of them.
    ControlActor calls;
    calls.name = report.actor + "/scopedActor";
    calls.parent = report.actor;
    calls.state = "running";
    calls.mailbox = static_cast<std::int64_t>(report.callsBegun - report.callsEnded);
    calls.handled = report.callsEnded;
    calls.startedAt = context.startedAt;
    all.actors.push_back(std::move(calls));
  }
  return all;
}

std::vector<ControlSetting> controlSettings(const ServerContext& context) {
  std::vector<ControlSetting> settings;
  for (const auto& effective : context.settingsBoard->current()->loaded.effective) {
    settings.push_back(
        {effective.variable, effective.value, std::string{settingOriginName(effective.origin)}});
  }
  return settings;
}

}  // namespace ks
