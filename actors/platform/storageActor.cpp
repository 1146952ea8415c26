#include "actors/platform/storageActor.hpp"

#include <utility>

namespace ks {

StorageState::StorageState(StorageActor::pointer selfPointer, std::shared_ptr<ActorProbe> probe,
                           const StorageEngineFactory& makeEngine)
    : StorageStateBase(selfPointer, std::move(probe), makeEngine()) {}

StorageActor::behavior_type StorageState::make_behavior() {
  return {
      guarded(self, probe_,
              [this](StorageJob& job) {
                return queued<StorageOutcome>([&](StorageEngineInterface& engine, auto reply) {
                  job.operation->run(engine, std::move(reply));
                });
              }),
      flushHandler(),
  };
}

}  // namespace ks
