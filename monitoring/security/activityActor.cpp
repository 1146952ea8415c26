#include "monitoring/security/activityActor.hpp"

#include <utility>

#include "actors/runtime/auditNote.hpp"
#include "actors/runtime/guarded.hpp"

namespace ks {

ActivityState::ActivityState(ActivityActor::pointer selfPointer, std::shared_ptr<ActorProbe> probe,
                             ActorEnvironment environment, ActorPool<MonitoringStorageActor> storage)
    : self(selfPointer), probe_(std::move(probe)), environment_(environment), storage_(std::move(storage)) {}

ActivityActor::behavior_type ActivityState::make_behavior() {
  return {guarded(self, probe_, [this](SettleActivity& settle) -> caf::result<ActivityRow> {
    const auto& context = settle.context;
    ResolveActivity change;
    change.id = settle.id;
    change.by = context.principal->userId;
    change.resolved = settle.resolved;
    change.now = environment_.clock.now();
    change.audit = auditOf(environment_, context,
                           settle.resolved ? "monitoring.activity.resolve" : "monitoring.activity.reopen");
    change.audit.targetType = "activity";
    change.audit.targetId = settle.id.toString();
    return compat::forward(self, storage_.pick(), StorageCall<ResolveActivity>{context, std::move(change)});
  })};
}

}  // namespace ks
