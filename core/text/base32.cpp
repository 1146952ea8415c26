#include "core/text/base32.hpp"

namespace ks {
namespace {

constexpr std::string_view kBase32Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

}  // namespace

std::string base32Encode(ByteView bytes) {
  std::string text;
  text.reserve((bytes.size() * 8 + 4) / 5);
  unsigned held = 0;
  int bits = 0;
  for (const auto byte : bytes) {
    held = (held << 8 | byte) & 0xfff;
    for (bits += 8; bits >= 5; bits -= 5) {
      text += kBase32Alphabet[held >> (bits - 5) & 31];
    }
  }
  if (bits > 0) {
    text += kBase32Alphabet[held << (5 - bits) & 31];
  }
  return text;
}

std::optional<Bytes> base32Decode(std::string_view text) {
  Bytes bytes;
  bytes.reserve(text.size() * 5 / 8);
  unsigned held = 0;
  int bits = 0;
  for (const char c : text) {
    const auto value = kBase32Alphabet.find(c);
    if (value == std::string_view::npos) {
      return std::nullopt;
    }
    held = (held << 5 | static_cast<unsigned>(value)) & 0xfff;
    bits += 5;
    if (bits >= 8) {
      bits -= 8;
      bytes.push_back(static_cast<std::uint8_t>(held >> bits & 0xff));
    }
  }
  const bool wholeBytes = bits < 5 && (held & ((1U << bits) - 1)) == 0;
  return wholeBytes ? std::optional(std::move(bytes)) : std::nullopt;
}

}  // namespace ks
