#pragma once
#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "core/apiKeyKind.hpp"
#include "messages/account/accountRecords.hpp"

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

/// Where a key makes it: networks and expiry that are not given are the maker's, wider ones are refused.
struct CreateApiKey {
  ApiKeyRecord key;
  std::size_t most = 0;  ///< live keys of the owner, or of the installation's machines; more are refused
  AuditEvent audit{};
  Uuid callerSession{};  ///< in which it is made; what ends that session ends the key, or it is not made.
                         ///< Nil: made by a key or the operator
  std::optional<OutboxMail> notice{};  ///< to whom it is made for, or by whose session
};
enum class CreateApiKeyOutcome : std::uint8_t { created, tooMany, widerThanMaker, sessionOver };
struct CreatedApiKey {
  CreateApiKeyOutcome outcome = CreateApiKeyOutcome::tooMany;
  ApiKeyRecord key;  ///< as it was stored
};

/// The use of a key is noted only with the right secret.
struct UseApiKey {
  Uuid id;
  Bytes secretHash;
  TimePoint now;
};

/// What a key may now: it was made by somebody, perhaps by another key, and is never more than what made it.
struct ApiKeyLimits {
  bool standing = false;  ///< every key above it is live, and the person who made the first is active
  std::vector<std::string> permissions;  ///< scopes that all keys above have too and that person may now
  std::vector<std::vector<std::string>> networks;  ///< of the keys above: an address must be in each list
  std::optional<TimePoint> goodUntil;              ///< the earliest expiry
  std::vector<Uuid> makers;                        ///< the keys above and the person
};

/// A key, whose it is, and what it may.
struct FoundApiKey {
  ApiKeyRecord key;
  std::optional<UserRecord> owner;
  ApiKeyLimits limits;
};

/// Keys of a user that ended with the account's sessions, of which the user was not told yet.
struct EndedApiKeys {
  Uuid userId;
  std::string email;
  std::string locale;
  std::vector<Uuid> ids;
  std::vector<std::string> names;
};
struct NoteEndedApiKeys {
  std::vector<Uuid> ids;
  OutboxMail notice;
  TimePoint now;
};

struct ListApiKeys {
  std::optional<Uuid> ownerId;  ///< this user's; nothing: the machines'
};

struct RevokeApiKey {
  Uuid id;
  std::optional<Uuid> ownerId;  ///< it must be this user's; nothing: a machine's
  TimePoint now;
  AuditEvent audit{};
  Uuid by{};  ///< who revokes a machine's; nil: the operator
};
struct RevokedApiKey {
  std::optional<ApiKeyRecord> key;  ///< nothing: there is no such key
  bool rankTooLow = false;          ///< and it stays
};

/// A successor with everything of the old key but id, secret and maker, who is whoever rotates (of a key that
/// rotates itself, its maker); the old one lives until `oldEndsAt`.
struct RotateApiKey {
  Uuid oldId;
  Uuid newId;
  Bytes newSecretHash;
  Uuid createdBy;
  TimePoint oldEndsAt;
  TimePoint now;
  AuditEvent audit{};
  std::optional<OutboxMail> notice{};  ///< to whoever rotates in a session
};
enum class RotateApiKeyOutcome : std::uint8_t {
  rotated,
  notFound,
  rotatedBefore,
  widerThanMaker,
  rankTooLow
};
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
