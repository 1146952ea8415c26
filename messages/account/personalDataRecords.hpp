#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/result.hpp"
#include "messages/account/accountRecords.hpp"

// Operations on a user's own data, and what they answer; as accountRecords.hpp.
namespace ks {

struct OwnActivityEntry {
  Uuid id;
  TimePoint at;
  std::string action;
  std::string outcome;  ///< ok, fail, deny
  std::string reason;
  std::string by;  ///< self, administrator, operator, rule, system, anonymous
  std::string ip;  ///< this and the next: of the owner, or of nobody known
  std::string userAgent;
};
struct OwnActivityPage {
  std::vector<OwnActivityEntry> rows;
  std::string nextCursor;
};

/// The account's own security events, newest first.
/// outOfRange, cursorInvalid.
struct OwnActivityQuery {
  using Out = OwnActivityPage;
  static constexpr const char* kName = "personalData.activity";

  Uuid userId;
  std::uint32_t limit = 50;  ///< 1 to 200
  std::string cursor;        ///< empty: from the newest
};

/// A copy of a user's data, or the order for one.
struct DataExport {
  Uuid id;
  TimePoint createdAt;
  std::optional<TimePoint> readyAt;
  TimePoint expiresAt;
};
/// The order, or the one that the user has already.
struct OrderDataExport {
  using Out = DataExport;
  static constexpr const char* kName = "personalData.orderExport";

  Uuid id;
  Uuid userId;
  TimePoint now;
  TimePoint expiresAt;
  TimePoint replacesBefore;  ///< a finished one that is not older stays and is answered
  AuditEvent audit{};
};
struct FoundDataExport {
  DataExport job;
  Bytes contentSealed;  ///< empty: still to be made
};

struct FindDataExport {
  using Out = std::optional<FoundDataExport>;
  static constexpr const char* kName = "personalData.findExport";

  Uuid id;
  Uuid userId;
  TimePoint now;
};
struct ClaimedDataExport {
  Uuid id;
  Uuid userId;
  std::string email;
  std::string locale;
  SecretText content;  ///< JSON
};
struct FinishDataExport {
  using Out = Done;
  static constexpr const char* kName = "personalData.finishExport";

  Uuid id;
  Bytes contentSealed;
  TimePoint now;
  TimePoint expiresAt;
  OutboxMail notice;
};

enum class ScheduleDeletionOutcome : std::uint8_t { scheduled, lastAdmin, gone };
struct ScheduledDeletion {
  ScheduleDeletionOutcome outcome = ScheduleDeletionOutcome::gone;
  std::vector<Uuid> endedSessions;
};

/// Ends the account's sessions too. A sign-in (OpenSession) cancels.
struct ScheduleDeletion {
  using Out = ScheduledDeletion;
  static constexpr const char* kName = "personalData.scheduleDeletion";

  Uuid userId;
  TimePoint dueAt;
  OutboxMail notice;
  TimePoint now;
  AuditEvent audit{};
};

/// An account whose deletion a sign-in has cancelled.
struct CancelledDeletion {
  Uuid userId;
  std::string email;
  std::string locale;
};
struct NoteCancelledDeletion {
  using Out = Done;
  static constexpr const char* kName = "personalData.noteCancelledDeletion";

  Uuid userId;
  OutboxMail notice;
  TimePoint now;
  AuditEvent audit{};
};

struct DeletedAccount {
  Uuid userId;
  bool deleted = false;  ///< false: the deletion of the last superadmin was cancelled
};

/// The oldest order that nobody works on, hidden from others until `leaseUntil`; removes what has expired.
struct ClaimDataExport {
  using Out = std::optional<ClaimedDataExport>;
  static constexpr const char* kName = "personalData.claimExport";

  TimePoint now;
  TimePoint leaseUntil;
};

/// At most 20 whose owners are yet to be told.
struct ListCancelledDeletions {
  using Out = std::vector<CancelledDeletion>;
  static constexpr const char* kName = "personalData.cancelledDeletions";
};

/// Deletes one account that is due; nothing: none is. The audit event's target and outcome are filled in.
struct DeleteDueAccount {
  using Out = std::optional<DeletedAccount>;
  static constexpr const char* kName = "personalData.deleteDueAccount";

  TimePoint now;
  AuditEvent audit;
};

}  // namespace ks
