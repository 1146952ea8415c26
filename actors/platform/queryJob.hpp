#pragma once
#include <memory>
#include <utility>

#include "actors/platform/storageJob.hpp"
#include "messages/monitoring/monitoringInterfaces.hpp"
#include "persistence/monitoringEngineInterface.hpp"

// As actors/platform/storageJob.hpp, for the repositories of the admin process's query storages.
namespace ks {

template <auto Method>
QueryJob queryJob(const RequestContext& context, StorageArguments<Method> arguments) {
  return {context,
          std::make_shared<EngineOperation<MonitoringEngineInterface, Method>>(std::move(arguments))};
}

/// Asks a query storage for the method in the name of a request; the rest as runThen().
template <auto Method, class Self, class Promise, class Next>
void queryThen(Self self, const std::shared_ptr<ActorProbe>& probe, const RequestContext& context,
               std::chrono::milliseconds limit, const ActorPool<MonitoringStorageActor>& storage,
               StorageArguments<Method> arguments, Promise promise, Next next) {
  runThen<Method>(self, probe, context, limit, storage.pick(),
                  queryJob<Method>(context, std::move(arguments)), std::move(promise), std::move(next));
}

}  // namespace ks
