#pragma once
#include <chrono>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "actors/runtime/actorDirectory.hpp"
#include "actors/runtime/actorEnvironment.hpp"
#include "messages/actorInterfaces.hpp"

namespace ks {

/// One child of a supervisor, in the order of start; stopped in the reverse order.
struct ChildSpec {
  std::string name;
  /// Spawns the actor, stores its handle where others find it, and returns it.
  std::function<caf::actor(caf::actor_system&, std::shared_ptr<ActorProbe>)> spawn;
};

struct SupervisorLimits {
  std::size_t restarts = 5;  ///< within `window`; one more and the supervisor gives up
  std::chrono::seconds window{60};
  std::chrono::milliseconds backoff{100};  ///< before the first restart, doubled with each within the window
  std::chrono::milliseconds maxBackoff{5000};
  std::chrono::milliseconds stopGrace{3000};  ///< a child that has not ended by then is killed
};

/// See SupervisorActor. `giveUp` is called once, from the supervisor, when a child's restart budget is spent:
/// the process must end.
struct SupervisorState {
  SupervisorState(SupervisorActor::pointer self, std::shared_ptr<ActorProbe> probe,
                  ActorEnvironment environment, std::vector<ChildSpec> specs, SupervisorLimits limits,
                  std::function<void(const std::string&)> giveUp);
  SupervisorActor::behavior_type make_behavior();

  SupervisorActor::pointer self;

 private:
  struct Child {
    ChildSpec spec;
    std::shared_ptr<ActorProbe> probe;
    caf::actor handle;
    std::uint64_t actorId = 0;
    std::deque<std::chrono::steady_clock::time_point> recentRestarts;
  };
  void start(std::size_t index);
  void childDown(const ChildDown& down);
  void scheduleRestart(std::size_t index, const std::string& reason);
  void stopNext();

  std::shared_ptr<ActorProbe> probe_;
  ActorEnvironment environment_;
  std::vector<Child> children_;
  SupervisorLimits limits_;
  std::function<void(const std::string&)> giveUp_;
  bool stopping_ = false;
};

}  // namespace ks
