#pragma once
#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "core/result.hpp"
#include "test/simulation/faults/faultPlan.hpp"

namespace ks::sim {

/// What becomes of the replies of a connection that fails by seed: refused, done but said to have failed, or
/// done and never answered.
class FaultyReplies {
 public:
  FaultyReplies(const FaultPlan& plan, SeededRandom& random) : plan_(plan), random_(random) {}

  /// The reply to hand on, or nothing when the operation is refused.
  template <class T>
  Reply<T> through(Reply<T> reply) {
    if (!plan_.on) {
      return reply;
    }
    if (random_.oneIn(plan_.storageRefused)) {
      refuse([reply] { reply(makeFault(ErrorCode::dependencyUnavailable, "refused by the plan")); });
      return nullptr;
    }
    if (random_.oneIn(plan_.storageUnknown)) {
      return [reply](Result<T>) { reply(makeFault(ErrorCode::timeout, "done, but the plan hides it")); };
    }
    if (random_.oneIn(plan_.storageLost)) {
      auto kept = std::make_shared<Reply<T>>(std::move(reply));
      lost_.push_back(kept);
      return [](Result<T>) {};
    }
    return reply;
  }
  void refuse(std::function<void()> fail) { refused_.push_back(std::move(fail)); }
  void failRefused() {
    for (auto& fail : std::exchange(refused_, {})) {
      fail();
    }
  }

 private:
  const FaultPlan& plan_;
  SeededRandom& random_;
  std::vector<std::function<void()>> refused_;
  std::vector<std::shared_ptr<void>>
      lost_;  ///< replies that never come; kept, as a broken promise is an answer
};

}  // namespace ks::sim
