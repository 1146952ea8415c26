#include "http/server/eventStream.hpp"

#include <utility>

namespace ks {

bool EventStream::write(std::string_view event, std::string_view data) {
  constexpr std::string_view kEvent = "event: ";
  constexpr std::string_view kData = "\ndata: ";
  constexpr std::string_view kEnd = "\n\n";
  std::shared_ptr<const LoopSignal> signal;
  {
    const std::lock_guard lock(mutex_);
    if (closed_ || overflowed_) {
      return false;
    }
    const auto added = kEvent.size() + event.size() + kData.size() + data.size() + kEnd.size();
    overflowed_ = pending_.size() + added > kBufferBytes;
    if (!overflowed_) {
      pending_.append(kEvent).append(event).append(kData).append(data).append(kEnd);
    }
    signal = signal_;
  }
  if (signal) {
    signal->raise();
  }
  return true;
}

bool EventStream::open() const {
  const std::lock_guard lock(mutex_);
  return !closed_ && !overflowed_;
}

void EventStream::attach(std::shared_ptr<const LoopSignal> signal) {
  const std::lock_guard lock(mutex_);
  signal_ = std::move(signal);
}

bool EventStream::take(std::string& out) {
  const std::lock_guard lock(mutex_);
  out += pending_;
  pending_.clear();
  return !overflowed_;
}

void EventStream::close() {
  std::shared_ptr<void> pass;
  const std::lock_guard lock(mutex_);
  closed_ = true;
  pass.swap(pass_);
  signal_.reset();
  pending_.clear();
}

}  // namespace ks
