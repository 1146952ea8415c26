#pragma once
#include "core/auditSealerInterface.hpp"
#include "crypto/keyring.hpp"

namespace ks {

/// Under the installation's master keys: HMAC-SHA-256 with the primary's subkey, checked with that of the key
/// that the seal names.
class AuditSealer final : public AuditSealerInterface {
 public:
  explicit AuditSealer(KeyringPtr keyring) : keyring_(std::move(keyring)) {}

  [[nodiscard]] AuditSeal seal(const AuditChainEnds& ends) const override;
  [[nodiscard]] SealCheck check(const AuditChainEnds& ends, const AuditSeal& seal) const override;
  [[nodiscard]] Bytes rowHash(ByteView previous, std::string_view text) const override;

 private:
  KeyringPtr keyring_;
};

}  // namespace ks
