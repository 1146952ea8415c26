#pragma once
#include <memory>
#include <utility>

#include "actors/platform/storageJob.hpp"
#include "messages/monitoring/monitoringInterfaces.hpp"
#include "persistence/monitoringEngineInterface.hpp"

// As actors/platform/storageJob.hpp, for the admin process's query storages.
namespace ks {

template <class Op>
QueryJob queryJob(const RequestContext& context, Op operation) {
  return {context, std::make_shared<EngineOperation<MonitoringEngineInterface, Op>>(std::move(operation))};
}

/// Asks a query storage in the name of a request; the rest as runThen().
template <class Op, class Self, class Promise, class Next>
void queryThen(Self self, const std::shared_ptr<ActorProbe>& probe, const RequestContext& context,
               std::chrono::milliseconds limit, const ActorPool<MonitoringStorageActor>& storage,
               Op operation, Promise promise, Next next) {
  runThen<Op>(self, probe, context, limit, storage.pick(), queryJob(context, std::move(operation)),
              std::move(promise), std::move(next));
}

}  // namespace ks
