#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/clockInterface.hpp"
#include "core/errorCode.hpp"
#include "core/logging/auditEvent.hpp"
#include "core/text/jsonText.hpp"
#include "core/uuid.hpp"
#include "messages/account/accountRecords.hpp"

// Accounts as administrators see and change them. Plain data; empty texts mean that there is none.
namespace ks {

struct AdminFactor {
  Uuid id;
  std::string type;
};

/// An account, never with its password hash. A list leaves out what stands below `details`.
struct AdminUser {
  Uuid id;
  std::string email;
  std::string username;
  std::string displayName;
  std::string locale;
  UserStatus status = UserStatus::pending;  ///< a suspension that is over by time is none
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

struct UserSearch {
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
struct UserPage {
  std::vector<AdminUser> rows;
  std::string nextCursor;
  std::optional<std::uint64_t> total;
};

/// One of the ways to name an account; exactly one is given.
struct UserKey {
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

/// What is done to one or more accounts. Only what belongs to `operation` is looked at.
struct UserCommand {
  UserOperation operation = UserOperation::update;
  // update: what is absent stays; an empty text takes the value away
  std::optional<std::string> email;  ///< normalised
  std::optional<std::string> username;
  std::optional<std::string> displayName;
  std::optional<std::string> locale;
  std::optional<std::string> externalId;
  std::optional<std::string> metadata;       ///< JSON object
  std::optional<std::string> metadataAdmin;  ///< JSON object
  // suspend, impersonate
  std::string reason;
  std::optional<TimePoint> until;
  // resetPassword: the link goes to the caller and not to the user's address
  bool byLink = false;
  // setRoles
  std::vector<std::string> roles;
  // endSessions; nothing: all
  std::optional<Uuid> session;
  // remove
  DeletionMode mode = DeletionMode::soft;
};

/// What lets its holder choose a new password.
struct ResetToken {
  Uuid id;
  Bytes hash;
  TimePoint expires;
};

/// How the address that an administrator moves away from gets the account back.
struct MoveUndo {
  Uuid id;
  Bytes hash;
  TimePoint expires;
  std::string oldEmail;  ///< that was told
};

struct UserChange {
  std::optional<Uuid> actor;  ///< nothing: the operator, who stands above all ranks
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
struct UserChangeOutcome {
  ErrorCode refused = ErrorCode::none;
  std::vector<Uuid> sessionsEnded;
};

/// A wish to make an account a superadmin, or to restore a suspended one, which waits for another superadmin.
struct SuperadminGrant {
  Uuid userId;
  std::string email;
  std::string kind;  ///< grant, restore
  Uuid askedBy;
  std::string reason;
  TimePoint askedAt;
  TimePoint expiresAt;
};
struct SuperadminChange {
  std::optional<Uuid> actor;
  Uuid userId;
  std::string reason;
  std::vector<OutboxMail> mails;  ///< to the other superadmins, when it has to wait
  TimePoint expires;
  TimePoint now;
  AuditEvent audit;
};
struct SuperadminOutcome {
  ErrorCode refused = ErrorCode::none;
  bool granted = false;  ///< else it waits
  std::vector<Uuid> sessionsEnded;
};
struct SuperadminWithdrawal {
  Uuid actor;
  Uuid userId;
  TimePoint now;
  AuditEvent audit;
};

/// The same for many accounts.
struct UsersChange {
  std::optional<Uuid> actor;
  std::vector<Uuid> userIds;
  std::vector<Uuid> auditIds;  ///< one for each account
  UserCommand wish;
  TimePoint now;
  AuditEvent audit;
};
struct UsersChangeOutcome {
  std::vector<std::pair<Uuid, UserChangeOutcome>> users;
};

struct NewUser {
  std::optional<Uuid> actor;
  Uuid id;
  std::string email;  ///< normalised
  std::string username;
  std::string displayName;
  std::string locale;
  std::string externalId;
  std::vector<std::string> roles;
  bool emailVerified = false;
  std::string passwordPhc;  ///< empty: by invitation
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
struct EndChosenSessions {
  std::optional<Uuid> actor;
  SessionChoice choice;
  bool onlyCount = false;
  TimePoint now;
  AuditEvent audit;
};
/// A session and whose it is.
struct EndedSession {
  Uuid userId;
  Uuid sessionId;
};
struct ChosenSessions {
  std::uint64_t chosen = 0;
  std::vector<EndedSession> ended;
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
/// What is absent stays as it is.
struct RoleWish {
  RoleOperation operation = RoleOperation::update;
  std::optional<std::string> name;
  std::optional<std::string> description;
  std::optional<std::int32_t> rank;
  std::optional<std::vector<std::string>> permissions;
};
struct RoleChange {
  std::optional<Uuid> actor;
  Uuid roleId;
  RoleWish wish;
  TimePoint now;
  AuditEvent audit;
};
struct RoleChangeOutcome {
  ErrorCode refused = ErrorCode::none;
  std::vector<EndedSession> ended;
};

/// What an account did and what was done to it, newest first.
struct UserActivityQuery {
  Uuid userId;
  std::uint32_t limit = 50;
  std::string cursor;
};

struct UserStatisticsQuery {
  TimePoint from;
  TimePoint to;
  std::uint32_t intervalS = 3600;
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

/// One line of an import: an account, or why it is none.
struct ImportedUser {
  std::uint32_t line = 0;  ///< of the input, from 1
  ErrorCode fault = ErrorCode::none;
  std::string field;  ///< at fault
  Uuid id;
  Uuid auditId;
  std::string email;  ///< normalised
  std::string username;
  std::string displayName;
  std::string locale;
  std::string externalId;
  std::vector<std::string> roles;
  bool emailVerified = false;
  std::string passwordHash;  ///< empty: none, until the user resets it
};
inline constexpr std::size_t kMostImportLines = 2'000;

struct NewJob {
  Uuid id;
  std::string kind;
  std::optional<Uuid> createdBy;
  std::uint32_t total = 0;
  TimePoint now;
};
struct ImportUsers {
  std::optional<Uuid> actor;
  Uuid jobId;
  std::vector<ImportedUser> users;
  std::string stateThen;  ///< of the job: running, done, failed
  TimePoint now;
  AuditEvent audit;
};
struct JobQuery {
  Uuid id;
  std::uint32_t afterLine = 0;
  std::uint32_t limit = 500;
  TimePoint now;
};
struct JobLine {
  std::uint32_t line = 0;
  std::string outcome;  ///< created, exists, failed
  std::optional<Uuid> userId;
  std::string error;
  std::string field;
};
struct JobRecord {
  Uuid id;
  std::string kind;
  std::string state;  ///< running, done, failed; interrupted: its process ended in the middle
  std::uint32_t total = 0;
  std::uint32_t created = 0;
  std::uint32_t existing = 0;
  std::uint32_t failed = 0;
  TimePoint createdAt;
  TimePoint updatedAt;
  std::vector<JobLine> lines;
};

}  // namespace ks
