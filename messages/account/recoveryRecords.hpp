#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/result.hpp"
#include "core/settings/lockLadder.hpp"
#include "core/text/jsonText.hpp"
#include "messages/account/accountRecords.hpp"

// Operations of recovery and on counts of attempts, and what they answer; as in accountRecords.hpp.
namespace ks {

struct Admission {
  bool admitted = false;
  /// Refused only until the verdict on the try that locks: a right one lifts the lock. Retry.
  bool undecided = false;
  std::int32_t failures = 0;  ///< with this try
  /// Admitted: how long this failure locks. Refused: how long it still lasts. LockStep::kForever: until
  /// reset.
  std::int32_t lockSeconds = 0;
  std::int32_t endedLockSeconds = 0;  ///< admitted: length of the lock that ended by time before it
};

/// One try of a guessable secret. It counts as a failure from the start, so parallel tries
/// cannot all pass; a right secret clears the count.
/// Decides in one step whether the attempt may be made, and counts it as a failure.
struct AdmitAttempt {
  using Out = Admission;
  static constexpr const char* kName = "throttle.admit";

  Bytes key;                   ///< keyed hash of what is guessed at
  std::optional<Uuid> userId;  ///< the account, where there is one
  Uuid tryId;
  LockLadder ladder;
  TimePoint countedSince;  ///< earlier failures are cleared
  TimePoint now;
  TimePoint judgedSince{};  ///< an earlier try without a verdict was wrong
};

/// The verdict on an admitted try that was not right.
/// Makes the lock of a wrong try final, or takes back one that nobody has judged.
struct SettleAttempt {
  using Out = Done;
  static constexpr const char* kName = "throttle.settle";

  Bytes key;
  Uuid tryId;
  bool wrong = true;  ///< false: there was no verdict, so it no longer counts
};

/// At most `limit` times within `seconds`.
struct AttemptLimit {
  Bytes key;
  std::int32_t limit = 0;
  std::int32_t seconds = 0;
};
/// Counts against every limit; 0, or the seconds to wait. Not repeatable: each call counts.
struct CountAttempts {
  using Out = std::int64_t;
  static constexpr const char* kName = "throttle.count";

  std::vector<AttemptLimit> limits;  ///< the wider first, so two calls never wait for each other
  TimePoint now;
};

/// A lock that has just begun.
struct ReportLock {
  using Out = Done;
  static constexpr const char* kName = "throttle.reportLock";

  std::optional<Uuid> tell;  ///< the account whose owner gets the mail
  OutboxMail mail;
  TimePoint now;
  AuditEvent audit{};
};

/// Stores the token and the mail where there is such an account; a new token replaces an open one.
struct RequestReset {
  using Out = Done;
  static constexpr const char* kName = "recovery.requestReset";

  std::string email;  ///< normalised
  Uuid tokenId;
  Bytes tokenHash;
  TimePoint expires;
  OutboxMail mail;  ///< sent in the account's locale, if there is an account
  TimePoint now;
  AuditEvent audit{};  ///< kept in any case
};

enum class LinkState : std::uint8_t { good, invalid, expired };

struct TokenOwner {
  LinkState state = LinkState::invalid;
  std::optional<UserRecord> user;  ///< where the link is good
  bool losesFactor = false;        ///< a reset with it removes a second factor
};

/// Looks a token up without using it.
struct TokenQuestion {
  using Out = TokenOwner;
  static constexpr const char* kName = "recovery.findTokenOwner";

  std::string purpose;
  std::vector<Bytes> possibleHashes;
  TimePoint now;
};

struct ResetOutcome {
  LinkState state = LinkState::invalid;
  Uuid userId;
  std::vector<Uuid> ended;  ///< sessions
  int factorsTaken = 0;     ///< second factors on probation
};

/// Uses the token: new password, every session over, throttles of the account cleared. The address that the
/// mail went to is thereby confirmed. A scheduled deletion is cancelled. Second factors that were confirmed
/// less than kFactorProbation before the link was made go, unless the account has a permission.
struct ResetPassword {
  using Out = ResetOutcome;
  static constexpr const char* kName = "recovery.resetPassword";

  std::vector<Bytes> possibleHashes;
  Uuid callId;
  std::string passwordPhc;
  OutboxMail notice;
  TimePoint now;
  AuditEvent audit{};
  bool keepKeys = false;
};

/// A change of the address, requested with the password. It is confirmed by the new address, and can be
/// undone by the old one. A later change takes the place of one that waits.
struct RequestEmailChange {
  using Out = Done;
  static constexpr const char* kName = "recovery.requestEmailChange";

  Uuid changeId;
  Uuid userId;
  std::string newEmail;  ///< normalised
  Bytes confirmHash;
  TimePoint confirmExpires;
  Bytes undoHash;
  TimePoint undoExpires;
  OutboxMail confirmMail;  ///< to the new address when it is free
  OutboxMail takenMail;    ///< to the new address when it belongs to someone else
  OutboxMail notice;       ///< to the old address
  TimePoint now;
  AuditEvent audit{};
  bool silent = false;  ///< no mail to the new address, which has reached its limit
};

enum class EmailChangeOutcome : std::uint8_t { done, invalid, expired, emailTaken };

struct ConfirmEmailChange {
  using Out = EmailChangeOutcome;
  static constexpr const char* kName = "recovery.confirmEmailChange";

  std::vector<Bytes> possibleHashes;
  Uuid userId;
  Uuid callId;
  TimePoint now;
  AuditEvent audit{};
};

/// Does nothing when none waits.
struct CancelEmailChange {
  using Out = Done;
  static constexpr const char* kName = "recovery.cancelEmailChange";

  Uuid userId;
  Uuid callId;
  TimePoint now;
  AuditEvent audit{};
};

struct UndoOwner {
  LinkState state = LinkState::invalid;
  Uuid userId;  ///< this and the following where the link is good
  std::string oldEmail;
  std::string locale;
};

struct UndoQuestion {
  using Out = UndoOwner;
  static constexpr const char* kName = "recovery.findUndo";

  std::vector<Bytes> possibleHashes;
  TimePoint now;
};
struct UndoOutcome {
  EmailChangeOutcome outcome = EmailChangeOutcome::invalid;
  Uuid userId;
  std::vector<Uuid> ended;  ///< sessions
};

/// The requester of the change knew the password, so it is invalidated: the old address gets
/// a link to set a new one.
/// Restores the old address and takes password and sessions away. Changes made later are void with it.
struct UndoEmailChange {
  using Out = UndoOutcome;
  static constexpr const char* kName = "recovery.undoEmailChange";

  std::vector<Bytes> possibleHashes;
  Uuid callId;
  Uuid tokenId;
  Bytes tokenHash;
  TimePoint tokenExpires;
  OutboxMail resetMail;
  TimePoint now;
  AuditEvent audit{};
};

struct ProfileOutcome {
  enum class State : std::uint8_t { updated, versionMismatch, usernameTaken } state = State::versionMismatch;
  std::optional<UserRecord> user;  ///< as it is now, where it was updated
};

/// Absent fields are not changed.
struct ProfileChange {
  std::optional<std::int64_t> expectedVersion;
  std::optional<std::string> displayName;  ///< empty: none
  std::optional<std::string> locale;
  std::optional<std::string> username;  ///< empty: none
  std::optional<JsonText> metadata;
};

/// Not repeatable: a version is expected once.
struct UpdateProfile : ProfileChange {
  using Out = ProfileOutcome;
  static constexpr const char* kName = "recovery.updateProfile";

  Uuid userId;
  TimePoint now;
  AuditEvent audit{};
};

/// After a right secret.
struct ClearAttempts {
  using Out = Done;
  static constexpr const char* kName = "throttle.clear";

  Bytes key;
};

struct FindOwnCredential {
  using Out = std::optional<CredentialRecord>;
  static constexpr const char* kName = "recovery.findOwnCredential";

  Uuid userId;
};

}  // namespace ks
