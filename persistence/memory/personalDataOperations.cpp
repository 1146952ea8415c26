#include <algorithm>
#include <utility>

#include "core/logging/eventRows.hpp"
#include "persistence/memory/memoryAccess.hpp"
#include "persistence/memory/memoryCalls.hpp"
#include "persistence/memory/memoryRules.hpp"
#include "persistence/personalDataRules.hpp"

namespace ks {
namespace {

bool isOwn(const AuditEvent& event, const std::string& userId) {
  return event.actorType == "user" && event.actorId == userId &&
         (event.action.starts_with("auth.") || event.targetId == userId);
}

bool isAboutOther(const AuditEvent& event, const std::string& userId) {
  return event.targetType == "user" && event.targetId == userId && event.actorId != userId;
}

OwnActivityEntry activityEntry(const AuditEvent& event, const std::string& userId) {
  OwnActivityEntry entry{event.id,     event.at, event.action, std::string{auditOutcomeName(event.outcome)},
                         event.reason, "self",   event.ip,     event.userAgent};
  if (!isOwn(event, userId)) {
    entry.by = event.actorType == "user" ? "administrator" : event.actorType;
    if (event.actorType != "anonymous") {
      entry.ip.clear();
      entry.userAgent.clear();
    }
  }
  return entry;
}

bool isSuperadmin(const UserRecord& user) {
  return std::find(user.roles.begin(), user.roles.end(), "superadmin") != user.roles.end();
}

bool isLastSuperadmin(const MemoryDatabase& database, const UserRecord& user) {
  return isSuperadmin(user) &&
         std::none_of(database.users.begin(), database.users.end(), [&](const auto& entry) {
           return entry.first != user.id && isSuperadmin(entry.second) &&
                  entry.second.status == UserStatus::active && database.deletionsDue.count(entry.first) == 0;
         });
}

void emptyAccount(MemoryDatabase& database, UserRecord& user, TimePoint now) {
  database.passwords.erase(user.id);
  database.exports.erase(user.id);
  for (const auto& [id, key] : database.apiKeys) {
    if (key.ownerId == user.id) {
      database.notices.access(user.id, id);
    }
  }
  std::erase_if(database.apiKeys, [&user](const auto& entry) { return entry.second.ownerId == user.id; });
  std::erase_if(database.sessions,
                [&user](const auto& entry) { return entry.second.session.userId == user.id; });
  std::erase_if(database.verificationTokens,
                [&user](const auto& entry) { return entry.second.userId == user.id; });
  UserRecord emptied;
  emptied.id = user.id;
  emptied.locale = user.locale;
  emptied.status = UserStatus::deleted;
  emptied.createdAt = user.createdAt;
  emptied.updatedAt = now;
  emptied.version = user.version + 1;
  user = std::move(emptied);
}

}  // namespace

// Identifiers are in the order of their making, as the numbers of the audit trail are.
Result<OwnActivityPage> runInMemory(MemoryDatabase& database, const OwnActivityQuery& query) {
  if (auto fault = personalDataRules::checkActivityQuery(query)) {
    return std::move(*fault);
  }
  const auto userId = query.userId.toString();
  const auto before =
      personalDataRules::activityBefore(query).value_or(static_cast<std::int64_t>(database.audit.size()) + 1);
  OwnActivityPage page;
  auto seq = static_cast<std::int64_t>(database.audit.size());
  std::int64_t last = 0;
  for (auto entry = database.audit.rbegin(); entry != database.audit.rend(); ++entry, --seq) {
    const auto& event = entry->second;
    if (seq >= before || (!isOwn(event, userId) && !isAboutOther(event, userId))) {
      continue;
    }
    if (page.rows.size() == query.limit) {
      page.nextCursor = personalDataRules::activityCursor(query.userId, last);
      break;
    }
    page.rows.push_back(activityEntry(event, userId));
    last = seq;
  }
  return page;
}

Result<DataExport> runInMemory(MemoryDatabase& database, const OrderDataExport& order) {
  const auto user = database.users.find(order.userId);
  if (user == database.users.end() || user->second.status == UserStatus::deleted) {
    return makeFault(ErrorCode::userNotFound);
  }
  auto& own = database.exports[order.userId];
  const bool stays = !own.job.id.isNil() && own.job.expiresAt > order.now &&
                     (own.contentSealed.empty() || own.job.createdAt >= order.replacesBefore);
  if (!stays && own.job.id != order.id) {
    own = {{order.id, order.now, std::nullopt, order.expiresAt}, {}, order.now};
  }
  if (own.job.id == order.id) {
    memoryRules::noteAudit(database, order.audit);
  }
  return own.job;
}

Result<std::optional<FoundDataExport>> runInMemory(MemoryDatabase& database, const FindDataExport& query) {
  using Out = std::optional<FoundDataExport>;
  const auto own = database.exports.find(query.userId);
  if (own == database.exports.end() || own->second.job.id != query.id ||
      own->second.job.expiresAt <= query.now) {
    return Out{};
  }
  return Out{{own->second.job, own->second.contentSealed}};
}

Result<std::optional<ClaimedDataExport>> runInMemory(MemoryDatabase& database,
                                                     const ClaimDataExport& operation) {
  using Out = std::optional<ClaimedDataExport>;
  std::erase_if(database.exports,
                [&](const auto& entry) { return entry.second.job.expiresAt <= operation.now; });
  MemoryDatabase::Export* oldest = nullptr;
  const UserRecord* owner = nullptr;
  for (auto& [userId, one] : database.exports) {
    if (one.contentSealed.empty() && one.claimedUntil <= operation.now &&
        (oldest == nullptr || one.job.createdAt < oldest->job.createdAt)) {
      oldest = &one;
      owner = &database.users.at(userId);
    }
  }
  if (oldest == nullptr) {
    return Out{};
  }
  oldest->claimedUntil = operation.leaseUntil;
  return Out{{oldest->job.id, owner->id, owner->email, owner->locale,
              SecretText{R"({"account": {"id": ")" + owner->id.toString() + R"(", "email": ")" +
                         owner->email + R"("}})"}}};
}

Result<Done> runInMemory(MemoryDatabase& database, const FinishDataExport& finished) {
  for (auto& [userId, one] : database.exports) {
    if (one.job.id == finished.id && one.contentSealed.empty()) {
      one.contentSealed = finished.contentSealed;
      one.job.readyAt = finished.now;
      one.job.expiresAt = finished.expiresAt;
      memoryRules::storeMail(database, finished.notice, finished.now);
    }
  }
  return Done{};
}

Result<ScheduledDeletion> runInMemory(MemoryDatabase& database, const ScheduleDeletion& deletion) {
  const auto user = database.users.find(deletion.userId);
  if (user == database.users.end() || user->second.status == UserStatus::deleted) {
    return ScheduledDeletion{};
  }
  if (isLastSuperadmin(database, user->second)) {
    return ScheduledDeletion{ScheduleDeletionOutcome::lastAdmin, {}};
  }
  database.deletionsDue[deletion.userId] = deletion.dueAt;
  database.deletionsCancelled.erase(deletion.userId);
  ++user->second.version;
  user->second.updatedAt = deletion.now;
  memoryRules::storeMail(database, deletion.notice, deletion.now);
  memoryRules::noteAudit(database, deletion.audit);
  return ScheduledDeletion{ScheduleDeletionOutcome::scheduled,
                           memoryRules::credentialChanged(
                               database, {deletion.userId, {}, {}, false, "account_deletion", deletion.now})};
}

Result<std::vector<CancelledDeletion>> runInMemory(MemoryDatabase& database, const ListCancelledDeletions&) {
  using Out = std::vector<CancelledDeletion>;
  Out accounts;
  for (const auto& [userId, at] : database.deletionsCancelled) {
    const auto& user = database.users.at(userId);
    accounts.push_back({userId, user.email, user.locale});
  }
  return accounts;
}

Result<Done> runInMemory(MemoryDatabase& database, const NoteCancelledDeletion& note) {
  if (database.deletionsCancelled.erase(note.userId) > 0) {
    memoryRules::storeMail(database, note.notice, note.now);
    memoryRules::noteAudit(database, note.audit);
  }
  return Done{};
}

Result<std::optional<DeletedAccount>> runInMemory(MemoryDatabase& database,
                                                  const DeleteDueAccount& operation) {
  using Out = std::optional<DeletedAccount>;
  const auto due = std::find_if(database.deletionsDue.begin(), database.deletionsDue.end(),
                                [&](const auto& entry) { return entry.second <= operation.now; });
  if (due == database.deletionsDue.end()) {
    return Out{};
  }
  auto& user = database.users.at(due->first);
  const bool kept = isLastSuperadmin(database, user);
  auto audit = operation.audit;
  audit.targetId = user.id.toString();
  if (kept) {
    audit.outcome = AuditOutcome::deny;
    audit.reason = "last_admin";
  } else {
    emptyAccount(database, user, operation.now);
  }
  database.deletionsDue.erase(due);
  memoryRules::noteAudit(database, audit);
  return Out{{user.id, !kept}};
}

}  // namespace ks
