#include "core/logging/eventInbox.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace ks {
namespace {

template <class T>
std::vector<T> takeFront(std::deque<T>& from, std::size_t most) {
  const auto end = from.begin() + static_cast<std::ptrdiff_t>(std::min(from.size(), most));
  std::vector<T> out{std::make_move_iterator(from.begin()), std::make_move_iterator(end)};
  from.erase(from.begin(), end);
  return out;
}

}  // namespace

void EventInbox::onFull(std::function<void()> wake) {
  const std::lock_guard lock(mutex_);
  wake_ = std::move(wake);
}

bool EventInbox::record(AuditEvent event) {
  std::unique_lock lock(mutex_);
  if (!put(std::move(event), limits_.auditEvents, lock)) {
    ++counters_.refusedAudit;
    return false;
  }
  return true;
}

bool EventInbox::offer(AuditEvent event) {
  std::unique_lock lock(mutex_);
  return put(std::move(event), limits_.auditEvents / 2, lock);
}

bool EventInbox::put(AuditEvent event, std::size_t room, std::unique_lock<std::mutex>& lock) {
  if (audit_.size() + taken_->audit.size() >= room) {
    return false;
  }
  audit_.push_back(std::move(event));
  wakeAt(audit_.size(), lock);
  return true;
}

void EventInbox::add(const LogEntry& entry) {
  LoggedLine line{uuids_.next(), entry};
  std::unique_lock lock(mutex_);
  if (!lines_.empty() && lines_.size() + taken_->lines.size() >= limits_.lines) {
    lines_.pop_front();
    ++counters_.droppedLines;
  }
  lines_.push_back(std::move(line));
  wakeAt(lines_.size(), lock);
}

void EventInbox::wakeAt(std::size_t waiting, std::unique_lock<std::mutex>& lock) {
  if (waiting == limits_.batch && wake_) {
    const auto wake = wake_;
    lock.unlock();
    wake();
  }
}

std::shared_ptr<const EventInbox::Batch> EventInbox::next() {
  const std::lock_guard lock(mutex_);
  if (taken_->empty() && !(audit_.empty() && lines_.empty())) {
    taken_ = std::make_shared<const Batch>(
        Batch{takeFront(audit_, limits_.batch), takeFront(lines_, limits_.batch)});
  }
  return taken_;
}

void EventInbox::stored() {
  const std::lock_guard lock(mutex_);
  counters_.stored += taken_->audit.size() + taken_->lines.size();
  taken_ = std::make_shared<const Batch>();
}

EventInbox::Counters EventInbox::counters() const {
  const std::lock_guard lock(mutex_);
  auto now = counters_;
  now.waitingAudit = audit_.size() + taken_->audit.size();
  now.waitingLines = lines_.size() + taken_->lines.size();
  return now;
}

}  // namespace ks
