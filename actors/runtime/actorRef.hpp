#pragma once
#include <atomic>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

namespace ks {

/// Always holds the newest handle of a supervised actor, so its users need not know of
/// restarts. Copies share the place. Thread-safe.
template <class Handle>
class ActorRef {
 public:
  ActorRef() : slot_(std::make_shared<Slot>()) {}
  explicit ActorRef(Handle handle) : ActorRef() { set(std::move(handle)); }

  /// Null while the actor has not been started.
  [[nodiscard]] Handle get() const {
    const std::lock_guard lock(slot_->mutex);
    return slot_->handle;
  }
  void set(Handle handle) const {
    const std::lock_guard lock(slot_->mutex);
    slot_->handle = std::move(handle);
  }
  /// Releases the handle, so the actor system can end.
  void reset() const { set(Handle{}); }

 private:
  struct Slot {
    std::mutex mutex;
    Handle handle;
  };
  std::shared_ptr<Slot> slot_;
};

/// Several equal actors, used round-robin. Thread-safe; copies share the position.
template <class Handle>
class ActorPool {
 public:
  explicit ActorPool(std::vector<ActorRef<Handle>> members)
      : members_(std::move(members)), turn_(std::make_shared<std::atomic<std::size_t>>(0)) {}

  [[nodiscard]] Handle pick() const { return members_[turn_->fetch_add(1) % members_.size()].get(); }
  /// Always the same member for one number.
  [[nodiscard]] Handle at(std::size_t number) const { return members_[number % members_.size()].get(); }
  [[nodiscard]] std::size_t size() const noexcept { return members_.size(); }
  void reset() const {
    for (const auto& member : members_) {
      member.reset();
    }
  }

 private:
  std::vector<ActorRef<Handle>> members_;
  std::shared_ptr<std::atomic<std::size_t>> turn_;
};

}  // namespace ks
