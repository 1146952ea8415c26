#pragma once
#include <memory>
#include <string>
#include <utility>

#include "actors/runtime/actorDirectory.hpp"
#include "actors/runtime/actorRef.hpp"
#include "actors/runtime/supervisorActor.hpp"
#include "messages/platform/cafCompat.hpp"

namespace ks {

/// An actor with the name of its probe, so every instance has its own metrics.
/// State is constructed as State(self, probe, arguments...).
template <class State, class Handle>
class NamedActor : public caf::stateful_actor<State, typename Handle::impl> {
 public:
  using Super = caf::stateful_actor<State, typename Handle::impl>;

  template <class... Ts>
  NamedActor(caf::actor_config& config, std::shared_ptr<ActorProbe> probe, Ts&&... arguments)
      : Super(config, probe, std::forward<Ts>(arguments)...), probe_(std::move(probe)) {}

  const char* name() const override { return probe_ ? probe_->name().c_str() : "unnamedActor"; }

 private:
  std::shared_ptr<ActorProbe> probe_;
};

/// Whether the system runs on the deterministic test scheduler: one thread, virtual time.
inline bool isSimulation(const caf::actor_system& system) {
  return caf::get_or(system.config(), "caf.scheduler.policy", std::string{"sharing"}) == "testing";
}

/// For actors that never block.
template <class Handle, class State, class... Ts>
Handle spawnShared(caf::actor_system& system, std::shared_ptr<ActorProbe> probe, Ts&&... arguments) {
  return compat::spawnAs<Handle, NamedActor<State, Handle>>(system, std::move(probe),
                                                            std::forward<Ts>(arguments)...);
}

/// For actors that block: their own thread, except in a simulation, which has one thread for all.
template <class Handle, class State, class... Ts>
Handle spawnBlocking(caf::actor_system& system, std::shared_ptr<ActorProbe> probe, Ts&&... arguments) {
  using Impl = NamedActor<State, Handle>;
  if (isSimulation(system)) {
    return compat::spawnAs<Handle, Impl>(system, std::move(probe), std::forward<Ts>(arguments)...);
  }
  return compat::spawnAs<Handle, Impl, caf::detached>(system, std::move(probe),
                                                      std::forward<Ts>(arguments)...);
}

namespace detail {

template <class Handle, class Spawn>
ChildSpec childOf(std::string name, ActorRef<Handle> ref, Spawn spawn) {
  return {std::move(name), [ref, spawn](caf::actor_system& system, std::shared_ptr<ActorProbe> probe) {
            Handle handle = spawn(system, std::move(probe));
            ref.set(handle);
            return caf::actor_cast<caf::actor>(handle);
          }};
}

}  // namespace detail

/// A child of the supervisor by spawnShared(): made of the same arguments at each start, its handle in `ref`.
template <class State, class Handle, class... Ts>
ChildSpec sharedChild(std::string name, ActorRef<Handle> ref, Ts... arguments) {
  return detail::childOf(std::move(name), std::move(ref), [=](caf::actor_system& system, auto probe) {
    return spawnShared<Handle, State>(system, std::move(probe), arguments...);
  });
}
/// The same by spawnBlocking().
template <class State, class Handle, class... Ts>
ChildSpec blockingChild(std::string name, ActorRef<Handle> ref, Ts... arguments) {
  return detail::childOf(std::move(name), std::move(ref), [=](caf::actor_system& system, auto probe) {
    return spawnBlocking<Handle, State>(system, std::move(probe), arguments...);
  });
}

}  // namespace ks
