#pragma once
#include <string_view>
#include <vector>

#include "persistence/memory/memoryDatabase.hpp"

// What migration 0001 and the SQL of the operations lay down, for those in memory. The database's lock is
// held.
namespace ks::memoryRules {

/// The first account, not deleted, that `matches`.
template <class Matches>
UserRecord* findLive(MemoryDatabase& database, Matches matches) {
  for (auto& [id, user] : database.users) {
    if (user.status != UserStatus::deleted && matches(user)) {
      return &user;
    }
  }
  return nullptr;
}
/// The account that has the address: no claim.
[[nodiscard]] UserRecord* findByEmail(MemoryDatabase& database, std::string_view email);
/// Claims of the address that a link may still prove, the newest first.
[[nodiscard]] std::vector<UserRecord*> openClaims(MemoryDatabase& database, std::string_view email);
/// `user` got the address: the links of all its claims become void.
void takeAddress(MemoryDatabase& database, const UserRecord& user, TimePoint now);

[[nodiscard]] bool isSystemRole(std::string_view role);
[[nodiscard]] UserRecord withPermissions(const MemoryDatabase& database, UserRecord user);
[[nodiscard]] SessionRecord withUser(const MemoryDatabase& database, SessionRecord session);
[[nodiscard]] bool isLive(const SessionRecord& session, TimePoint now);
std::vector<Uuid> endSessions(MemoryDatabase& database, const RevokeSessions& revocation);
void noteAudit(MemoryDatabase& database, const AuditEvent& event);
void storeMail(MemoryDatabase& database, const OutboxMail& mail, TimePoint now);
std::vector<OutboxMail> takeDueMails(MemoryDatabase& database, std::size_t limit, TimePoint now,
                                     TimePoint leaseUntil);
[[nodiscard]] std::vector<SigningKeyRecord> keysInOrder(const MemoryDatabase& database, TimePoint now);

}  // namespace ks::memoryRules
