#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "core/bytes.hpp"

namespace ks {

/// The sealed part of the audit chain: where it begins, where the seal ends, and the hashes there. Each
/// row's hash covers the row before, so these cover every row between.
struct AuditChainEnds {
  std::int64_t firstSeq = 1;
  Bytes firstPrevHash;          ///< of the row before the first, which retention has taken
  std::int64_t sealedFrom = 1;  ///< rows before it were chained before there were seals
  std::int64_t sealedSeq = 0;   ///< the last row that the seal covers
  Bytes sealedHash;
};

/// What the owner of the tables cannot forge: a MAC under a key that is not in the database.
struct AuditSeal {
  std::string keyId;  ///< empty: there is no seal
  Bytes mac;
};

enum class SealCheck : std::uint8_t { good, wrong, unknownKey, missing };

/// Seals the audit chain. Thread-safe.
class AuditSealerInterface {
 public:
  virtual ~AuditSealerInterface() = default;
  [[nodiscard]] virtual AuditSeal seal(const AuditChainEnds& ends) const = 0;
  [[nodiscard]] virtual SealCheck check(const AuditChainEnds& ends, const AuditSeal& seal) const = 0;
  /// The result of audit_row_hash() of migration 0003 for a row of this text.
  [[nodiscard]] virtual Bytes rowHash(ByteView previous, std::string_view text) const = 0;
};

}  // namespace ks
