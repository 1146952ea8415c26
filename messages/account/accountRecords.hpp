#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/clockInterface.hpp"
#include "core/logging/auditEvent.hpp"
#include "core/secretText.hpp"
#include "core/uuid.hpp"

// What the account repository takes and gives: plain data, no CAF, no SQL, no JSON. Times are UTC, hashes are
// raw bytes. An audit event is kept when, and only when, the operation does what it names.
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
  std::string pendingEmail;     ///< an address that waits for its confirmation; empty: none
  std::int64_t version = 1;     ///< grows with every change of the account
  std::string metadata = "{}";  ///< JSON object that the user keeps here
  /// Grows when all sessions have to end; not in the fast copies.
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

struct RegisterAccount {
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
  bool silent = false;  ///< no mail: the address gets too many
};
enum class RegisterOutcome : std::uint8_t { created, emailTaken, usernameTaken };

struct CreateAdministrator {
  Uuid userId;
  std::string email;
  std::string passwordPhc;
  std::string role;         ///< superadmin
  bool onlyIfNone = false;  ///< do nothing when an active superadmin exists
  TimePoint now;
  AuditEvent audit{};
};
enum class CreateAdministratorOutcome : std::uint8_t { created, exists, emailTaken };

struct CredentialRecord {
  UserRecord user;
  std::string passwordPhc;
};
/// What a sign-in is checked against. A claim is a registration whose address is not proven; where there is
/// one, its password is answered alike whether the address has an account or not.
struct FoundCredential {
  std::optional<CredentialRecord> account;
  std::string claimPhc;  ///< of the newest claim; empty: none
};

enum class VerifyEmailOutcome : std::uint8_t { verified, invalid, expired };

struct RenewVerification {
  std::string email;
  Uuid tokenId;
  Bytes tokenHash;
  TimePoint expires;
  OutboxMail mail;
  TimePoint now;
  Uuid resetId;  ///< this and the following: where several claim the address
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
/// When the session's factors were checked; long ago for one that was opened by none (an administrator as the
/// user).
inline TimePoint authenticatedAt(const NewSession& session) {
  return session.methods.empty() ? TimePoint{} : session.createdAt;  // every check opens a session of its own
}

struct SessionRecord {
  NewSession session;
  std::int64_t refreshCounter = 0;
  std::optional<TimePoint> refreshedAt;
  TimePoint lastSeenAt;
  std::optional<TimePoint> revokedAt;
  std::string revokeReason;
  UserRecord user;
  std::optional<TimePoint> deviceChangedAt;  ///< it went on on a device that no factor was checked on
  bool impersonatorMay = true;               ///< the administrator who acts as the user may do so now
};

struct AdvanceRefresh {
  Uuid sessionId;
  std::int64_t expectedCounter = 0;  ///< the update happens only while the stored counter equals this
  TimePoint now;
  TimePoint idleExpiresAt;
  std::string ip;
  std::string userAgent;
};

struct RevokeSessions {
  Uuid userId;
  std::optional<Uuid> only;    ///< this session alone
  std::optional<Uuid> except;  ///< all but this one
  std::string reason;          ///< logout, revoked_by_user, password_changed, refresh_reuse…
  TimePoint now;
  AuditEvent audit{};
  bool keepKeys = false;  ///< without `only`: the user's keys stay
};

struct ChangePassword {
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
/// Sessions that the change ended; nothing when the expected hash was not the stored one.
using ChangePasswordOutcome = std::optional<std::vector<Uuid>>;

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
  std::vector<Bytes> possibleHashes;  ///< of one token, under every master key
  TimePoint now;
  AuditEvent audit{};  ///< of whoever the token turns out to belong to
};
struct OpenSession {
  NewSession session;
  AuditEvent audit{};
  std::int64_t sessionEpoch = 0;  ///< of the account when its password was checked
};

}  // namespace ks
