#include "crypto/apiKey.hpp"

#include <sodium.h>

#include <array>

#include "core/text/base64url.hpp"
#include "crypto/secretBuffer.hpp"

namespace ks {
namespace {

constexpr std::size_t kApiSecretBytes = 32;
constexpr std::size_t kApiSecretCharacters = 43;
constexpr std::size_t kApiChecksumBytes = 4;
constexpr std::size_t kApiChecksumCharacters = 6;
constexpr std::size_t kApiIdDigits = 32;
// Different first bytes: a stored hash can never be a checksum of something else.
constexpr std::string_view kApiChecksumPurpose{"k-services api key checksum\0", 28};
constexpr std::string_view kApiHashPurpose{"k-services api key\0", 19};

std::array<std::uint8_t, crypto_hash_sha256_BYTES> digestOf(std::string_view purpose, std::string_view text) {
  std::array<std::uint8_t, crypto_hash_sha256_BYTES> digest{};
  crypto_hash_sha256_state state;
  crypto_hash_sha256_init(&state);
  crypto_hash_sha256_update(&state, asBytes(purpose).data(), purpose.size());
  crypto_hash_sha256_update(&state, asBytes(text).data(), text.size());
  crypto_hash_sha256_final(&state, digest.data());
  sodium_memzero(&state, sizeof state);
  return digest;
}

std::string keyChecksum(std::string_view text) {
  const auto digest = digestOf(kApiChecksumPurpose, text);
  return base64UrlEncode(ByteView(digest).first(kApiChecksumBytes));
}

std::optional<Uuid> uuidOfDigits(std::string_view digits) {
  for (const char c : digits) {
    if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'))) {
      return std::nullopt;
    }
  }
  std::string text(digits);
  for (const std::size_t place : {8U, 13U, 18U, 23U}) {
    text.insert(place, 1, '-');
  }
  return Uuid::parse(text);
}

}  // namespace

SecretText makeApiKey(ApiKeyKind kind, const Uuid& id, RandomSourceInterface& random) {
  SecretBuffer<kApiSecretBytes> secret;
  random.fill(secret.writable());
  std::string text = apiKeyPrefix(kind, id) + "_" + base64UrlEncode(secret.view());
  text += keyChecksum(text);
  return SecretText(std::move(text));
}

std::optional<ApiKeyParts> readApiKey(std::string_view text) {
  for (const auto kind : {ApiKeyKind::admin, ApiKeyKind::service, ApiKeyKind::user}) {
    const auto lead = apiKeyLead(kind);
    const std::size_t secretPlace = lead.size() + kApiIdDigits + 1;
    const std::size_t checksumPlace = secretPlace + kApiSecretCharacters;
    if (text.size() != checksumPlace + kApiChecksumCharacters || !text.starts_with(lead) ||
        text[secretPlace - 1] != '_') {
      continue;
    }
    const auto id = uuidOfDigits(text.substr(lead.size(), kApiIdDigits));
    if (!id || !base64UrlDecode(text.substr(secretPlace, kApiSecretCharacters)) ||
        keyChecksum(text.substr(0, checksumPlace)) != text.substr(checksumPlace)) {
      return std::nullopt;
    }
    return ApiKeyParts{kind, *id};
  }
  return std::nullopt;
}

Bytes apiKeyHash(std::string_view text) {
  const auto digest = digestOf(kApiHashPurpose, text);
  return {digest.begin(), digest.end()};
}

}  // namespace ks
