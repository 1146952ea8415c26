#include "apps/admin/userActors.hpp"

#include <utility>

#include "actors/administration/userAdministrationActor.hpp"
#include "actors/runtime/spawnHelpers.hpp"
#include "apps/wiring/accountActors.hpp"

namespace ks {

void UserActors::addTo(ServerContext& context, const ActorPool<MonitoringStorageActor>& storage) const {
  caf::init_global_meta_objects<caf::id_block::kUserAdministration>();  // the actor system has not started
                                                                        // yet
  context.addShared<UserAdministrationState>(
      "userAdministrationActor", users_,
      UserAdministrationDependencies{authDependencies(context), storage, context.settings.publicUrl});
}

}  // namespace ks
