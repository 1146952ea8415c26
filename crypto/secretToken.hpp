#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "core/bytes.hpp"
#include "core/randomSourceInterface.hpp"
#include "core/secretText.hpp"
#include "crypto/keyring.hpp"

namespace ks {

/// 256 random bits in base64url: 43 characters.
SecretText makeSecretToken(RandomSourceInterface& random);

/// Has the form of makeSecretToken's result; other texts need no look-up.
[[nodiscard]] bool looksLikeSecretToken(std::string_view text);

/// Hashes tokens for storage. Without the key a stolen table cannot even confirm a guess.
/// Thread-safe.
class TokenHasher {
 public:
  explicit TokenHasher(KeyringPtr keyring) : keyring_(std::move(keyring)) {}

  /// Keyed BLAKE2b, 32 bytes, under the primary key. `purpose` (`verify_email`) keeps one kind of token from
  /// passing as another.
  [[nodiscard]] Bytes storedHash(std::string_view purpose, const SecretText& token) const;
  /// The same under every key, the primary's first: a look-up must try all while keys rotate.
  [[nodiscard]] std::vector<Bytes> possibleHashes(std::string_view purpose, const SecretText& token) const;

 private:
  KeyringPtr keyring_;
};

/// SHA-256 in lower-case hexadecimal: the Redis key of an access token, which nginx computes too.
std::string tokenDigestHex(std::string_view token);

/// Takes the same time wherever the two differ; the length is not secret.
[[nodiscard]] bool equalConstantTime(ByteView a, ByteView b) noexcept;

}  // namespace ks
