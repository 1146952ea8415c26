#include "actors/runtime/supervisorActor.hpp"

#include <algorithm>
#include <utility>

#include "actors/runtime/guarded.hpp"
#include "core/logging/logging.hpp"

namespace ks {

SupervisorState::SupervisorState(SupervisorActor::pointer selfPointer, std::shared_ptr<ActorProbe> probe,
                                 ActorEnvironment environment, std::vector<ChildSpec> specs,
                                 SupervisorLimits limits, std::function<void(const std::string&)> giveUp)
    : self(selfPointer),
      probe_(std::move(probe)),
      environment_(environment),
      limits_(limits),
      giveUp_(std::move(giveUp)) {
  children_.reserve(specs.size());
  for (auto& spec : specs) {
    Child child;
    child.probe = environment_.directory.probe(spec.name, probe_->name());
    child.spec = std::move(spec);
    children_.push_back(std::move(child));
  }
}

SupervisorActor::behavior_type SupervisorState::make_behavior() {
  probe_->started(self->id());
  return {
      guarded(self, probe_,
              [this](StartAtom) {
                for (std::size_t i = 0; i < children_.size(); ++i) {
                  start(i);
                }
              }),
      guarded(self, probe_, [this](ChildDown& down) { childDown(down); }),
      guarded(self, probe_,
              [this](StopAtom) {
                if (!stopping_) {
                  stopping_ = true;
                  stopNext();
                }
              }),
      guarded(self, probe_, [](TickAtom) {}),
  };
}

void SupervisorState::start(std::size_t index) {
  auto& child = children_[index];
  child.handle = child.spec.spawn(self->system(), child.probe);
  child.actorId = child.handle.id();
  child.probe->started(child.actorId);
  // Runs in the dying actor's context: it may only send.
  child.handle->attach_functor(
      [me = SupervisorActor{self}, id = child.actorId, name = child.spec.name](const caf::error& why) {
        const bool orderly =
            why == caf::none || why == caf::exit_reason::normal || why == caf::exit_reason::user_shutdown;
        compat::tellAnon(me, ChildDown{id, name, caf::to_string(why), orderly});
      });
}

void SupervisorState::childDown(const ChildDown& down) {
  const auto it = std::find_if(children_.begin(), children_.end(),
                               [&](const Child& child) { return child.actorId == down.actorId; });
  if (it == children_.end()) {
    return;
  }
  it->actorId = 0;
  it->handle = nullptr;
  it->probe->ended(down.reason, stopping_);
  if (stopping_) {
    stopNext();
    return;
  }
  scheduleRestart(static_cast<std::size_t>(it - children_.begin()), down.reason);
}

void SupervisorState::scheduleRestart(std::size_t index, const std::string& reason) {
  auto& child = children_[index];
  const auto now = self->clock().now();
  while (!child.recentRestarts.empty() && child.recentRestarts.front() + limits_.window < now) {
    child.recentRestarts.pop_front();
  }
  if (child.recentRestarts.size() >= limits_.restarts) {
    logFault("actor.restart.budgetSpent", "An actor keeps dying; the process gives up",
             makeFault(ErrorCode::internal, reason), {{"actor", child.spec.name}});
    if (giveUp_) {
      std::exchange(giveUp_, nullptr)(child.spec.name + " keeps dying: " + reason);
    }
    return;
  }
  const auto backoff =
      std::min(limits_.backoff * (std::int64_t{1} << std::min<std::size_t>(child.recentRestarts.size(), 10)),
               limits_.maxBackoff);
  child.recentRestarts.push_back(now);
  logLine(LogLevel::error, LogType::error, "actor.restarting", "An actor died and will be restarted",
          {{"actor", child.spec.name},
           {"reason", reason},
           {"backoff_ms", static_cast<std::int64_t>(backoff.count())}});
  self->run_delayed(backoff, [this, index] {
    if (!stopping_) {
      start(index);
    }
  });
}

void SupervisorState::stopNext() {
  for (auto it = children_.rbegin(); it != children_.rend(); ++it) {
    if (it->actorId != 0) {
      self->send_exit(it->handle, caf::exit_reason::user_shutdown);
      self->run_delayed(limits_.stopGrace,
                        [handle = it->handle] { caf::anon_send_exit(handle, caf::exit_reason::kill); });
      return;
    }
  }
  probe_->ended("stopped", true);
  self->quit(caf::exit_reason::user_shutdown);
}

}  // namespace ks
