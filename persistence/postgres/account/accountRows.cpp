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

}  // namespace ks::accountRows
