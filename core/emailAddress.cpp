#include "core/emailAddress.hpp"

#include <algorithm>

#include "core/limits.hpp"
#include "core/utf8.hpp"

namespace ks {
namespace {

constexpr std::size_t kMaxLocalBytes = 64;
constexpr std::size_t kMaxLabelBytes = 63;

bool isAsciiAlphanumeric(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

bool isBeyondAscii(char c) { return static_cast<unsigned char>(c) >= 0x80; }

bool isAtomCharacter(char c) {
  return isAsciiAlphanumeric(c) || isBeyondAscii(c) ||
         std::string_view("!#$%&'*+-/=?^_`{|}~").find(c) != std::string_view::npos;
}

bool isLocalPart(std::string_view local) {
  if (local.empty() || local.size() > kMaxLocalBytes || local.front() == '.' || local.back() == '.' ||
      local.find("..") != std::string_view::npos) {
    return false;
  }
  return std::all_of(local.begin(), local.end(), [](char c) { return c == '.' || isAtomCharacter(c); });
}

bool isLabel(std::string_view label) {
  return !label.empty() && label.size() <= kMaxLabelBytes && label.front() != '-' && label.back() != '-' &&
         std::all_of(label.begin(), label.end(),
                     [](char c) { return c == '-' || isAsciiAlphanumeric(c) || isBeyondAscii(c); });
}

bool isHostName(std::string_view host) {
  std::size_t labels = 0;
  bool lastIsNumber = false;
  while (true) {
    const auto dot = host.find('.');
    const auto label = host.substr(0, dot);
    if (!isLabel(label)) {
      return false;
    }
    lastIsNumber = std::all_of(label.begin(), label.end(), [](char c) { return c >= '0' && c <= '9'; });
    ++labels;
    if (dot == std::string_view::npos) {
      return labels >= 2 && !lastIsNumber;
    }
    host.remove_prefix(dot + 1);
  }
}

}  // namespace

std::optional<std::string> normalizeEmail(std::string_view text) {
  if (text.size() > 2 * limits::kEmailBytes) {
    return std::nullopt;
  }
  auto address = normalizeNfc(text);
  if (!address || address->size() > limits::kEmailBytes || hasControlCharacter(*address)) {
    return std::nullopt;
  }
  std::transform(address->begin(), address->end(), address->begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  const std::string_view whole = *address;
  const auto at = whole.find('@');
  if (at == std::string_view::npos || !isLocalPart(whole.substr(0, at)) ||
      !isHostName(whole.substr(at + 1))) {
    return std::nullopt;
  }
  return address;
}

}  // namespace ks
