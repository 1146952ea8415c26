#pragma once
#include <cstdint>
#include <string>
#include <string_view>

namespace ks {

/// Seven bits a byte, least significant first; the top bit says that more follows.
inline void appendVariableInteger(std::string& out, std::uint64_t value) {
  while (value >= 0x80) {
    out.push_back(static_cast<char>(static_cast<unsigned char>(value) | 0x80U));
    value >>= 7U;
  }
  out.push_back(static_cast<char>(value));
}

/// Takes one integer off the front of `text`; false when there is none.
inline bool takeVariableInteger(std::string_view& text, std::uint64_t& value) noexcept {
  if (!text.empty() && (static_cast<unsigned char>(text.front()) & 0x80U) == 0) {
    value = static_cast<unsigned char>(text.front());
    text.remove_prefix(1);
    return true;
  }
  value = 0;
  for (unsigned shift = 0; shift < 64 && !text.empty(); shift += 7) {
    const auto byte = static_cast<unsigned char>(text.front());
    text.remove_prefix(1);
    value |= static_cast<std::uint64_t>(byte & 0x7fU) << shift;
    if ((byte & 0x80U) == 0) {
      return true;
    }
  }
  return false;
}

}  // namespace ks
