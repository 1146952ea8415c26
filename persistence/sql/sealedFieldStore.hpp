#pragma once
#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/bytes.hpp"
#include "core/logging/auditEvent.hpp"
#include "core/result.hpp"
#include "persistence/sql/postgresSession.hpp"

namespace ks {

/// Every column that holds sealed values.
enum class SealedField : std::uint8_t {
  refreshKey,
  mailRecipient,
  mailPayload,
  signingKey,
  factorSecret,
  challengeState,
  exportContent,
  webhookSecret,
  oldWebhookSecret
};
inline constexpr std::array<SealedField, 9> kSealedFields{
    SealedField::refreshKey,    SealedField::mailRecipient, SealedField::mailPayload,
    SealedField::signingKey,    SealedField::factorSecret,  SealedField::challengeState,
    SealedField::exportContent, SealedField::webhookSecret, SealedField::oldWebhookSecret};

struct SealedValue {
  std::string id;  ///< of its row
  Bytes sealed;
};

/// Finds and replaces sealed values for the rotation of master keys. Blocking; belongs to its session's
/// thread. Faults as PostgresSession's.
class SealedFieldStore {
 public:
  explicit SealedFieldStore(PostgresSession& session) : session_(session) {}

  /// Values under another key than `keyId`, by ascending id, those after `afterId` (empty: from the first).
  Result<std::vector<SealedValue>> underOtherKeys(SealedField field, std::string_view keyId,
                                                  const std::string& afterId, std::int32_t limit);
  Result<std::int64_t> countUnderOtherKeys(SealedField field, std::string_view keyId);
  /// False: the value is no longer the one that was read.
  Result<bool> replace(SealedField field, const SealedValue& read, const Bytes& sealed);
  /// Into the audit trail.
  Result<Done> note(const AuditEvent& event);

 private:
  PostgresSession& session_;
};

}  // namespace ks
