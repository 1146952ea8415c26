#include "core/text/base64url.hpp"

#include <array>
#include <cstddef>

namespace ks {
namespace {

using Alphabet = std::array<char, 64>;

constexpr Alphabet makeAlphabet(char last1, char last2) {
  Alphabet alphabet{};
  std::size_t i = 0;
  for (char c = 'A'; c <= 'Z'; ++c) {
    alphabet[i++] = c;
  }
  for (char c = 'a'; c <= 'z'; ++c) {
    alphabet[i++] = c;
  }
  for (char c = '0'; c <= '9'; ++c) {
    alphabet[i++] = c;
  }
  alphabet[i++] = last1;
  alphabet[i] = last2;
  return alphabet;
}

constexpr Alphabet kStandard = makeAlphabet('+', '/');
constexpr Alphabet kUrlSafe = makeAlphabet('-', '_');

// Branch-free: the time does not depend on the digit, which may be part of a secret.
int digitValue(const Alphabet& alphabet, char c) {
  int value = -1;
  for (std::size_t i = 0; i < alphabet.size(); ++i) {
    const int hit = -static_cast<int>(alphabet[i] == c);
    value = (value & ~hit) | (static_cast<int>(i) & hit);
  }
  return value;
}

std::string encodeBase64(const Alphabet& alphabet, ByteView bytes) {
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  std::uint32_t bits = 0;
  unsigned count = 0;
  for (const std::uint8_t byte : bytes) {
    bits = (bits << 8U) | byte;
    count += 8;
    while (count >= 6) {
      count -= 6;
      text.push_back(alphabet[(bits >> count) & 0x3fU]);
    }
  }
  if (count > 0) {
    text.push_back(alphabet[(bits << (6 - count)) & 0x3fU]);
  }
  return text;
}

std::optional<Bytes> decodeBase64(const Alphabet& alphabet, std::string_view text) {
  if (text.size() % 4 == 1) {
    return std::nullopt;
  }
  Bytes bytes;
  bytes.reserve(text.size() * 3 / 4);
  std::uint32_t bits = 0;
  unsigned count = 0;
  for (const char c : text) {
    const int value = digitValue(alphabet, c);
    if (value < 0) {
      return std::nullopt;
    }
    bits = (bits << 6U) | static_cast<std::uint32_t>(value);
    count += 6;
    if (count >= 8) {
      count -= 8;
      bytes.push_back(static_cast<std::uint8_t>(bits >> count));
    }
  }
  if ((bits & ((1U << count) - 1U)) != 0) {
    return std::nullopt;
  }
  return bytes;
}

}  // namespace

std::string base64UrlEncode(ByteView bytes) { return encodeBase64(kUrlSafe, bytes); }

std::optional<Bytes> base64UrlDecode(std::string_view text) { return decodeBase64(kUrlSafe, text); }

std::string base64Encode(ByteView bytes) {
  std::string text = encodeBase64(kStandard, bytes);
  text.append((4 - text.size() % 4) % 4, '=');
  return text;
}

std::optional<Bytes> base64Decode(std::string_view text) {
  if (text.size() % 4 != 0) {
    return std::nullopt;
  }
  for (int i = 0; i < 2 && text.ends_with('='); ++i) {
    text.remove_suffix(1);
  }
  return decodeBase64(kStandard, text);
}

std::string base64EncodeUnpadded(ByteView bytes) { return encodeBase64(kStandard, bytes); }

std::optional<Bytes> base64DecodeUnpadded(std::string_view text) { return decodeBase64(kStandard, text); }

}  // namespace ks
