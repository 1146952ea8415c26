#pragma once
#include <atomic>
#include <cstdint>
#include <memory>
#include <vector>

#include "actors/runtime/actorDirectory.hpp"
#include "actors/runtime/actorEnvironment.hpp"
#include "actors/runtime/actorRef.hpp"
#include "monitoring/collector/commitFeed.hpp"
#include "monitoring/live/liveSummary.hpp"

namespace ks {

/// Between the ingest actor and the live feed: sends nothing without listeners, and never more than the
/// feed can hold.
struct LiveFeedGate {
  static constexpr std::uint32_t kMostWaiting = 16;
  std::atomic<bool> wanted{false};
  std::atomic<std::uint32_t> waiting{0};  ///< batches on their way
  std::atomic<std::uint64_t> skipped{0};  ///< lines of batches that found no room
};

CommitFeed::Observer liveFeedObserver(ActorRef<LiveFeedActor> feed, std::shared_ptr<LiveFeedGate> gate);

/// See LiveFeedActor.
struct LiveFeedState {
  LiveFeedState(LiveFeedActor::pointer self, std::shared_ptr<ActorProbe> probe, ActorEnvironment environment,
                std::shared_ptr<const CommitFeed> commits, std::shared_ptr<LiveFeedGate> gate);
  LiveFeedActor::behavior_type make_behavior();

  LiveFeedActor::pointer self;

 private:
  caf::result<Done> subscribe(SubscribeLive& subscription);
  void tick();

  std::shared_ptr<ActorProbe> probe_;
  ActorEnvironment environment_;
  std::shared_ptr<const CommitFeed> commits_;
  std::shared_ptr<LiveFeedGate> gate_;
  LiveSummaryBuilder builder_;
  std::vector<std::shared_ptr<LiveListenerInterface>> listeners_;
};

}  // namespace ks
