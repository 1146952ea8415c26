#include "monitoring/live/liveFeedActor.hpp"

#include <utility>

#include "actors/runtime/guarded.hpp"

namespace ks {
namespace {
constexpr std::chrono::seconds kSummaryEvery{1};
/// More than the front end ever admits.
constexpr std::size_t kMostListeners = 256;
}  // namespace

CommitFeed::Observer liveFeedObserver(ActorRef<LiveFeedActor> feed, std::shared_ptr<LiveFeedGate> gate) {
  return [feed = std::move(feed), gate = std::move(gate)](const CommittedLines& lines) {
    // Imported lines are old.
    if (!gate->wanted.load(std::memory_order_relaxed) || lines.batch->before.imported) {
      return;
    }
    const auto actor = feed.get();
    if (!actor || gate->waiting.load(std::memory_order_relaxed) >= LiveFeedGate::kMostWaiting) {
      gate->skipped.fetch_add(lines.batch->entries.size(), std::memory_order_relaxed);
      return;
    }
    gate->waiting.fetch_add(1, std::memory_order_relaxed);
    compat::tellAnon(actor, lines);
  };
}

LiveFeedState::LiveFeedState(LiveFeedActor::pointer selfPointer, std::shared_ptr<ActorProbe> probe,
                             ActorEnvironment environment, std::shared_ptr<const CommitFeed> commits,
                             std::shared_ptr<LiveFeedGate> gate)
    : self(selfPointer),
      probe_(std::move(probe)),
      environment_(environment),
      commits_(std::move(commits)),
      gate_(std::move(gate)) {
  gate_->wanted = false;
  gate_->waiting = 0;
}

LiveFeedActor::behavior_type LiveFeedState::make_behavior() {
  return {
      guarded(self, probe_,
              [this](CommittedLines& lines) {
                gate_->waiting.fetch_sub(1, std::memory_order_relaxed);
                if (!listeners_.empty()) {
                  builder_.add(*lines.batch, environment_.clock.now());
                }
              }),
      guarded(self, probe_, [this](TickAtom) { tick(); }),
      guarded(self, probe_, [this](SubscribeLive& subscription) { return subscribe(subscription); }),
  };
}

caf::result<Done> LiveFeedState::subscribe(SubscribeLive& subscription) {
  if (listeners_.size() >= kMostListeners) {
    return toCafError(makeFault(ErrorCode::overloaded, "the live feed has too many listeners"));
  }
  if (listeners_.empty()) {
    gate_->skipped = 0;
    gate_->wanted = true;
    compat::tellAfter(self, caf::timespan{kSummaryEvery}, LiveFeedActor{self}, TickAtom_v);
  }
  listeners_.push_back(std::move(subscription.listener));
  return Done{};
}

void LiveFeedState::tick() {
  builder_.addLate(gate_->skipped.exchange(0));
  const auto summary = builder_.take(environment_.clock.now(), commits_->collecting.load());
  std::erase_if(listeners_, [&](const auto& listener) { return !listener->tell(summary); });
  if (listeners_.empty()) {
    gate_->wanted = false;
    builder_.clear();
    return;
  }
  compat::tellAfter(self, caf::timespan{kSummaryEvery}, LiveFeedActor{self}, TickAtom_v);
}

}  // namespace ks
