#pragma once
#include "messages/accountRecords.hpp"

namespace ks {

/// A session goes on on another device: it is bound to that one, has one factor (assurance level 1) and the
/// time of the change, and its owner gets a mail. How and when he signed in stays true.
struct ChangeSessionDevice {
  Uuid sessionId;
  Bytes oldHash;  ///< the change happens only while the session is bound to this
  Bytes newHash;
  OutboxMail notice;
  TimePoint now;
  AuditEvent audit{};
};

/// A session was opened: a mail, unless it is the account's first, or another one was on the same device.
struct NoteNewDevice {
  Uuid userId;
  Uuid sessionId;
  OutboxMail notice;
  TimePoint now;
  AuditEvent audit{};
};

}  // namespace ks
