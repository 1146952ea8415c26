#pragma once
#include <memory>
#include <utility>

#include "persistence/memory/memoryDatabase.hpp"

namespace ks {

/// NoticeSubscriptionInterface at a MemoryDatabase; never waits.
class MemoryNoticeSubscription final : public NoticeSubscriptionInterface {
 public:
  explicit MemoryNoticeSubscription(std::shared_ptr<MemoryDatabase> database)
      : database_(std::move(database)) {}

  Result<std::optional<DatabaseEvent>> receive(Milliseconds) override {
    const std::lock_guard lock(database_->mutex);
    if (!database_->reachable) {
      mailbox_.reset();
      return makeFault(ErrorCode::dependencyUnavailable, "the memory database is set unreachable");
    }
    if (!mailbox_) {
      mailbox_ = database_->notices.listen();
    }
    std::optional<DatabaseEvent> event;
    if (!mailbox_->empty()) {
      event = std::move(mailbox_->front());
      mailbox_->pop_front();
    }
    return event;
  }

 private:
  std::shared_ptr<MemoryDatabase> database_;
  std::shared_ptr<MemoryNotices::Mailbox> mailbox_;
};

}  // namespace ks
