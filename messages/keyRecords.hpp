#pragma once
#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "core/apiKeyKind.hpp"
#include "messages/accountRecords.hpp"

// What the key repository takes and gives. The text of a key is never among it, only its hash.
namespace ks {

struct ApiKeyRecord {
  Uuid id;
  ApiKeyKind kind = ApiKeyKind::user;
  Uuid ownerId;  ///< of a user's key; else nil
  std::string name;
  Bytes secretHash;
  std::vector<std::string> scopes;           ///< permissions
  std::vector<std::string> allowedNetworks;  ///< CIDR; empty: from everywhere
  std::optional<TimePoint> expiresAt;
  std::optional<TimePoint> lastUsedAt;  ///< to the minute
  std::optional<TimePoint> revokedAt;
  Uuid rotatedFrom;  ///< the key whose successor this is; nil: none
  Uuid createdBy;    ///< the user or key that made it; nil: the operator
  TimePoint createdAt;

  [[nodiscard]] bool isLive(TimePoint now) const { return !revokedAt && (!expiresAt || *expiresAt > now); }
};

struct CreateApiKey {
  ApiKeyRecord key;
  std::size_t most = 0;  ///< live keys of the owner, or of the installation's machines; more are refused
  AuditEvent audit{};
};

/// A key, and whose it is.
struct FoundApiKey {
  ApiKeyRecord key;
  std::optional<UserRecord> owner;
};

struct ListApiKeys {
  std::optional<Uuid> ownerId;  ///< this user's; nothing: the machines'
};

struct RevokeApiKey {
  Uuid id;
  std::optional<Uuid> ownerId;  ///< it must be this user's; nothing: a machine's
  TimePoint now;
  AuditEvent audit{};
};

/// A successor with everything of the old key but id and secret; the old one lives until `oldEndsAt`.
struct RotateApiKey {
  Uuid oldId;
  Uuid newId;
  Bytes newSecretHash;
  Uuid createdBy;
  TimePoint oldEndsAt;
  TimePoint now;
  AuditEvent audit{};
};
enum class RotateApiKeyOutcome : std::uint8_t { rotated, notFound, rotatedBefore };
struct RotatedApiKey {
  RotateApiKeyOutcome outcome = RotateApiKeyOutcome::notFound;
  ApiKeyRecord key;  ///< the successor
};

/// One step of the token keys. Where there is no next key, `fresh` becomes it. Where the key that signs is
/// older than `currentBefore` and the next one may sign already (its notBefore), that one signs from now on
/// and `fresh` is the next after it.
struct RotateSigningKeys {
  SigningKeyRecord fresh;
  TimePoint currentBefore;
  TimePoint retireAt;  ///< of the key that signed till now: its last token has expired by then
  TimePoint now;
  AuditEvent audit{};
};
}  // namespace ks
