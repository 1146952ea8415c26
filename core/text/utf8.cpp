#include "core/text/utf8.hpp"

#include <utf8proc.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <memory>

namespace ks {
namespace {

struct Sequence {
  std::size_t length;  ///< bytes of the code point, or of the maximal ill-formed piece
  bool good;
};

// Unicode 15, table 3-7: the allowed range of the second byte depends on the first; all further ones
// are 80..BF.
Sequence firstSequence(std::string_view text) noexcept {
  const auto byteAt = [text](std::size_t i) { return static_cast<std::uint8_t>(text[i]); };
  const std::uint8_t first = byteAt(0);
  if (first < 0x80) {
    return {1, true};
  }
  std::size_t length = 0;
  std::uint8_t low = 0x80;
  std::uint8_t high = 0xbf;
  if (first >= 0xc2 && first <= 0xdf) {
    length = 2;
  } else if (first >= 0xe0 && first <= 0xef) {
    length = 3;
    low = first == 0xe0 ? 0xa0 : low;
    high = first == 0xed ? 0x9f : high;
  } else if (first >= 0xf0 && first <= 0xf4) {
    length = 4;
    low = first == 0xf0 ? 0x90 : low;
    high = first == 0xf4 ? 0x8f : high;
  } else {
    return {1, false};
  }
  for (std::size_t i = 1; i < length; ++i) {
    if (i >= text.size() || byteAt(i) < low || byteAt(i) > high) {
      return {i, false};
    }
    low = 0x80;
    high = 0xbf;
  }
  return {length, true};
}

}  // namespace

bool isUtf8(std::string_view text) noexcept {
  while (!text.empty()) {
    const Sequence sequence = firstSequence(text);
    if (!sequence.good) {
      return false;
    }
    text.remove_prefix(sequence.length);
  }
  return true;
}

std::size_t countCodePoints(std::string_view text) noexcept {
  std::size_t count = 0;
  while (!text.empty()) {
    const Sequence sequence = firstSequence(text);
    text.remove_prefix(sequence.good ? sequence.length : 1);
    ++count;
  }
  return count;
}

std::string replaceBadUtf8(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const Sequence sequence = firstSequence(text);
    out.append(sequence.good ? text.substr(0, sequence.length) : std::string_view("\xef\xbf\xbd"));
    text.remove_prefix(sequence.length);
  }
  return out;
}

std::string_view cutUtf8(std::string_view text, std::size_t maxBytes) noexcept {
  if (text.size() <= maxBytes) {
    return text;
  }
  std::size_t end = maxBytes;
  for (int step = 0; step < 3 && end > 0 && (static_cast<std::uint8_t>(text[end]) & 0xc0U) == 0x80U; ++step) {
    --end;
  }
  return text.substr(0, end);
}

std::optional<std::string> normalizeNfc(std::string_view text) {
  if (!isUtf8(text)) {
    return std::nullopt;
  }
  utf8proc_uint8_t* raw = nullptr;
  const auto length = utf8proc_map(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                                   static_cast<utf8proc_ssize_t>(text.size()), &raw,
                                   static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_COMPOSE));
  if (length < 0) {
    return std::nullopt;
  }
  std::string out(reinterpret_cast<const char*>(raw), static_cast<std::size_t>(length));
  // The text may be a password: what the library allocated is wiped before it goes back to the heap.
  volatile utf8proc_uint8_t* wipe = raw;
  for (utf8proc_ssize_t i = 0; i < length; ++i) {
    wipe[i] = 0;
  }
  std::free(raw);
  return out;
}

bool isAscii(std::string_view text) noexcept {
  return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<std::uint8_t>(c) < 0x80; });
}

std::string lowerAscii(std::string_view text) {
  std::string lower{text};
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return lower;
}

bool hasControlCharacter(std::string_view text) noexcept {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<std::uint8_t>(text[i]);
    const bool c1 = byte == 0xc2 && i + 1 < text.size() && static_cast<std::uint8_t>(text[i + 1]) < 0xa0;
    if (byte < 0x20 || byte == 0x7f || c1) {
      return true;
    }
  }
  return false;
}

}  // namespace ks
