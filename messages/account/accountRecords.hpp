#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/clockInterface.hpp"
#include "core/logging/auditEvent.hpp"
#include "core/result.hpp"
#include "core/secretText.hpp"
#include "core/uuid.hpp"

// Operations on accounts, sessions and mails, and what they answer: plain data, no CAF, no SQL, no JSON.
// Times are UTC, hashes are raw bytes. An audit event is kept when, and only when, the operation does what it
// names.
namespace ks {

using Bytes = std::vector<std::uint8_t>;

enum class UserStatus : std::uint8_t { pending, active, suspended, deleted };

struct UserRecord {
  Uuid id;
  std::string email;
  std::optional<TimePoint> emailVerifiedAt;
  std::string username;     ///< empty: none
  std::string displayName;  ///< empty: none
  std::string locale;       ///< "en" or "id"
  UserStatus status = UserStatus::pending;
  bool passwordChangeRequired = false;
  std::vector<std::string> roles;
  std::vector<std::string> permissions;
  TimePoint createdAt;
  TimePoint updatedAt;
  bool mfaEnabled = false;      ///< a confirmed second factor
  std::string pendingEmail;     ///< an unconfirmed new address; empty: none
  std::int64_t version = 1;     ///< grows with every change of the account
  std::string metadata = "{}";  ///< JSON object that the user keeps here
  /// Grows when all sessions must end; not in the cached copies.
  std::int64_t sessionEpoch = 0;
};

/// A mail that waits in the outbox, written in the same transaction as its cause. The body is rendered by the
/// sender.
struct OutboxMail {
  Uuid id;
  std::string mailTemplate;  ///< verifyEmail, alreadyRegistered, welcomeAdministrator, passwordChanged
  std::string locale;
  Bytes recipientSealed;  ///< address, sealed by fieldCipher (it may outlive the account)
  Bytes payloadSealed;    ///< JSON with the template's values (tokens!), sealed by fieldCipher
  int attempts = 0;
};

enum class RegisterOutcome : std::uint8_t { created, emailTaken, usernameTaken };

/// Makes a claim of the address, whatever the address's state: any number may wait for its proof, each with
/// a password and a link of its own. The first that is proven is the account; it voids the others' links,
/// and so does every other way in which an address comes to an account.
struct RegisterAccount {
  using Out = RegisterOutcome;
  static constexpr const char* kName = "account.register";

  Uuid userId;
  std::string email;  ///< normalised
  std::string username;
  std::string displayName;
  std::string locale;
  std::string passwordPhc;
  Bytes verifyTokenHash;
  Uuid verifyTokenId;
  TimePoint verifyTokenExpires;
  OutboxMail verifyMail;  ///< stored when the address may become this claim's
  OutboxMail takenMail;   ///< stored instead when it has an account already
  TimePoint now;
  AuditEvent audit{};
  bool silent = false;  ///< no mail: the address has reached its limit
};

enum class CreateAdministratorOutcome : std::uint8_t { created, exists, emailTaken };

struct CreateAdministrator {
  using Out = CreateAdministratorOutcome;
  static constexpr const char* kName = "account.createAdministrator";

  Uuid userId;
  std::string email;
  std::string passwordPhc;
  std::string role;         ///< superadmin
  bool onlyIfNone = false;  ///< do nothing when an active superadmin exists
  TimePoint now;
  AuditEvent audit{};
};

struct CredentialRecord {
  UserRecord user;
  std::string passwordPhc;
};
/// The data to check a sign-in. A claim is a registration with an unconfirmed address; if there is
/// one, its password is answered alike whether the address has an account or not.
struct FoundCredential {
  std::optional<CredentialRecord> account;
  std::string claimPhc;  ///< of the newest claim; empty: none
};

enum class VerifyEmailOutcome : std::uint8_t { verified, invalid, expired };

/// Does nothing when the address is unknown or already verified. Several claims: a link to choose a
/// password.
struct RenewVerification {
  using Out = Done;
  static constexpr const char* kName = "account.renewVerification";

  std::string email;
  Uuid tokenId;
  Bytes tokenHash;
  TimePoint expires;
  OutboxMail mail;
  TimePoint now;
  Uuid resetId;  ///< this and the following: if several claim the address
  Bytes resetHash;
  TimePoint resetExpires;
  OutboxMail resetMail;
};

struct NewSession {
  Uuid id;
  Uuid userId;
  Bytes refreshKeySealed;
  int assuranceLevel = 1;
  std::vector<std::string> methods;  ///< amr: pwd, otp…
  TimePoint createdAt;
  TimePoint idleExpiresAt;
  TimePoint absoluteExpiresAt;
  std::string ip;
  std::string userAgent;
  std::string deviceName;
  Bytes deviceHash;
  std::string transport;  ///< bearer or cookie
  std::optional<Uuid> impersonatorId;
};
/// When the session's factors were checked; long ago for one without any (an administrator as the
/// user).
inline TimePoint authenticatedAt(const NewSession& session) {
  return session.methods.empty() ? TimePoint{} : session.createdAt;  // every check opens a new session
}

struct SessionRecord {
  NewSession session;
  std::int64_t refreshCounter = 0;
  std::optional<TimePoint> refreshedAt;
  TimePoint lastSeenAt;
  std::optional<TimePoint> revokedAt;
  std::string revokeReason;
  UserRecord user;
  std::optional<TimePoint> deviceChangedAt;  ///< it continued on a device where no factor was checked
  bool impersonatorMay = true;               ///< the impersonating administrator may still do so
};

/// true: the counter was advanced by one. false: it was not the expected one, or the session is over.
struct AdvanceRefresh {
  using Out = bool;
  static constexpr const char* kName = "session.advanceRefresh";

  Uuid sessionId;
  std::int64_t expectedCounter = 0;  ///< the update happens only while the stored counter equals this
  TimePoint now;
  TimePoint idleExpiresAt;
  std::string ip;
  std::string userAgent;
};

/// The sessions that this call ended (those already over are not among them).
struct RevokeSessions {
  using Out = std::vector<Uuid>;
  static constexpr const char* kName = "session.revoke";

  Uuid userId;
  std::optional<Uuid> only;    ///< this session alone
  std::optional<Uuid> except;  ///< all but this one
  std::string reason;          ///< logout, revoked_by_user, password_changed, refresh_reuse…
  TimePoint now;
  AuditEvent audit{};
  bool keepKeys = false;  ///< without `only`: the user's keys stay
};

/// Sessions that the change ended; nothing when the expected hash was not the stored one.
using ChangePasswordOutcome = std::optional<std::vector<Uuid>>;

struct ChangePassword {
  using Out = ChangePasswordOutcome;
  static constexpr const char* kName = "account.changePassword";

  Uuid userId;
  std::string passwordPhc;
  std::string expectedPhc;            ///< the change happens only while this is the stored hash
  std::optional<Uuid> exceptSession;  ///< stays alive; all others are revoked
  OutboxMail notice;
  TimePoint now;
  AuditEvent audit{};
  bool endSessions = true;  ///< false: neither sessions nor keys end
  bool keepKeys = false;
};

struct SigningKeyRecord {
  std::string keyId;
  Bytes publicKey;      ///< 32 bytes
  Bytes privateSealed;  ///< sealed by fieldCipher
  std::string status;   ///< next, current, retiring
  TimePoint notBefore;
  std::optional<TimePoint> retireAt;
};

struct HealthSnapshot {
  Uuid id;
  TimePoint at;
  std::string process;  ///< public or admin
  bool databaseUp = false;
  double databaseLatencyMs = 0;
  bool redisUp = false;
  double redisLatencyMs = 0;
  bool cryptoUp = false;
  double cryptoLatencyMs = 0;
};

struct VerifyEmailToken {
  using Out = VerifyEmailOutcome;
  static constexpr const char* kName = "account.verifyEmail";

  std::vector<Bytes> possibleHashes;  ///< of one token, under every master key
  TimePoint now;
  AuditEvent audit{};  ///< for the owner of the token
};
struct OpenSession {
  using Out = Done;
  static constexpr const char* kName = "session.open";

  NewSession session;
  AuditEvent audit{};
  std::int64_t sessionEpoch = 0;  ///< of the account when its password was checked
};

/// By normalised e-mail address or user name; deleted accounts and blocked addresses are not found.
struct FindCredential {
  using Out = FoundCredential;
  static constexpr const char* kName = "account.findCredential";

  std::string identifier;
};

struct FindSession {
  using Out = std::optional<SessionRecord>;
  static constexpr const char* kName = "session.find";

  Uuid sessionId;
};

/// The user's live sessions, newest first, at most 100.
struct ListSessions {
  using Out = std::vector<SessionRecord>;
  static constexpr const char* kName = "session.list";

  Uuid userId;
  TimePoint now;
};

/// Replaces a hash of older parameters; does nothing when `oldPhc` is no longer the stored one.
struct UpgradePasswordHash {
  using Out = Done;
  static constexpr const char* kName = "account.upgradePasswordHash";

  Uuid userId;
  std::string oldPhc;
  std::string newPhc;
};

/// Takes up to `limit` due mails and hides them from other claimers until `leaseUntil`.
struct ClaimMails {
  using Out = std::vector<OutboxMail>;
  static constexpr const char* kName = "outbox.claim";

  int limit;
  TimePoint now;
  TimePoint leaseUntil;
};

struct MarkMailSent {
  using Out = Done;
  static constexpr const char* kName = "outbox.sent";

  Uuid mailId;
  TimePoint now;
};

struct MarkMailFailed {
  using Out = Done;
  static constexpr const char* kName = "outbox.failed";

  Uuid mailId;
  TimePoint nextTryAt;
  std::string reason;
};

/// Never to be tried again; its sealed values are wiped. Does nothing when it was sent or given up before.
struct GiveUpMail {
  using Out = Done;
  static constexpr const char* kName = "outbox.giveUp";

  Uuid mailId;
  std::string reason;
  AuditEvent audit;
};

/// Signing keys that may still verify, the current one first.
struct ListSigningKeys {
  using Out = std::vector<SigningKeyRecord>;
  static constexpr const char* kName = "keys.list";

  TimePoint now;
};

/// Stores `key` as the current one unless there is one; gives all keys as signingKeys() does.
struct EnsureSigningKey {
  using Out = std::vector<SigningKeyRecord>;
  static constexpr const char* kName = "keys.ensure";

  SigningKeyRecord key;
  TimePoint now;
};

struct InsertHealthSnapshot {
  using Out = Done;
  static constexpr const char* kName = "health.insert";

  HealthSnapshot snapshot;
};

/// A round trip (`SELECT 1`).
struct PingStorage {
  using Out = Done;
  static constexpr const char* kName = "storage.ping";
};

}  // namespace ks
