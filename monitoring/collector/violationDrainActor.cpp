#include "monitoring/collector/violationDrainActor.hpp"

#include <utility>

#include "actors/runtime/guarded.hpp"

namespace ks {
namespace {
constexpr Milliseconds kEvery{1000};
constexpr std::chrono::minutes kDrainAnswerLimit{10};
}  // namespace

ViolationDrainState::ViolationDrainState(ViolationDrainActor::pointer selfPointer,
                                         std::shared_ptr<ActorProbe> probe, ActorEnvironment environment,
                                         const RedisConnectionFactory& makeRedis,
                                         ActorRef<IngestActor> ingest)
    : self(selfPointer),
      probe_(std::move(probe)),
      environment_(environment),
      redis_(makeRedis()),
      drain_(*redis_, environment_.uuids),
      ingest_(std::move(ingest)) {}

ViolationDrainActor::behavior_type ViolationDrainState::make_behavior() {
  again();
  return {guarded(self, probe_, [this](TickAtom) { drain(); })};
}

void ViolationDrainState::again() {
  compat::tellAfter(self, caf::timespan{kEvery}, ViolationDrainActor{self}, TickAtom_v);
}

void ViolationDrainState::failed(const Fault& fault) {
  probe_->noteError(fault.detail);
  again();
}

void ViolationDrainState::drain() {
  auto taken = drain_.take(environment_.clock.now());
  const auto ingest = ingest_.get();
  if (!taken.ok()) {
    failed(taken.fault());
    return;
  }
  if (!taken.value() || !ingest) {
    again();
    return;
  }
  const Uuid token = taken.value()->token;
  if (taken.value()->badCount > 0) {
    logWarning("collector.violations.bad", "Entries of the violation list were not understood",
               {{"count", static_cast<std::int64_t>(taken.value()->badCount)}});
  }
  compat::ask(self, ingest, caf::timespan{kDrainAnswerLimit}, std::move(*taken.value()))
      .then(
          [this, token](Done&) {
            if (auto forgotten = drain_.forget(token); !forgotten.ok()) {
              failed(forgotten.fault());
            } else {
              again();
            }
          },
          [this](caf::error& error) { failed(faultFromCafError(error)); });
}

}  // namespace ks
