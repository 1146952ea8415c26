#pragma once
#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "core/apiKeyKind.hpp"
#include "core/result.hpp"
#include "messages/account/accountRecords.hpp"

// Operations on keys: what they take and answer. The text of a key is never among it, only its hash.
namespace ks {

struct ApiKeyRecord {
  Uuid id;
  ApiKeyKind kind = ApiKeyKind::user;
  Uuid ownerId;  ///< of a user's key; else nil
  std::string name;
  Bytes secretHash;
  std::vector<std::string> scopes;           ///< permissions
  std::vector<std::string> allowedNetworks;  ///< CIDR; empty: all addresses
  std::optional<TimePoint> expiresAt;
  std::optional<TimePoint> lastUsedAt;  ///< to the minute
  std::optional<TimePoint> revokedAt;
  Uuid rotatedFrom;  ///< the key whose successor this is; nil: none
  Uuid createdBy;    ///< the user or key that made it; nil: the operator
  TimePoint createdAt;

  [[nodiscard]] bool isLive(TimePoint now) const { return !revokedAt && (!expiresAt || *expiresAt > now); }
};

enum class CreateApiKeyOutcome : std::uint8_t { created, tooMany, widerThanMaker, sessionOver };
struct CreatedApiKey {
  CreateApiKeyOutcome outcome = CreateApiKeyOutcome::tooMany;
  ApiKeyRecord key;  ///< as it was stored
};

/// Created by a key: missing networks and expiry are inherited, wider ones are refused.
struct CreateApiKey {
  using Out = CreatedApiKey;
  static constexpr const char* kName = "apiKey.create";

  ApiKeyRecord key;
  std::size_t most = 0;  ///< live keys of the owner, or of the installation's machines; more are refused
  AuditEvent audit{};
  Uuid callerSession{};  ///< in which it is created; the end of that session ends the key, or prevents it.
                         ///< Nil: made by a key or the operator
  std::optional<OutboxMail> notice{};  ///< the mail to its owner, or to the owner of the session
};

/// The present rights of a key: never more than those of its creator, a person or another key.
struct ApiKeyLimits {
  bool standing = false;  ///< every key above it is live, and the creator of the first is active
  std::vector<std::string> permissions;            ///< scopes that all keys above and that person have now
  std::vector<std::vector<std::string>> networks;  ///< of the keys above: an address must be in each list
  std::optional<TimePoint> goodUntil;              ///< the earliest expiry
  std::vector<Uuid> makers;                        ///< the keys above and the person
};

/// A key, its owner, and its rights.
struct FoundApiKey {
  ApiKeyRecord key;
  std::optional<UserRecord> owner;
  ApiKeyLimits limits;
};

/// Finds a key. Records its use too, at most once a minute, if key and secret are valid.
struct UseApiKey {
  using Out = std::optional<FoundApiKey>;
  static constexpr const char* kName = "apiKey.use";

  Uuid id;
  Bytes secretHash;
  TimePoint now;
};

/// Keys of a user that ended with the account's sessions, not yet reported to the user.
struct EndedApiKeys {
  Uuid userId;
  std::string email;
  std::string locale;
  std::vector<Uuid> ids;
  std::vector<std::string> names;
};
struct NoteEndedApiKeys {
  using Out = Done;
  static constexpr const char* kName = "apiKey.noteEnded";

  std::vector<Uuid> ids;
  OutboxMail notice;
  TimePoint now;
};

/// Keys that are not revoked first, newest first, at most 200.
struct ListApiKeys {
  using Out = std::vector<ApiKeyRecord>;
  static constexpr const char* kName = "apiKey.list";

  std::optional<Uuid> ownerId;  ///< this user's; nothing: the machines'
};

struct RevokedApiKey {
  std::optional<ApiKeyRecord> key;  ///< nothing: there is no such key
  bool rankTooLow = false;          ///< and it is not changed
};

/// The key as it is now; nothing when there is none. One that was revoked before stays as it is.
struct RevokeApiKey {
  using Out = RevokedApiKey;
  static constexpr const char* kName = "apiKey.revoke";

  Uuid id;
  std::optional<Uuid> ownerId;  ///< it must be this user's; nothing: a machine's
  TimePoint now;
  AuditEvent audit{};
  Uuid by{};  ///< who revokes a machine's; nil: the operator
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

/// A successor with the properties of the old key except id, secret and creator, which is the caller (for a
/// key that rotates itself, its creator); the old one is valid until `oldEndsAt`. Of machines' keys only. A
/// key has one successor.
struct RotateApiKey {
  using Out = RotatedApiKey;
  static constexpr const char* kName = "apiKey.rotate";

  Uuid oldId;
  Uuid newId;
  Bytes newSecretHash;
  Uuid createdBy;
  TimePoint oldEndsAt;
  TimePoint now;
  AuditEvent audit{};
  std::optional<OutboxMail> notice{};  ///< to a caller with a session
};

/// One step of the token keys. Where there is no next key, `fresh` becomes it. Where the key that signs is
/// older than `currentBefore` and the next one may sign already (its notBefore), that one signs from now on
/// and `fresh` is the next after it.
/// Whether this very call made another key the one that signs.
struct RotateSigningKeys {
  using Out = bool;
  static constexpr const char* kName = "signingKey.rotate";

  SigningKeyRecord fresh;
  TimePoint currentBefore;
  TimePoint retireAt;  ///< of the previous signing key: its last token has expired by then
  TimePoint now;
  AuditEvent audit{};
};

/// At most 20 users who are yet to be told that keys of theirs ended.
struct ListEndedApiKeys {
  using Out = std::vector<EndedApiKeys>;
  static constexpr const char* kName = "apiKey.ended";
};

}  // namespace ks
