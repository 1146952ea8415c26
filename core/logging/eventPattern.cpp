#include "core/logging/eventPattern.hpp"

#include <algorithm>

namespace ks {

bool isEventPattern(std::string_view pattern) noexcept {
  if (pattern == "*") {
    return true;
  }
  if (pattern.ends_with(".*")) {
    pattern.remove_suffix(2);
  }
  if (pattern.empty() || pattern.size() > kLongestEventPattern || pattern.front() == '.' ||
      pattern.back() == '.' || pattern.find("..") != std::string_view::npos) {
    return false;
  }
  return std::all_of(pattern.begin(), pattern.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '_' || c == '-';
  });
}

bool matchesEvent(std::string_view pattern, std::string_view type) noexcept {
  if (pattern.ends_with('*')) {
    return type.starts_with(pattern.substr(0, pattern.size() - 1));
  }
  return pattern == type;
}

}  // namespace ks
