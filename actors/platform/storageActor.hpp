#pragma once
#include <memory>

#include "actors/platform/storageState.hpp"
#include "messages/actorInterfaces.hpp"

namespace ks {

/// See StorageActor.
class StorageState : public StorageStateBase<StorageActor, StorageEngineInterface> {
 public:
  StorageState(StorageActor::pointer self, std::shared_ptr<ActorProbe> probe,
               const StorageEngineFactory& makeEngine);
  StorageActor::behavior_type make_behavior();
};

}  // namespace ks
