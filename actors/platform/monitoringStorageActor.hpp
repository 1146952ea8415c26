#pragma once
#include <memory>

#include "actors/platform/storageState.hpp"
#include "messages/monitoring/monitoringInterfaces.hpp"
#include "persistence/monitoringEngineInterface.hpp"

namespace ks {

/// See MonitoringStorageActor.
class MonitoringStorageState : public StorageStateBase<MonitoringStorageActor, MonitoringEngineInterface> {
 public:
  MonitoringStorageState(MonitoringStorageActor::pointer self, std::shared_ptr<ActorProbe> probe,
                         const MonitoringEngineFactory& makeEngine);
  MonitoringStorageActor::behavior_type make_behavior();
};

}  // namespace ks
