#include "monitoring/collector/retentionActor.hpp"

#include <utility>

#include "actors/runtime/guarded.hpp"

namespace ks {
namespace {
constexpr std::chrono::seconds kLook{60};
constexpr Milliseconds kFirst{200};
constexpr std::chrono::hours kHourOfDay{2};
constexpr std::chrono::minutes kRetentionAnswerLimit{10};
}  // namespace

TimePoint nextRetention(TimePoint now) noexcept {
  const TimePoint today = std::chrono::floor<std::chrono::days>(now) + kHourOfDay;
  return today > now ? today : today + std::chrono::days{1};
}

RetentionState::RetentionState(RetentionActor::pointer selfPointer, std::shared_ptr<ActorProbe> probe,
                               ActorEnvironment environment, Live<RetentionPlan> plan,
                               ActorRef<IngestActor> ingest)
    : self(selfPointer),
      probe_(std::move(probe)),
      environment_(environment),
      plan_(std::move(plan)),
      ingest_(std::move(ingest)) {}

RetentionActor::behavior_type RetentionState::make_behavior() {
  compat::tellAfter(self, caf::timespan{kFirst}, RetentionActor{self}, TickAtom_v);
  return {guarded(self, probe_, [this](TickAtom) { retain(); })};
}

void RetentionState::again() {
  compat::tellAfter(self, caf::timespan{kLook}, RetentionActor{self}, TickAtom_v);
}

void RetentionState::retain() {
  const auto now = environment_.clock.now();
  const auto ingest = ingest_.get();
  // A clock set back far also makes it due: the partitions of that day may be missing.
  if (!ingest || (now < next_ && next_ - now <= std::chrono::hours{25})) {
    again();
    return;
  }
  auto plan = *plan_;
  plan.now = now;
  plan.sessionsLookedAt = sessionsLookedAt_;
  compat::ask(self, ingest, caf::timespan{kRetentionAnswerLimit}, plan)
      .then(
          [this, now](RetentionReport& report) {
            sessionsLookedAt_ = report.sessionsLookedAt;
            if (!report.unfinished) {
              next_ = nextRetention(now);
            }
            logInfo("collector.retention", "Partitions were made and dropped, old rows deleted",
                    {{"created", report.created.size()},
                     {"dropped", report.dropped.size()},
                     {"deleted_rows", report.deletedRows},
                     {"ended_sessions", report.sessions},
                     {"unconfirmed_registrations", report.registrations}});
            again();
          },
          [this](caf::error& error) {
            probe_->noteError(faultFromCafError(error).detail);
            again();
          });
}

}  // namespace ks
