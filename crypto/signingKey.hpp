#pragma once
#include <span>
#include <string>
#include <string_view>

#include "core/bytes.hpp"
#include "core/randomSourceInterface.hpp"
#include "core/result.hpp"
#include "core/secretText.hpp"

namespace ks {

/// The public half of an Ed25519 key pair.
struct VerificationKey {
  std::string keyId;
  Bytes publicKey;  ///< 32 bytes
};

/// An Ed25519 key pair. To be stored with the seed sealed.
struct SigningKey {
  std::string keyId;  ///< RFC 7638 thumbprint of the public key
  Bytes publicKey;
  SecretText seed;  ///< 32 raw bytes

  [[nodiscard]] VerificationKey verificationKey() const { return {keyId, publicKey}; }
};

SigningKey makeSigningKey(RandomSourceInterface& random);
/// The key pair of the seed. Fault `internal` if it does not have 32 bytes.
Result<SigningKey> restoreSigningKey(const SecretText& seed);

/// RFC 8032 signature of 64 bytes. `seed` has 32 bytes.
Bytes signEd25519(const SecretText& seed, ByteView message);
[[nodiscard]] bool verifyEd25519(ByteView publicKey, ByteView message, ByteView signature) noexcept;

/// RFC 7638 with SHA-256, base64url.
std::string jwkThumbprint(ByteView publicKey);

/// RFC 7517 set with every key as RFC 8037 says: `{"keys":[…]}`.
std::string jwksJson(std::span<const VerificationKey> keys);

}  // namespace ks
