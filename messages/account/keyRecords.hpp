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
  std::vector<std::string> allowedNetworks;  ///< CIDR; empty: from everywhere
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

/// Where a key makes it: networks and expiry that are not given are the maker's, wider ones are refused.
struct CreateApiKey {
  using Out = CreatedApiKey;
  static constexpr const char* kName = "apiKey.create";

  ApiKeyRecord key;
  std::size_t most = 0;  ///< live keys of the owner, or of the installation's machines; more are refused
  AuditEvent audit{};
  Uuid callerSession{};  ///< in which it is made; what ends that session ends the key, or it is not made.
                         ///< Nil: made by a key or the operator
  std::optional<OutboxMail> notice{};  ///< to whom it is made for, or by whose session
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

/// The use of a key is noted only with the right secret.
/// Notes the use too, at most once a minute, where key and secret are good.
struct UseApiKey {
  using Out = std::optional<FoundApiKey>;
  static constexpr const char* kName = "apiKey.use";

  Uuid id;
  Bytes secretHash;
  TimePoint now;
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
  using Out = Done;
  static constexpr const char* kName = "apiKey.noteEnded";

  std::vector<Uuid> ids;
  OutboxMail notice;
  TimePoint now;
};

/// Those that were not revoked first, newest first, at most 200.
struct ListApiKeys {
  using Out = std::vector<ApiKeyRecord>;
  static constexpr const char* kName = "apiKey.list";

  std::optional<Uuid> ownerId;  ///< this user's; nothing: the machines'
};

struct RevokedApiKey {
  std::optional<ApiKeyRecord> key;  ///< nothing: there is no such key
  bool rankTooLow = false;          ///< and it stays
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

/// A successor with everything of the old key but id, secret and maker, who is whoever rotates (of a key that
/// rotates itself, its maker); the old one lives until `oldEndsAt`.
/// Of machines' keys only. A key has one successor.
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
  std::optional<OutboxMail> notice{};  ///< to whoever rotates in a session
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
  TimePoint retireAt;  ///< of the key that signed till now: its last token has expired by then
  TimePoint now;
  AuditEvent audit{};
};

/// At most 20 users who are yet to be told that keys of theirs ended.
struct ListEndedApiKeys {
  using Out = std::vector<EndedApiKeys>;
  static constexpr const char* kName = "apiKey.ended";
};

}  // namespace ks
