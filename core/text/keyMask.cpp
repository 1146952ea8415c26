#include "core/text/keyMask.hpp"

#include <algorithm>
#include <array>

namespace ks {
namespace {

constexpr std::size_t kIdCharacters = 32;
constexpr std::string_view kMask = "***";
constexpr std::array<std::string_view, 3> kKinds{"ks_adm_", "ks_svc_", "ks_live_"};
constexpr std::string_view kKeyStart = "ks_";
/// The beginning of the base64url of a JSON object.
constexpr std::string_view kTokenStart = "eyJ";
constexpr std::size_t kLeastTokenPart = 8;

bool isKeyCharacter(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
}

std::size_t runLength(std::string_view text) {
  return static_cast<std::size_t>(std::find_if_not(text.begin(), text.end(), isKeyCharacter) - text.begin());
}

bool isId(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

/// The length of a key's public prefix, and of the key in `text`; 0, 0: there is none here.
struct Found {
  std::size_t shown = 0;
  std::size_t whole = 0;
};

Found keyAt(std::string_view text) {
  for (const auto kind : kKinds) {
    if (!text.starts_with(kind)) {
      continue;
    }
    const auto rest = text.substr(kind.size());
    const auto length = runLength(rest);
    const bool hasId = length >= kIdCharacters && isId(rest.substr(0, kIdCharacters)) &&
                       (length == kIdCharacters || rest[kIdCharacters] == '_');
    return {kind.size() + (hasId ? std::min(length, kIdCharacters + 1) : 0), kind.size() + length};
  }
  return {};
}

Found tokenAt(std::string_view text) {
  if (!text.starts_with(kTokenStart)) {
    return {};
  }
  std::size_t end = runLength(text);
  if (end < kLeastTokenPart || end >= text.size() || text[end] != '.') {
    return {};
  }
  for (int parts = 0; parts < 2 && end < text.size() && text[end] == '.'; ++parts) {
    end += 1 + runLength(text.substr(end + 1));
  }
  return {kTokenStart.size(), end};
}

}  // namespace

// One pass for any text: each search begins where the previous one ended, and in a run that is not a
// token no later position begins one either.
std::string maskKeys(std::string_view text) {
  std::string out;
  std::size_t copied = 0;
  std::size_t key = text.find(kKeyStart);
  std::size_t token = text.find(kTokenStart);
  while (key != std::string_view::npos || token != std::string_view::npos) {
    const auto at = std::min(key, token);
    const auto rest = text.substr(at);
    const auto found = key < token ? keyAt(rest) : tokenAt(rest);
    std::size_t next = at + 1;
    if (found.whole > found.shown) {
      out.append(text.substr(copied, at + found.shown - copied)).append(kMask);
      next = copied = at + found.whole;
    } else if (token < key) {
      token = text.find(kTokenStart, at + runLength(rest));
    }
    if (key != std::string_view::npos && key < next) {
      key = text.find(kKeyStart, next);
    }
    if (token != std::string_view::npos && token < next) {
      token = text.find(kTokenStart, next);
    }
  }
  return out.append(text.substr(copied));
}

}  // namespace ks
