#pragma once
#include <functional>
#include <memory>

#include "persistence/eventQueryRepositoryInterface.hpp"
#include "persistence/monitoringRepositoryInterface.hpp"
#include "persistence/requestLogRepositoryInterface.hpp"
#include "persistence/securityLogRepositoryInterface.hpp"
#include "persistence/storageEngineInterface.hpp"

namespace ks {

/// What only the admin process asks the storage.
class MonitoringEngineInterface : public StorageConnectionInterface {
 public:
  virtual MonitoringRepositoryInterface& monitoring() = 0;
  virtual EventQueryRepositoryInterface& events() = 0;
  virtual RequestLogRepositoryInterface& requestLog() = 0;
  virtual SecurityLogRepositoryInterface& securityLog() = 0;
};

using MonitoringEngineFactory = std::function<std::unique_ptr<MonitoringEngineInterface>()>;

}  // namespace ks
