#pragma once
#include <optional>
#include <vector>

#include "core/result.hpp"
#include "messages/account/recoveryRecords.hpp"

namespace ks {

/// A session continues on another device: it is bound to that one, has one factor (assurance level 1) and the
/// time of the change, and its owner gets a mail. The facts of the sign-in do not change.
/// Whether this call changed it.
struct ChangeSessionDevice {
  using Out = bool;
  static constexpr const char* kName = "device.change";

  Uuid sessionId;
  Bytes oldHash;  ///< the change happens only while the session is bound to this
  Bytes newHash;
  OutboxMail notice;
  TimePoint now;
  AuditEvent audit{};
};

/// A session was opened: sends a mail, unless it is the account's first, or another one was on the same
/// device. Whether there was something to tell.
struct NoteNewDevice {
  using Out = bool;
  static constexpr const char* kName = "device.new";

  Uuid userId;
  Uuid sessionId;
  OutboxMail notice;
  TimePoint now;
  AuditEvent audit{};
};

/// A link by mail that makes the device known that opens it. While a link sent
/// after `notAfter` is open, no other is sent.
/// Stores token and mail where there is an account with a confirmed address.
struct RequestDeviceLink {
  using Out = Done;
  static constexpr const char* kName = "device.requestLink";

  std::optional<Uuid> userId;  ///< nothing: there is no such account, and only the audit event is kept
  Uuid tokenId;
  Bytes tokenHash;
  TimePoint expires;
  OutboxMail mail;  ///< in the account's locale
  TimePoint now;
  TimePoint notAfter;
  AuditEvent audit{};
};

/// Uses the token; whose it was.
struct UseDeviceLink {
  using Out = TokenOwner;
  static constexpr const char* kName = "device.useLink";

  std::vector<Bytes> possibleHashes;
  Uuid callId;
  TimePoint now;
  AuditEvent audit{};  ///< without its user
};

}  // namespace ks
