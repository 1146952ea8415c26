#include "monitoring/security/eventWindow.hpp"

#include <algorithm>

namespace ks {

bool TimesInWindow::add(TimePoint at, const EventRate& rate) {
  const auto inserted = times_.insert(std::upper_bound(times_.begin(), times_.end(), at), at);
  const auto place = static_cast<std::size_t>(inserted - times_.begin());
  bool full = false;
  for (std::size_t i = place + 1 > rate.count ? place + 1 - rate.count : 0;
       i <= place && i + rate.count <= times_.size(); ++i) {
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
  const bool full = values_.size() >= rate.count && newest - value.at < rate.window;
  if (values_.size() > rate.count) {
    values_.erase(std::min_element(values_.begin(), values_.end(), older));
  }
  return full;
}

}  // namespace ks
