#pragma once
#include <functional>
#include <memory>

#include "persistence/monitoringOperations.hpp"
#include "persistence/storageEngineInterface.hpp"

namespace ks {

/// Storage operations of the admin process alone.
class MonitoringEngineInterface : public StorageConnectionInterface,
                                  public RunsOperations<MonitoringOperations> {};

using MonitoringEngineFactory = std::function<std::unique_ptr<MonitoringEngineInterface>()>;

}  // namespace ks
