#pragma once
#include <functional>
#include <memory>

#include "persistence/eventQueryRepositoryInterface.hpp"
#include "persistence/monitoringRepositoryInterface.hpp"
#include "persistence/requestLogRepositoryInterface.hpp"
#include "persistence/securityLogRepositoryInterface.hpp"
#include "persistence/storageEngineInterface.hpp"
#include "persistence/userAdministrationRepositoryInterface.hpp"

namespace ks {

/// What only the admin process asks the storage.
class MonitoringEngineInterface : public StorageConnectionInterface {
 public:
  virtual MonitoringRepositoryInterface& monitoring() = 0;
  virtual EventQueryRepositoryInterface& events() = 0;
  virtual RequestLogRepositoryInterface& requestLog() = 0;
  virtual SecurityLogRepositoryInterface& securityLog() = 0;
  virtual UserAdministrationRepositoryInterface& users() = 0;
};

/// The repository that a job is for; see actors/platform/queryJob.hpp.
inline UserAdministrationRepositoryInterface& repositoryOf(MonitoringEngineInterface& engine,
                                                           UserAdministrationRepositoryInterface*) {
  return engine.users();
}

using MonitoringEngineFactory = std::function<std::unique_ptr<MonitoringEngineInterface>()>;

}  // namespace ks
