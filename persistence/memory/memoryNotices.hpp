#pragma once
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "core/uuid.hpp"
#include "persistence/noticeSubscriptionInterface.hpp"

namespace ks {

/// The notices of a MemoryDatabase; its lock is held.
class MemoryNotices {
 public:
  using Mailbox = std::deque<DatabaseEvent>;

  std::shared_ptr<Mailbox> listen() {
    auto mailbox = std::make_shared<Mailbox>();
    mailbox->push_back({DatabaseEvent::Kind::gap, {}, {}});
    listeners_.push_back(mailbox);
    return mailbox;
  }
  /// The user changed; `ended`: this session or key of the user has ended, nil: none.
  void access(const Uuid& userId, const Uuid& ended) {
    tell(kAccessChannel, userId.toString() + (ended.isNil() ? std::string{} : " " + ended.toString()));
  }
  void keysChanged() { tell(kKeysChannel, {}); }
  /// All cached data are outdated.
  void everything() { tell(kAccessChannel, "*"); }

 private:
  void tell(const char* channel, const std::string& payload) {
    std::erase_if(listeners_, [](const auto& listener) { return listener.expired(); });
    for (const auto& listener : listeners_) {
      if (const auto mailbox = listener.lock()) {
        mailbox->push_back({DatabaseEvent::Kind::notice, channel, payload});
      }
    }
  }

  std::vector<std::weak_ptr<Mailbox>> listeners_;
};

}  // namespace ks
