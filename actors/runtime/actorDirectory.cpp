#include "actors/runtime/actorDirectory.hpp"

#include <utility>

namespace ks {

void ActorProbe::started(std::uint64_t actorId) {
  const std::lock_guard lock(mutex_);
  actorId_ = actorId;
  running_ = true;
  startedAt_ = clock_.now();
  ++starts_;
}

void ActorProbe::ended(const std::string& reason, bool orderly) {
  const std::lock_guard lock(mutex_);
  running_ = false;
  if (!orderly) {
    lastError_ = reason;
  }
}

void ActorProbe::handled(ActorSpan span) {
  const std::lock_guard lock(mutex_);
  if (span.failed) {
    ++failed_;
  }
  ring_[handled_ % kSpans] = std::move(span);
  ++handled_;
}

void ActorProbe::noteError(const std::string& error) {
  const std::lock_guard lock(mutex_);
  lastError_ = error;
}

ActorProbe::Snapshot ActorProbe::snapshot() const {
  const std::lock_guard lock(mutex_);
  return {name_, parent_, actorId_, running_, startedAt_, starts_, handled_, failed_, lastError_};
}

std::vector<ActorSpan> ActorProbe::spans() const {
  const std::lock_guard lock(mutex_);
  std::vector<ActorSpan> out;
  const auto first = handled_ > kSpans ? handled_ - kSpans : 0;
  for (auto i = first; i < handled_; ++i) {
    out.push_back(ring_[i % kSpans]);
  }
  return out;
}

std::shared_ptr<ActorProbe> ActorDirectory::probe(const std::string& name, const std::string& parent) {
  const std::lock_guard lock(mutex_);
  auto& slot = probes_[name];
  if (!slot) {
    slot = std::make_shared<ActorProbe>(name, parent, clock_);
  }
  return slot;
}

std::vector<ActorProbe::Snapshot> ActorDirectory::list() const {
  const std::lock_guard lock(mutex_);
  std::vector<ActorProbe::Snapshot> out;
  out.reserve(probes_.size());
  for (const auto& [name, probe] : probes_) {
    out.push_back(probe->snapshot());
  }
  return out;
}

std::shared_ptr<ActorProbe> ActorDirectory::find(const std::string& name) const {
  const std::lock_guard lock(mutex_);
  const auto it = probes_.find(name);
  return it == probes_.end() ? nullptr : it->second;
}

}  // namespace ks
