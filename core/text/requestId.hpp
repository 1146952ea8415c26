#pragma once
#include <algorithm>
#include <string_view>

#include "core/limits.hpp"

namespace ks {

/// The one rule of a request id: 1 to 64 of `A-Z a-z 0-9 - _ .`; nginx checks the same.
[[nodiscard]] inline bool isRequestId(std::string_view text) noexcept {
  const auto isAllowed = [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_' || c == '.';
  };
  return !text.empty() && text.size() <= limits::kRequestIdCharacters &&
         std::all_of(text.begin(), text.end(), isAllowed);
}

}  // namespace ks
