#include "crypto/auditSealer.hpp"

#include <sodium.h>

#include "crypto/hmacSha256.hpp"
#include "crypto/secretToken.hpp"

namespace ks {
namespace {

constexpr std::string_view kSealVersion = "ks-audit-seal-1";

void append(Bytes& message, std::int64_t value) {
  for (int shift = 56; shift >= 0; shift -= 8) {
    message.push_back(static_cast<std::uint8_t>(static_cast<std::uint64_t>(value) >> shift));
  }
}

/// Hashes are preceded by their length, so two different chains never give the same message.
void append(Bytes& message, const Bytes& hash) {
  append(message, static_cast<std::int64_t>(hash.size()));
  message.insert(message.end(), hash.begin(), hash.end());
}

Bytes messageOf(const AuditChainEnds& ends) {
  const auto version = asBytes(kSealVersion);
  Bytes message(version.begin(), version.end());
  append(message, ends.firstSeq);
  append(message, ends.firstPrevHash);
  append(message, ends.sealedFrom);
  append(message, ends.sealedSeq);
  append(message, ends.sealedHash);
  return message;
}

}  // namespace

AuditSeal AuditSealer::seal(const AuditChainEnds& ends) const {
  const auto mac = hmacSha256(keyring_->primarySubkey(KeyPurpose::auditSeal), messageOf(ends));
  return {keyring_->primaryId(), {mac.begin(), mac.end()}};
}

SealCheck AuditSealer::check(const AuditChainEnds& ends, const AuditSeal& seal) const {
  if (seal.keyId.empty()) {
    return SealCheck::missing;
  }
  const auto key = keyring_->subkey(seal.keyId, KeyPurpose::auditSeal);
  if (!key) {
    return SealCheck::unknownKey;
  }
  return equalConstantTime(hmacSha256(*key, messageOf(ends)), seal.mac) ? SealCheck::good : SealCheck::wrong;
}

Bytes AuditSealer::rowHash(ByteView previous, std::string_view text) const {
  Bytes hash(crypto_hash_sha256_BYTES);
  crypto_hash_sha256_state state;
  const auto row = asBytes(text);
  crypto_hash_sha256_init(&state);
  crypto_hash_sha256_update(&state, previous.data(), previous.size());
  crypto_hash_sha256_update(&state, row.data(), row.size());
  crypto_hash_sha256_final(&state, hash.data());
  return hash;
}

}  // namespace ks
