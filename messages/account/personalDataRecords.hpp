#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "messages/account/accountRecords.hpp"

// What the repository of users' own data takes and gives; as accountRecords.hpp.
namespace ks {

/// The account's own security events, newest first.
struct OwnActivityQuery {
  Uuid userId;
  std::uint32_t limit = 50;  ///< 1 to 200
  std::string cursor;        ///< empty: from the newest
};
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
  std::vector<OwnActivityEntry> entries;
  std::uint32_t limit = 0;
  std::string nextCursor;
};

/// A copy of a user's data, or the order for one.
struct DataExport {
  Uuid id;
  TimePoint createdAt;
  std::optional<TimePoint> readyAt;
  TimePoint expiresAt;
};
struct OrderDataExport {
  Uuid id;
  Uuid userId;
  TimePoint now;
  TimePoint expiresAt;
  TimePoint replacesBefore;  ///< a finished one that is not older stays and is answered
  AuditEvent audit{};
};
struct FindDataExport {
  Uuid id;
  Uuid userId;
  TimePoint now;
};
struct FoundDataExport {
  DataExport job;
  Bytes contentSealed;  ///< empty: still to be made
};
struct ClaimedDataExport {
  Uuid id;
  Uuid userId;
  std::string email;
  std::string locale;
  SecretText content;  ///< JSON
};
struct FinishDataExport {
  Uuid id;
  Bytes contentSealed;
  TimePoint now;
  TimePoint expiresAt;
  OutboxMail notice;
};

struct ScheduleDeletion {
  Uuid userId;
  TimePoint dueAt;
  OutboxMail notice;
  TimePoint now;
  AuditEvent audit{};
};
enum class ScheduleDeletionOutcome : std::uint8_t { scheduled, lastAdmin, gone };
struct ScheduledDeletion {
  ScheduleDeletionOutcome outcome = ScheduleDeletionOutcome::gone;
  std::vector<Uuid> endedSessions;
};

/// An account whose deletion a sign-in has cancelled.
struct CancelledDeletion {
  Uuid userId;
  std::string email;
  std::string locale;
};
struct NoteCancelledDeletion {
  Uuid userId;
  OutboxMail notice;
  TimePoint now;
  AuditEvent audit{};
};

struct DeletedAccount {
  Uuid userId;
  bool deleted = false;  ///< false: of the last superadmin, whose deletion was called off
};

}  // namespace ks
