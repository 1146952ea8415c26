#include "monitoring/eventWindow.hpp"

#include <algorithm>

namespace ks {

bool TimesInWindow::add(TimePoint at, const EventRate& rate) {
  times_.insert(std::upper_bound(times_.begin(), times_.end(), at), at);
  bool full = false;
  for (std::size_t i = 0; i + rate.count <= times_.size(); ++i) {
    full = full || times_[i + rate.count - 1] - times_[i] < rate.window;
  }
  if (times_.size() > rate.count) {
    times_.erase(times_.begin());
  }
  return full;
}

bool ValuesInWindow::add(const Value& value, const EventRate& rate) {
  const auto known = std::find_if(values_.begin(), values_.end(),
                                  [&](const Value& other) { return other.hash == value.hash; });
  if (known == values_.end()) {
    values_.push_back(value);
  } else {
    known->at = std::max(known->at, value.at);
  }
  const auto older = [](const Value& a, const Value& b) { return a.at < b.at; };
  const auto newest = std::max_element(values_.begin(), values_.end(), older)->at;
  std::erase_if(values_, [&](const Value& other) { return newest - other.at >= rate.window; });
  const bool full = values_.size() >= rate.count;
  if (values_.size() > rate.count) {
    values_.erase(std::min_element(values_.begin(), values_.end(), older));
  }
  return full;
}

}  // namespace ks
