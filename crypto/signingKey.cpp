#include "crypto/signingKey.hpp"

#include <sodium.h>

#include <array>
#include <nlohmann/json.hpp>

#include "core/text/base64url.hpp"
#include "crypto/secretBuffer.hpp"

namespace ks {
namespace {

static_assert(crypto_sign_SEEDBYTES == 32 && crypto_sign_PUBLICKEYBYTES == 32 && crypto_sign_BYTES == 64);

SigningKey keyFromSeed(ByteView seed) {
  SecretBuffer<crypto_sign_SECRETKEYBYTES> secretKey;
  SigningKey key;
  key.publicKey.resize(crypto_sign_PUBLICKEYBYTES);
  crypto_sign_seed_keypair(key.publicKey.data(), secretKey.data(), seed.data());
  key.keyId = jwkThumbprint(key.publicKey);
  key.seed = toSecret(seed);
  return key;
}

}  // namespace

SigningKey makeSigningKey(RandomSourceInterface& random) {
  SecretBuffer<crypto_sign_SEEDBYTES> seed;
  random.fill(seed.writable());
  return keyFromSeed(seed.view());
}

Result<SigningKey> restoreSigningKey(const SecretText& seed) {
  if (seed.size() != crypto_sign_SEEDBYTES) {
    return makeFault(ErrorCode::internal, "a signing key's seed has 32 bytes");
  }
  return keyFromSeed(secretBytes(seed));
}

Bytes signEd25519(const SecretText& seed, ByteView message) {
  SecretBuffer<crypto_sign_SECRETKEYBYTES> secretKey;
  std::array<std::uint8_t, crypto_sign_PUBLICKEYBYTES> publicKey{};
  crypto_sign_seed_keypair(publicKey.data(), secretKey.data(), secretBytes(seed).data());
  Bytes signature(crypto_sign_BYTES);
  crypto_sign_detached(signature.data(), nullptr, message.data(), message.size(), secretKey.data());
  return signature;
}

bool verifyEd25519(ByteView publicKey, ByteView message, ByteView signature) noexcept {
  return publicKey.size() == crypto_sign_PUBLICKEYBYTES && signature.size() == crypto_sign_BYTES &&
         crypto_sign_verify_detached(signature.data(), message.data(), message.size(), publicKey.data()) == 0;
}

std::string jwkThumbprint(ByteView publicKey) {
  // RFC 7638: the required members in the order of their names, no white space.
  const std::string jwk = R"({"crv":"Ed25519","kty":"OKP","x":")" + base64UrlEncode(publicKey) + "\"}";
  std::array<std::uint8_t, crypto_hash_sha256_BYTES> digest{};
  crypto_hash_sha256(digest.data(), asBytes(jwk).data(), jwk.size());
  return base64UrlEncode(digest);
}

std::string jwksJson(std::span<const VerificationKey> keys) {
  auto set = nlohmann::ordered_json::array();
  for (const auto& key : keys) {
    set.push_back({{"kty", "OKP"},
                   {"crv", "Ed25519"},
                   {"use", "sig"},
                   {"alg", "EdDSA"},
                   {"kid", key.keyId},
                   {"x", base64UrlEncode(key.publicKey)}});
  }
  return nlohmann::ordered_json{{"keys", std::move(set)}}.dump();
}

}  // namespace ks
