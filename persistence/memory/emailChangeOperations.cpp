#include <algorithm>
#include <utility>

#include "persistence/memory/memoryAccess.hpp"
#include "persistence/memory/memoryCalls.hpp"
#include "persistence/memory/memoryRules.hpp"

namespace ks {

using namespace memoryRules;

namespace {

using EmailChange = MemoryDatabase::EmailChange;

bool isAmong(const std::vector<Bytes>& hashes, const Bytes& hash) {
  return std::find(hashes.begin(), hashes.end(), hash) != hashes.end();
}

UserRecord* liveUser(MemoryDatabase& database, const Uuid& userId) {
  const auto found = database.users.find(userId);
  return found == database.users.end() || found->second.status == UserStatus::deleted ? nullptr
                                                                                      : &found->second;
}

EmailChange* openChange(MemoryDatabase& database, const Uuid& userId) {
  const auto found =
      std::find_if(database.emailChanges.begin(), database.emailChanges.end(),
                   [&](const auto& each) { return each.userId == userId && each.state == "open"; });
  return found == database.emailChanges.end() ? nullptr : &*found;
}

void touchAccount(UserRecord& user, TimePoint now) {
  user.updatedAt = now;
  ++user.version;
}

}  // namespace

Result<std::optional<CredentialRecord>> runInMemory(MemoryDatabase& database,
                                                    const FindOwnCredential& operation) {
  using Found = std::optional<CredentialRecord>;
  const auto* user = liveUser(database, operation.userId);
  if (user == nullptr) {
    return Found();
  }
  const auto password = database.passwords.find(operation.userId);
  return Found(CredentialRecord{withPermissions(database, *user),
                                password == database.passwords.end() ? "" : password->second});
}

Result<Done> runInMemory(MemoryDatabase& database, const RequestEmailChange& change) {
  auto* user = liveUser(database, change.userId);
  if (user == nullptr) {
    return Done{};
  }
  const auto* other = findByEmail(database, change.newEmail);
  const bool taken = other != nullptr && other->id != change.userId;
  const EmailChange row{change.changeId,
                        change.userId,
                        user->email,
                        change.newEmail,
                        change.confirmHash,
                        change.confirmExpires,
                        change.undoHash,
                        change.undoExpires,
                        change.now,
                        "open",
                        {}};
  if (auto* waiting = openChange(database, change.userId)) {
    *waiting = row;
  } else {
    database.emailChanges.push_back(row);
  }
  user->pendingEmail = change.newEmail;
  touchAccount(*user, change.now);
  if (!change.silent) {
    storeMail(database, taken ? change.takenMail : change.confirmMail, change.now);
  }
  storeMail(database, change.notice, change.now);
  noteAudit(database, change.audit);
  return Done{};
}

Result<EmailChangeOutcome> runInMemory(MemoryDatabase& database, const ConfirmEmailChange& confirmation) {
  auto* user = liveUser(database, confirmation.userId);
  const auto found =
      std::find_if(database.emailChanges.begin(), database.emailChanges.end(), [&](const EmailChange& each) {
        return each.userId == confirmation.userId && isAmong(confirmation.possibleHashes, each.confirmHash) &&
               (each.state == "open" || (each.state == "confirmed" && each.decidedBy == confirmation.callId));
      });
  if (user == nullptr || found == database.emailChanges.end()) {
    return EmailChangeOutcome::invalid;
  }
  if (found->confirmExpires <= confirmation.now) {
    return found->state == "open" ? EmailChangeOutcome::expired : EmailChangeOutcome::invalid;
  }
  const auto* other = findByEmail(database, found->newEmail);
  if (other != nullptr && other->id != user->id) {
    return EmailChangeOutcome::emailTaken;
  }
  found->state = "confirmed";
  found->decidedBy = confirmation.callId;
  user->email = found->newEmail;
  user->emailVerifiedAt = confirmation.now;
  takeAddress(database, *user, confirmation.now);
  voidPending(database, user->id, {}, confirmation.now);
  touchAccount(*user, confirmation.now);
  noteAudit(database, confirmation.audit);
  return EmailChangeOutcome::done;
}

Result<Done> runInMemory(MemoryDatabase& database, const CancelEmailChange& cancellation) {
  auto* user = liveUser(database, cancellation.userId);
  auto* waiting = openChange(database, cancellation.userId);
  if (user != nullptr && waiting != nullptr) {
    waiting->state = "cancelled";
    waiting->decidedBy = cancellation.callId;
    user->pendingEmail.clear();
    touchAccount(*user, cancellation.now);
    noteAudit(database, cancellation.audit);
  }
  return Done{};
}

Result<UndoOwner> runInMemory(MemoryDatabase& database, const UndoQuestion& question) {
  for (const auto& each : database.emailChanges) {
    const auto* user = liveUser(database, each.userId);
    if (user != nullptr && each.state != "undone" && isAmong(question.possibleHashes, each.undoHash)) {
      return UndoOwner{each.undoExpires <= question.now ? LinkState::expired : LinkState::good, user->id,
                       each.oldEmail, user->locale};
    }
  }
  return UndoOwner{};
}

Result<UndoOutcome> runInMemory(MemoryDatabase& database, const UndoEmailChange& undo) {
  const auto found =
      std::find_if(database.emailChanges.begin(), database.emailChanges.end(), [&](const EmailChange& each) {
        return isAmong(undo.possibleHashes, each.undoHash) &&
               (each.state != "undone" || each.decidedBy == undo.callId);
      });
  auto* user = found == database.emailChanges.end() ? nullptr : liveUser(database, found->userId);
  if (user == nullptr) {
    return UndoOutcome{};
  }
  if (found->undoExpires <= undo.now) {
    return UndoOutcome{
        found->state == "undone" ? EmailChangeOutcome::invalid : EmailChangeOutcome::expired, {}, {}};
  }
  if (auto* other = findByEmail(database, found->oldEmail); other != nullptr && other->id != user->id) {
    if (other->status != UserStatus::pending) {
      return UndoOutcome{EmailChangeOutcome::emailTaken, {}, {}};
    }
    other->status = UserStatus::deleted;
    touchAccount(*other, undo.now);
  }
  found->state = "undone";
  found->decidedBy = undo.callId;
  for (auto& later : database.emailChanges) {
    if (later.userId == user->id && later.createdAt > found->createdAt) {
      later.undoExpires = undo.now;
    }
  }
  database.passwords.erase(user->id);
  user->email = found->oldEmail;
  takeAddress(database, *user, undo.now);
  user->emailVerifiedAt = user->emailVerifiedAt.value_or(undo.now);
  ++user->sessionEpoch;
  touchAccount(*user, undo.now);
  database.resetTokens.emplace(
      undo.tokenHash,
      MemoryDatabase::Token{
          undo.tokenId, user->id, user->email, undo.tokenExpires, std::nullopt, {}, undo.now});
  storeMail(database, undo.resetMail, undo.now);
  auto audit = undo.audit;
  audit.actorId = audit.targetId = user->id.toString();
  noteAudit(database, audit);
  return UndoOutcome{
      EmailChangeOutcome::done, user->id,
      credentialChanged(database, {user->id, {}, undo.tokenId, false, "email_change_undone", undo.now})};
}

Result<ProfileOutcome> runInMemory(MemoryDatabase& database, const UpdateProfile& update) {
  auto* user = liveUser(database, update.userId);
  if (user == nullptr || (update.expectedVersion && *update.expectedVersion != user->version)) {
    return ProfileOutcome{};
  }
  if (update.username && !update.username->empty() && findLive(database, [&](const UserRecord& each) {
                                                        return each.id != user->id &&
                                                               each.username == *update.username;
                                                      }) != nullptr) {
    return ProfileOutcome{ProfileOutcome::State::usernameTaken, std::nullopt};
  }
  user->displayName = update.displayName.value_or(user->displayName);
  user->locale = update.locale.value_or(user->locale);
  user->username = update.username.value_or(user->username);
  user->metadata = update.metadata ? update.metadata->text : user->metadata;
  touchAccount(*user, update.now);
  noteAudit(database, update.audit);
  return ProfileOutcome{ProfileOutcome::State::updated, withPermissions(database, *user)};
}

}  // namespace ks
