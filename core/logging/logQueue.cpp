#include "core/logging/logQueue.hpp"

#include <utility>

namespace ks {

bool LogQueue::push(LogEntry&& entry) {
  const bool low = entry.isDroppable();
  const std::size_t weight = entry.weight();
  bool wake = false;
  {
    const std::lock_guard lock(mutex_);
    const std::size_t lines = low ? maxLines_ - maxLines_ / 4 : maxLines_;
    const std::size_t bytes = low ? maxBytes_ - maxBytes_ / 4 : maxBytes_;
    if (closed_ || entries_.size() >= lines || bytes_ + weight > bytes) {
      ++(low ? droppedLow_ : droppedHigh_);
      return false;
    }
    wake = entries_.empty();
    entries_.push_back(std::move(entry));
    bytes_ += weight;
  }
  if (wake) {
    filled_.notify_one();
  }
  return true;
}

LogQueue::Batch LogQueue::take() {
  std::unique_lock lock(mutex_);
  filled_.wait(lock, [this] { return closed_ || !entries_.empty(); });
  Batch batch;
  batch.entries.swap(entries_);
  bytes_ = 0;
  batch.droppedLow = std::exchange(droppedLow_, 0);
  batch.droppedHigh = std::exchange(droppedHigh_, 0);
  batch.closed = closed_;
  return batch;
}

void LogQueue::close() {
  {
    const std::lock_guard lock(mutex_);
    closed_ = true;
  }
  filled_.notify_one();
}

std::size_t LogQueue::waiting() const {
  const std::lock_guard lock(mutex_);
  return entries_.size();
}

}  // namespace ks
