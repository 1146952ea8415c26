#include "persistence/postgres/account/accountRows.hpp"

#include <array>

namespace ks::accountRows {
namespace {

constexpr std::array<std::string_view, 4> kStatusNames = {"pending", "active", "suspended", "deleted"};

}  // namespace

UserStatus statusFrom(std::string_view name) {
  for (std::size_t i = 0; i < kStatusNames.size(); ++i) {
    if (kStatusNames[i] == name) {
      return static_cast<UserStatus>(i);
    }
  }
  throw SqlReadError("unknown user status " + std::string(name));
}

std::string_view statusName(UserStatus status) { return kStatusNames.at(static_cast<std::size_t>(status)); }

UserRecord readUser(const SqlRow& row) {
  UserRecord user;
  user.id = row.uuid(0);
  user.email = row.textOrEmpty(1);
  user.emailVerifiedAt = row.optionalTime(2);
  user.username = row.textOrEmpty(3);
  user.displayName = row.textOrEmpty(4);
  user.locale = row.textOrEmpty(5);
  user.status = statusFrom(row.text(6));
  user.passwordChangeRequired = row.boolean(7);
  user.roles = row.textArray(8);
  user.permissions = row.textArray(9);
  user.createdAt = row.time(10);
  user.updatedAt = row.time(11);
  user.version = row.int64(12);
  user.metadata = row.text(13);
  user.pendingEmail = row.textOrEmpty(14);
  user.sessionEpoch = row.int64(15);
  user.mfaEnabled = row.boolean(16);
  return user;
}

SessionRecord readSession(const SqlRow& row) {
  SessionRecord record;
  record.user = readUser(row);
  int column = kUserColumns;
  NewSession& session = record.session;
  session.id = row.uuid(column++);
  session.userId = row.uuid(column++);
  session.refreshKeySealed = row.bytea(column++);
  session.assuranceLevel = static_cast<int>(row.int64(column++));
  session.methods = row.textArray(column++);
  session.createdAt = row.time(column++);
  session.idleExpiresAt = row.time(column++);
  session.absoluteExpiresAt = row.time(column++);
  session.ip = row.inetOrEmpty(column++);
  session.userAgent = row.textOrEmpty(column++);
  session.deviceName = row.textOrEmpty(column++);
  session.deviceHash = row.byteaOrEmpty(column++);
  session.transport = row.text(column++);
  record.refreshCounter = row.int64(column++);
  record.refreshedAt = row.optionalTime(column++);
  record.lastSeenAt = row.time(column++);
  record.revokedAt = row.optionalTime(column++);
  record.revokeReason = row.textOrEmpty(column++);
  session.impersonatorId = row.optionalUuid(column++);
  record.deviceChangedAt = row.optionalTime(column++);
  record.impersonatorMay = row.boolean(column++);
  return record;
}

OutboxMail readMail(const SqlRow& row) {
  return {row.uuid(0),  std::string(row.text(1)),      std::string(row.text(2)), row.bytea(3),
          row.bytea(4), static_cast<int>(row.int64(5))};
}

SigningKeyRecord readSigningKey(const SqlRow& row) {
  return {std::string(row.text(0)), row.bytea(1), row.bytea(2),
          std::string(row.text(3)), row.time(4),  row.optionalTime(5)};
}

}  // namespace ks::accountRows
