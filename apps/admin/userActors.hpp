#pragma once
#include "apps/wiring/serverContext.hpp"
#include "messages/administration/userAdministrationMessages.hpp"
#include "messages/monitoring/monitoringInterfaces.hpp"

namespace ks {

/// The actors of user administration.
class UserActors {
 public:
  /// `storage`: the admin process's query storages.
  void addTo(ServerContext& context, const ActorPool<MonitoringStorageActor>& storage) const;
  [[nodiscard]] UserAdministrationActor users() const { return users_.get(); }

 private:
  ActorRef<UserAdministrationActor> users_;
};

}  // namespace ks
