#pragma once
#include <memory>

#include "actors/runtime/actorEnvironment.hpp"
#include "actors/runtime/actorRef.hpp"
#include "core/settings/liveSettings.hpp"
#include "messages/monitoring/collectorMessages.hpp"

namespace ks {

/// When retention runs next: at the next 02:00 UTC after `now`.
[[nodiscard]] TimePoint nextRetention(TimePoint now) noexcept;

/// See RetentionActor. At start and daily at 02:00 UTC; checks the clock once a minute, so a clock
/// that was set is noticed.
struct RetentionState {
  RetentionState(RetentionActor::pointer self, std::shared_ptr<ActorProbe> probe,
                 ActorEnvironment environment, Live<RetentionPlan> plan, ActorRef<IngestActor> ingest);
  RetentionActor::behavior_type make_behavior();

  RetentionActor::pointer self;

 private:
  void retain();
  void again();

  std::shared_ptr<ActorProbe> probe_;
  ActorEnvironment environment_;
  Live<RetentionPlan> plan_;
  ActorRef<IngestActor> ingest_;
  TimePoint next_;
  Uuid sessionsLookedAt_;  ///< where an unfinished run stopped
};

}  // namespace ks
