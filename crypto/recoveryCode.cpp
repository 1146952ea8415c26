#include "crypto/recoveryCode.hpp"

#include <sodium.h>

#include <string>

#include "core/text/base32.hpp"
#include "crypto/secretBuffer.hpp"

namespace ks {
namespace {

constexpr std::size_t kRecoveryCodeBytes = 16;
constexpr std::size_t kFirstGroup = 6;
constexpr std::size_t kGroup = 5;

}  // namespace

SecretText makeRecoveryCode(RandomSourceInterface& random) {
  SecretBuffer<kRecoveryCodeBytes> bytes;
  random.fill(bytes.writable());
  auto text = base32Encode(bytes.view());
  for (std::size_t at = kFirstGroup; at < text.size(); at += kGroup + 1) {
    text.insert(at, 1, '-');
  }
  return SecretText(std::move(text));
}

std::optional<Bytes> recoveryCodeHash(std::string_view typed) {
  std::string text;
  for (const char c : typed) {
    if (c != ' ' && c != '-') {
      text += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    }
  }
  const auto bytes = base32Decode(text);
  if (!bytes || bytes->size() != kRecoveryCodeBytes) {
    return std::nullopt;
  }
  Bytes hash(crypto_hash_sha256_BYTES);
  crypto_hash_sha256(hash.data(), bytes->data(), bytes->size());
  return hash;
}

}  // namespace ks
