#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/clockInterface.hpp"
#include "core/errorCode.hpp"
#include "core/logging/auditEvent.hpp"
#include "core/secretText.hpp"
#include "core/text/jsonText.hpp"
#include "core/uuid.hpp"
#include "messages/account/accountRecords.hpp"
#include "messages/monitoring/eventMessages.hpp"

// Accounts as administrators see and change them. Plain data; an empty text means none.
namespace ks {

struct AdminFactor {
  Uuid id;
  std::string type;
};

/// An account, never with its password hash. A list leaves out the members below `details`.
struct AdminUser {
  Uuid id;
  std::string email;
  std::string username;
  std::string displayName;
  std::string locale;
  UserStatus status = UserStatus::pending;  ///< an expired suspension is none
  bool emailVerified = false;
  bool mfaEnabled = false;
  bool passwordChangeRequired = false;
  std::uint32_t failedLogins = 0;  ///< of the details: in a row, by the identifier or device with the most
  std::vector<std::string> roles;
  std::int64_t version = 0;
  std::string externalId;
  std::string statusReason;
  std::optional<TimePoint> suspendedUntil;
  std::optional<TimePoint> lastLoginAt;
  TimePoint createdAt;
  TimePoint updatedAt;
  std::optional<TimePoint> deletedAt;
  // details
  JsonText metadata;
  JsonText metadataAdmin;
  std::optional<TimePoint> passwordChangedAt;
  std::uint64_t activeSessions = 0;
  std::string lastLoginIp;  ///< of the newest live session
  std::string pendingEmail;
  std::vector<AdminFactor> factors;
  std::optional<TimePoint> lockedUntil;  ///< the end of the year 9999: until the password is reset
};

enum class UserSort : std::uint8_t { newest, oldest, email, emailDescending, lastLogin, lastLoginDescending };
enum class UserCount : std::uint8_t { none, approximate, exact };

struct UserPage {
  std::vector<AdminUser> rows;
  std::string nextCursor;
  std::optional<std::uint64_t> total;
};

struct UserSearch {
  using Out = UserPage;
  static constexpr const char* kName = "users.search";

  std::string text;  ///< in e-mail address, user name or display name; of one or two characters: how the
                     ///< address begins
  std::optional<UserStatus> status;  ///< nothing: all but deleted ones
  std::string role;
  std::optional<bool> mfa;                   ///< with a second factor, without
  std::optional<TimePoint> createdAfter;     ///< included
  std::optional<TimePoint> createdBefore;    ///< not included
  std::optional<TimePoint> lastLoginBefore;  ///< also those who never signed in
  UserSort sort = UserSort::newest;
  std::uint32_t limit = 50;
  std::string cursor;
  UserCount count = UserCount::none;
};

/// One of the ways to name an account; exactly one is given.
/// With details; deleted accounts by id only.
struct UserKey {
  using Out = std::optional<AdminUser>;
  static constexpr const char* kName = "users.find";

  std::optional<Uuid> id;
  std::string email;
  std::string username;
  std::string externalId;
};

enum class UserOperation : std::uint8_t {
  update,
  suspend,
  unsuspend,
  verifyEmail,
  requirePasswordChange,
  unlock,
  resetPassword,
  resetFactors,
  impersonate,
  setRoles,
  endSessions,
  remove
};
enum class DeletionMode : std::uint8_t { soft, anonymize, hard };

/// An operation on one or more accounts. Only the members of `operation` are used.
struct UserCommand {
  UserOperation operation = UserOperation::update;
  // update: absent members are not changed; an empty text removes the value
  std::optional<std::string> email{};  ///< normalised
  std::optional<std::string> username{};
  std::optional<std::string> displayName{};
  std::optional<std::string> locale{};
  std::optional<std::string> externalId{};
  std::optional<JsonText> metadata{};
  std::optional<JsonText> metadataAdmin{};
  // suspend, impersonate
  std::string reason{};
  std::optional<TimePoint> until{};
  // resetPassword: the link goes to the caller and not to the user's address
  bool byLink = false;
  // setRoles
  std::vector<std::string> roles{};
  // endSessions; nothing: all
  std::optional<Uuid> session{};
  // remove
  DeletionMode mode = DeletionMode::soft;
};

/// A link whose holder can choose a new password.
struct ResetToken {
  Uuid id;
  Bytes hash;
  TimePoint expires;
};

/// The link by which the old address restores the account after a change by an administrator.
struct MoveUndo {
  Uuid id;
  Bytes hash;
  TimePoint expires;
  std::string oldEmail;  ///< that was informed
};

struct UserChangeOutcome {
  ErrorCode refused = ErrorCode::none;
  std::vector<Uuid> sessionsEnded;
};

/// Whether the actor may is decided where it is done, by ranks, permissions and versions of that moment.
struct UserChange {
  using Out = UserChangeOutcome;
  static constexpr const char* kName = "users.change";

  std::optional<Uuid> actor;  ///< nothing: the operator, who outranks all roles
  Uuid userId;
  UserCommand wish;
  std::optional<std::int32_t> expectedVersion;
  std::optional<ResetToken> token;    ///< of resetPassword
  std::optional<MoveUndo> undo;       ///< of another address, where the one before was verified
  std::optional<OutboxMail> mail;     ///< to the user, sent when the change is made
  std::optional<NewSession> session;  ///< of impersonate
  TimePoint now;
  AuditEvent audit;  ///< stored with outcome `deny` when the change is refused
};

/// A pending request to make an account a superadmin, or to restore a suspended one.
struct SuperadminGrant {
  Uuid userId;
  std::string email;
  std::string kind;  ///< grant, restore
  Uuid askedBy;
  std::string reason;
  TimePoint askedAt;
  TimePoint expiresAt;
};
struct SuperadminOutcome {
  ErrorCode refused = ErrorCode::none;
  bool granted = false;  ///< else it is pending
  std::vector<Uuid> sessionsEnded;
};

struct SuperadminChange {
  using Out = SuperadminOutcome;
  static constexpr const char* kName = "users.grantSuperadmin";

  std::optional<Uuid> actor;
  Uuid userId;
  std::string reason;
  std::vector<OutboxMail> mails;  ///< to the other superadmins, if it is pending
  TimePoint expires;
  TimePoint now;
  AuditEvent audit;
};
struct SuperadminWithdrawal {
  using Out = UserChangeOutcome;
  static constexpr const char* kName = "users.withdrawSuperadmin";

  Uuid actor;
  Uuid userId;
  TimePoint now;
  AuditEvent audit;
};

struct UsersChangeOutcome {
  std::vector<std::pair<Uuid, UserChangeOutcome>> users;
};

/// The same for many accounts.
/// In the order of the ids, so that two of them never wait for each other.
struct UsersChange {
  using Out = UsersChangeOutcome;
  static constexpr const char* kName = "users.changeMany";

  std::optional<Uuid> actor;
  std::vector<Uuid> userIds;
  std::vector<Uuid> auditIds;  ///< one for each account
  UserCommand wish;
  TimePoint now;
  AuditEvent audit;
};

/// An account as those who make it describe it.
struct NewAccount {
  std::string email;  ///< normalised
  std::string username;
  std::string displayName;
  std::string locale = "en";
  std::string externalId;
  std::vector<std::string> roles{"user"};
  bool emailVerified = false;
  SecretText passwordHash;  ///< PHC or crypt form; empty: by invitation; if imported: none until a reset
};

/// roleNotFound, cannotGrantHigherRole, permissionDenied, emailTaken, usernameTaken, conflict (external
/// id); none: done.
struct NewUser : NewAccount {
  using Out = UserChangeOutcome;
  static constexpr const char* kName = "users.create";

  std::optional<Uuid> actor;
  Uuid id;
  Bytes tokenHash;
  Uuid tokenId;
  TimePoint tokenExpires;
  OutboxMail mail;
  TimePoint now;
  AuditEvent audit;
};

/// Live sessions of all accounts, newest first.
struct SessionSearch {
  std::optional<Uuid> userId;
  std::string remoteIp;  ///< an address or a network
  std::uint32_t limit = 50;
  std::string cursor;
};
struct AdminSession {
  Uuid id;
  Uuid userId;
  std::string email;
  TimePoint createdAt;
  TimePoint lastSeenAt;
  TimePoint expiresAt;
  std::string ip;
  std::string userAgent;
  std::string deviceName;
  std::string transport;
  int assuranceLevel = 1;
};
struct AdminSessionPage {
  std::vector<AdminSession> rows;
  std::string nextCursor;
};

struct SessionChoice {
  std::optional<Uuid> userId;
  std::string role;
  std::string remoteIp;  ///< an address or a network
  std::optional<TimePoint> createdBefore;
  std::optional<TimePoint> lastSeenBefore;
};
/// A session and its owner.
struct EndedSession {
  Uuid userId;
  Uuid sessionId;
};
inline constexpr int kMostSessionsEnded = 10'000;
struct ChosenSessions {
  std::uint64_t chosen = 0;
  std::vector<EndedSession> ended;
};

/// At most kMostSessionsEnded. Not repeatable: of what a lost answer has ended nobody is told.
struct EndChosenSessions {
  using Out = ChosenSessions;
  static constexpr const char* kName = "users.endChosenSessions";

  std::optional<Uuid> actor;
  SessionChoice choice;
  bool onlyCount = false;
  TimePoint now;
  AuditEvent audit;
};

struct RoleRecord {
  Uuid id;
  std::string name;
  std::string description;
  bool isSystem = false;
  std::int32_t rank = 0;
  std::vector<std::string> permissions;
  std::uint64_t holders = 0;
};
struct PermissionRecord {
  std::string name;
  std::string description;
};
struct RoleList {
  std::vector<RoleRecord> roles;
  std::vector<PermissionRecord> permissions;  ///< all there are
};
enum class RoleOperation : std::uint8_t { create, update, remove };
/// Absent fields are not changed.
struct RoleWish {
  RoleOperation operation = RoleOperation::update;
  std::optional<std::string> name{};
  std::optional<std::string> description{};
  std::optional<std::int32_t> rank{};
  std::optional<std::vector<std::string>> permissions{};
};
struct RoleChangeOutcome {
  ErrorCode refused = ErrorCode::none;
  std::vector<EndedSession> ended;
};

struct RoleChange {
  using Out = RoleChangeOutcome;
  static constexpr const char* kName = "users.changeRole";

  std::optional<Uuid> actor;
  Uuid roleId;
  RoleWish wish;
  TimePoint now;
  AuditEvent audit;
};

/// Audit entries by and about an account, newest first.
struct UserActivityQuery {
  using Out = AuditPage;
  static constexpr const char* kName = "users.activity";

  Uuid id;  ///< of the account
  std::uint32_t limit = 50;
  std::string cursor;
};

struct SignInCounts {
  TimePoint at;  ///< start of the interval
  std::uint64_t signIns = 0;
  std::uint64_t failures = 0;  ///< wrong passwords, unknown identifiers and refusals
  std::uint64_t registrations = 0;
};
struct UserStatistics {
  std::uint64_t total = 0;  ///< deleted ones do not count
  std::uint64_t pending = 0;
  std::uint64_t active = 0;
  std::uint64_t suspended = 0;
  std::uint64_t deleted = 0;
  std::uint64_t activeSessions = 0;
  std::uint64_t signedInSince = 0;      ///< accounts whose last sign-in is within the range
  std::vector<SignInCounts> intervals;  ///< those in which something happened
};

struct UserStatisticsQuery {
  using Out = UserStatistics;
  static constexpr const char* kName = "users.statistics";

  TimePoint from;
  TimePoint to;
  std::uint32_t intervalS = 3600;
};

struct FindSuperadminGrants {
  using Out = std::vector<SuperadminGrant>;
  static constexpr const char* kName = "users.superadminGrants";

  TimePoint now;
};

struct FindSessions {
  using Out = AdminSessionPage;
  static constexpr const char* kName = "users.sessions";

  SessionSearch query;
  TimePoint now;
};

struct FindRoles {
  using Out = RoleList;
  static constexpr const char* kName = "users.roles";
};

}  // namespace ks
