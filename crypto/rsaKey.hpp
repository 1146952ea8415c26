#pragma once
#include <memory>
#include <string_view>

#include "core/bytes.hpp"
#include "core/result.hpp"
#include "core/secretText.hpp"

struct evp_pkey_st;

namespace ks {

/// Shorter RSA keys are refused.
constexpr int kLeastRsaBits = 2048;

/// An RSA key that signs with SHA256withRSA (PKCS#1 v1.5). Copies share the key. Thread-safe.
class RsaPrivateKey {
 public:
  /// Reads PKCS#8 (`BEGIN PRIVATE KEY`) or PKCS#1 (`BEGIN RSA PRIVATE KEY`). Fault `invalidFormat` when it is
  /// none, encrypted, not RSA or shorter than kLeastRsaBits; the message says which and has nothing of the key.
  [[nodiscard]] static Result<RsaPrivateKey> fromPem(const SecretText& pem);

  /// As many bytes as the modulus has; the same for the same message. Fault `internal` if OpenSSL refuses.
  [[nodiscard]] Result<Bytes> sign(ByteView message) const;

 private:
  explicit RsaPrivateKey(std::shared_ptr<evp_pkey_st> key) : key_(std::move(key)) {}
  std::shared_ptr<evp_pkey_st> key_;
};

/// An RSA key that verifies SHA256withRSA (PKCS#1 v1.5). Copies share the key. Thread-safe.
class RsaPublicKey {
 public:
  /// Reads SPKI (`BEGIN PUBLIC KEY`). Fault `invalidFormat`, as of RsaPrivateKey::fromPem.
  [[nodiscard]] static Result<RsaPublicKey> fromPem(std::string_view pem);

  /// False for a wrong signature and for anything that is none.
  [[nodiscard]] bool verify(ByteView message, ByteView signature) const noexcept;

 private:
  explicit RsaPublicKey(std::shared_ptr<evp_pkey_st> key) : key_(std::move(key)) {}
  std::shared_ptr<evp_pkey_st> key_;
};

}  // namespace ks
