#include <algorithm>
#include <utility>

#include "persistence/memory/memoryAccess.hpp"
#include "persistence/memory/memoryCalls.hpp"
#include "persistence/memory/memoryRules.hpp"

namespace ks {

using namespace memoryRules;

namespace {

/// The account that an open token belongs to; `state` says why there is none.
UserRecord* ownerOfToken(MemoryDatabase& database, const std::vector<Bytes>& possibleHashes,
                         const Uuid& callId, TimePoint now, MemoryDatabase::Token*& token, LinkState& state) {
  state = LinkState::invalid;
  for (const auto& hash : possibleHashes) {
    const auto found = database.resetTokens.find(hash);
    if (found == database.resetTokens.end() ||
        (found->second.consumedAt && (callId.isNil() || found->second.consumedBy != callId))) {
      continue;
    }
    const auto user = database.users.find(found->second.userId);
    if (user == database.users.end() || user->second.status == UserStatus::deleted ||
        user->second.email != found->second.email) {
      continue;
    }
    if (found->second.expires <= now) {
      state = found->second.consumedAt ? LinkState::invalid : LinkState::expired;
      continue;
    }
    state = LinkState::good;
    token = &found->second;
    return &user->second;
  }
  return nullptr;
}

}  // namespace

Result<Done> runInMemory(MemoryDatabase& database, const RequestReset& reset) {
  auto audit = reset.audit;
  const UserRecord* user = findByEmail(database, reset.email);
  if (const auto claims = openClaims(database, reset.email); user == nullptr && !claims.empty()) {
    user = claims.front();
  }
  if (user != nullptr) {
    std::erase_if(database.resetTokens, [&](const auto& entry) {
      return entry.second.userId == user->id && !entry.second.consumedAt;
    });
    database.resetTokens.emplace(
        reset.tokenHash,
        MemoryDatabase::Token{
            reset.tokenId, user->id, user->email, reset.expires, std::nullopt, {}, reset.now});
    storeMail(database, reset.mail, reset.now);
    audit.targetType = "user";
    audit.targetId = user->id.toString();
  } else {
    audit.outcome = AuditOutcome::fail;
    audit.reason = "unknown_address";
  }
  noteAudit(database, audit);
  return Done{};
}

Result<TokenOwner> runInMemory(MemoryDatabase& database, const TokenQuestion& question) {
  TokenOwner owner;
  MemoryDatabase::Token* token = nullptr;
  if (const auto* user =
          ownerOfToken(database, question.possibleHashes, Uuid{}, question.now, token, owner.state)) {
    owner.user = withPermissions(database, *user);
    owner.losesFactor = !factorsOnProbation(database, user->id, token->createdAt).empty();
  }
  return owner;
}

Result<ResetOutcome> runInMemory(MemoryDatabase& database, const ResetPassword& reset) {
  ResetOutcome outcome;
  MemoryDatabase::Token* token = nullptr;
  auto* user = ownerOfToken(database, reset.possibleHashes, reset.callId, reset.now, token, outcome.state);
  const UserRecord* owner = user == nullptr ? nullptr : findByEmail(database, user->email);
  if (user == nullptr || (owner != nullptr && owner->id != user->id)) {
    outcome.state = user == nullptr ? outcome.state : LinkState::invalid;
    return outcome;
  }
  const bool contested =
      database.claims.contains(user->id) && findLive(database, [&](const UserRecord& each) {
                                              return each.id != user->id && each.email == user->email &&
                                                     database.claims.contains(each.id);
                                            }) != nullptr;
  if (contested) {
    user->username.clear();
    user->displayName.clear();
  }
  takeAddress(database, *user, reset.now);
  token->consumedAt = reset.now;
  token->consumedBy = reset.callId;
  database.passwords[user->id] = reset.passwordPhc;
  user->emailVerifiedAt = user->emailVerifiedAt.value_or(reset.now);
  user->status = user->status == UserStatus::pending ? UserStatus::active : user->status;
  user->passwordChangeRequired = false;
  user->updatedAt = reset.now;
  ++user->sessionEpoch;
  ++user->version;
  outcome.userId = user->id;
  outcome.factorsTaken = takeFactorsOnProbation(database, user->id, token->createdAt);
  outcome.ended =
      credentialChanged(database, {user->id, {}, {}, reset.keepKeys, "password_reset", reset.now});
  std::erase_if(database.throttles, [&](const auto& entry) { return entry.second.userId == user->id; });
  storeMail(database, reset.notice, reset.now);
  auto audit = reset.audit;
  audit.actorId = audit.targetId = user->id.toString();
  if (outcome.factorsTaken > 0) {
    audit.after.emplace_back("factors_removed", outcome.factorsTaken);
  }
  if (database.deletionsDue.erase(user->id) > 0) {
    database.deletionsCancelled[user->id] = reset.now;
    audit.after.emplace_back("deletion_cancelled", true);
  }
  noteAudit(database, audit);
  return outcome;
}

}  // namespace ks
