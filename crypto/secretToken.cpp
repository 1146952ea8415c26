#include "crypto/secretToken.hpp"

#include <sodium.h>

#include <array>

#include "core/text/base64url.hpp"
#include "crypto/secretBuffer.hpp"

namespace ks {
namespace {

constexpr std::size_t kSecretTokenBytes = 32;
constexpr std::size_t kSecretTokenCharacters = 43;

Bytes tokenHashUnder(ByteView key, std::string_view purpose, std::string_view token) {
  Bytes hash(32);
  crypto_generichash_state state;
  crypto_generichash_init(&state, key.data(), key.size(), hash.size());
  // The zero byte ends the purpose, which contains none, so purpose and token cannot be shifted into each
  // other.
  const std::string lead = std::string(purpose) + '\0';
  crypto_generichash_update(&state, asBytes(lead).data(), lead.size());
  crypto_generichash_update(&state, asBytes(token).data(), token.size());
  crypto_generichash_final(&state, hash.data(), hash.size());
  sodium_memzero(&state, sizeof state);
  return hash;
}

}  // namespace

SecretText makeSecretToken(RandomSourceInterface& random) {
  SecretBuffer<kSecretTokenBytes> bytes;
  random.fill(bytes.writable());
  return SecretText(base64UrlEncode(bytes.view()));
}

bool looksLikeSecretToken(std::string_view text) {
  return text.size() == kSecretTokenCharacters && base64UrlDecode(text).has_value();
}

Bytes TokenHasher::storedHash(std::string_view purpose, const SecretText& token) const {
  return tokenHashUnder(keyring_->primarySubkey(KeyPurpose::tokenHash), purpose, token.reveal());
}

std::vector<Bytes> TokenHasher::possibleHashes(std::string_view purpose, const SecretText& token) const {
  std::vector<Bytes> hashes;
  for (const ByteView key : keyring_->subkeys(KeyPurpose::tokenHash)) {
    hashes.push_back(tokenHashUnder(key, purpose, token.reveal()));
  }
  return hashes;
}

std::string tokenDigestHex(std::string_view token) {
  std::array<std::uint8_t, crypto_hash_sha256_BYTES> digest{};
  crypto_hash_sha256(digest.data(), asBytes(token).data(), token.size());
  return toHex(digest);
}

bool equalConstantTime(ByteView a, ByteView b) noexcept {
  return a.size() == b.size() && sodium_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace ks
