#include <algorithm>

#include "persistence/memory/memoryCalls.hpp"
#include "persistence/memory/memoryRules.hpp"

namespace ks {

Result<bool> runInMemory(MemoryDatabase& database, const ChangeSessionDevice& change) {
  const auto found = database.sessions.find(change.sessionId);
  if (found == database.sessions.end() || found->second.revokedAt) {
    return false;
  }
  auto& session = found->second.session;
  const bool repeated = session.deviceHash == change.newHash && database.mails.contains(change.notice.id);
  if (session.deviceHash != change.oldHash && !repeated) {
    return false;
  }
  session.deviceHash = change.newHash;
  session.assuranceLevel = 1;
  found->second.deviceChangedAt = change.now;
  memoryRules::storeMail(database, change.notice, change.now);
  memoryRules::noteAudit(database, change.audit);
  database.notices.access(session.userId, {});
  return true;
}

Result<bool> runInMemory(MemoryDatabase& database, const NoteNewDevice& note) {
  const auto own = database.sessions.find(note.sessionId);
  bool another = false;
  bool sameDevice = own == database.sessions.end();
  for (const auto& [id, record] : database.sessions) {
    if (record.session.userId == note.userId && id != note.sessionId && !sameDevice) {
      another = true;
      sameDevice = record.session.deviceHash == own->second.session.deviceHash;
    }
  }
  another = another && !sameDevice;
  if (another) {
    memoryRules::storeMail(database, note.notice, note.now);
    memoryRules::noteAudit(database, note.audit);
  }
  return another;
}

Result<Done> runInMemory(MemoryDatabase& database, const RequestDeviceLink& link) {
  auto audit = link.audit;
  const auto user = link.userId ? database.users.find(*link.userId) : database.users.end();
  if (user == database.users.end() || user->second.status == UserStatus::deleted ||
      !user->second.emailVerifiedAt) {
    audit.outcome = AuditOutcome::fail;
    audit.reason = "unknown_identifier";
    memoryRules::noteAudit(database, audit);
    return Done{};
  }
  audit.targetType = "user";
  audit.targetId = user->first.toString();
  const auto open = std::find_if(
      database.deviceLinks.begin(), database.deviceLinks.end(),
      [&](const auto& entry) { return entry.second.userId == user->first && !entry.second.consumedAt; });
  if (open != database.deviceLinks.end() && open->second.createdAt > link.notAfter &&
      open->second.id != link.tokenId) {
    audit.outcome = AuditOutcome::deny;
    audit.reason = "too_soon";
  } else {
    if (open != database.deviceLinks.end()) {
      database.deviceLinks.erase(open);
    }
    database.deviceLinks.emplace(
        link.tokenHash,
        MemoryDatabase::Token{
            link.tokenId, user->first, user->second.email, link.expires, std::nullopt, {}, link.now});
    memoryRules::storeMail(database, link.mail, link.now);
  }
  memoryRules::noteAudit(database, audit);
  return Done{};
}

Result<TokenOwner> runInMemory(MemoryDatabase& database, const UseDeviceLink& use) {
  TokenOwner owner;
  for (const auto& hash : use.possibleHashes) {
    const auto found = database.deviceLinks.find(hash);
    if (found == database.deviceLinks.end()) {
      continue;
    }
    auto& token = found->second;
    const auto user = database.users.find(token.userId);
    const bool open = !token.consumedAt || token.consumedBy == use.callId;
    if (token.expires <= use.now) {
      owner.state = token.consumedAt ? LinkState::invalid : LinkState::expired;
    } else if (open && user != database.users.end() && user->second.status != UserStatus::deleted &&
               user->second.email == token.email) {
      token.consumedAt = use.now;
      token.consumedBy = use.callId;
      owner = {LinkState::good, memoryRules::withPermissions(database, user->second)};
      auto audit = use.audit;
      audit.actorId = audit.targetId = token.userId.toString();
      memoryRules::noteAudit(database, audit);
    }
  }
  return owner;
}

}  // namespace ks
