#pragma once
#include <memory>
#include <utility>

#include "persistence/memory/memoryNoticeSubscription.hpp"

namespace ks::sim {

/// The planted fault `stale`: ended sessions are not announced.
class DeafSubscription final : public NoticeSubscriptionInterface {
 public:
  explicit DeafSubscription(std::shared_ptr<MemoryDatabase> database) : inner_(std::move(database)) {}

  Result<std::optional<DatabaseEvent>> receive(Milliseconds wait) override {
    auto event = inner_.receive(wait);
    if (event.ok() && event.value() && event.value()->kind == DatabaseEvent::Kind::notice) {
      event.value()->channel.clear();
    }
    return event;
  }

 private:
  MemoryNoticeSubscription inner_;
};

}  // namespace ks::sim
