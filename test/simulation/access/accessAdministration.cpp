#include "test/simulation/access/accessAdministration.hpp"

#include <algorithm>
#include <mutex>

#include "persistence/memory/memoryAccess.hpp"
#include "persistence/memory/memoryRules.hpp"

namespace ks::sim {

UserRecord& AccessAdministration::touch(const Uuid& userId, TimePoint now) {
  auto& user = database_.users.at(userId);
  user.updatedAt = now;
  ++user.version;
  database_.notices.access(userId, {});
  return user;
}

void AccessAdministration::setRoles(const Uuid& userId, const std::set<std::string>& roles, TimePoint now) {
  const std::lock_guard lock(database_.mutex);
  touch(userId, now).roles.assign(roles.begin(), roles.end());
  memoryRules::endAccess(database_, {userId, {}, {}, true, "roles_changed", now});
}

void AccessAdministration::editRole(const std::string& role, const std::set<std::string>& permissions,
                                    TimePoint now) {
  const std::lock_guard lock(database_.mutex);
  database_.ownRoles[role] = permissions;
  database_.notices.everything();
  for (const auto& [id, user] : database_.users) {
    if (std::find(user.roles.begin(), user.roles.end(), role) != user.roles.end()) {
      memoryRules::endSessions(database_, {id, std::nullopt, std::nullopt, "role_changed", now, {}});
    }
  }
}

void AccessAdministration::suspend(const Uuid& userId, TimePoint now) {
  const std::lock_guard lock(database_.mutex);
  touch(userId, now).status = UserStatus::suspended;
  memoryRules::credentialChanged(database_, {userId, {}, {}, false, "suspended", now});
}

void AccessAdministration::restore(const Uuid& userId, TimePoint now) {
  const std::lock_guard lock(database_.mutex);
  touch(userId, now).status = UserStatus::active;
}

void AccessAdministration::remove(const Uuid& userId, TimePoint now) {
  const std::lock_guard lock(database_.mutex);
  memoryRules::credentialChanged(database_, {userId, {}, {}, false, "deleted", now});
  touch(userId, now).status = UserStatus::deleted;
}

void AccessAdministration::impersonate(const NewSession& session) {
  const std::lock_guard lock(database_.mutex);
  SessionRecord record;
  record.session = session;
  record.lastSeenAt = session.createdAt;
  database_.sessions.emplace(session.id, std::move(record));
}

void AccessAdministration::liftToTwoFactors(const Uuid& sessionId) {
  const std::lock_guard lock(database_.mutex);
  auto& session = database_.sessions.at(sessionId).session;
  session.assuranceLevel = 2;
  session.methods = {"pwd", "otp"};
}

}  // namespace ks::sim
