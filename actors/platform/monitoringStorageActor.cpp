#include "actors/platform/monitoringStorageActor.hpp"

#include <utility>

namespace ks {

MonitoringStorageState::MonitoringStorageState(MonitoringStorageActor::pointer selfPointer,
                                               std::shared_ptr<ActorProbe> probe,
                                               const MonitoringEngineFactory& makeEngine)
    : StorageStateBase(selfPointer, std::move(probe), makeEngine()) {}

template <class Query, class Out, class Repository>
auto MonitoringStorageState::query(Repository& (MonitoringEngineInterface::*repository)(),
                                   void (Repository::*ask)(Query, Reply<Out>)) {
  return handler<Query, Out>([repository, ask](MonitoringEngineInterface& engine, Query& op, auto reply) {
    ((engine.*repository)().*ask)(std::move(op), reply);
  });
}

MonitoringStorageActor::behavior_type MonitoringStorageState::make_behavior() {
  using Engine = MonitoringEngineInterface;
  using Monitoring = MonitoringRepositoryInterface;
  using Events = EventQueryRepositoryInterface;
  using RequestLog = RequestLogRepositoryInterface;
  using SecurityLog = SecurityLogRepositoryInterface;
  return {
      query(&Engine::monitoring, &Monitoring::dashboardSummary),
      query(&Engine::monitoring, &Monitoring::timeseries),
      query(&Engine::monitoring, &Monitoring::hourly),
      query(&Engine::monitoring, &Monitoring::heatmap),
      query(&Engine::requestLog, &RequestLog::list),
      query(&Engine::requestLog, &RequestLog::verify),
      query(&Engine::securityLog, &SecurityLog::violations),
      query(&Engine::securityLog, &SecurityLog::activities),
      query(&Engine::securityLog, &SecurityLog::bans),
      query(&Engine::securityLog, &SecurityLog::topViolators),
      query(&Engine::securityLog, &SecurityLog::address),
      query(&Engine::securityLog, &SecurityLog::resolve),
      query(&Engine::monitoring, &Monitoring::currentHealth),
      query(&Engine::monitoring, &Monitoring::collectorStatus),
      query(&Engine::events, &Events::audit),
      query(&Engine::events, &Events::auditEntry),
      query(&Engine::events, &Events::verifyAudit),
      query(&Engine::events, &Events::trace),
      query(&Engine::events, &Events::healthHistory),
      guarded(self, probe_,
              [this](QueryJob& job) {
                return queued<StorageOutcome>([&](MonitoringEngineInterface& engine, auto reply) {
                  job.operation->run(engine, std::move(reply));
                });
              }),
      flushHandler(),
  };
}

}  // namespace ks
