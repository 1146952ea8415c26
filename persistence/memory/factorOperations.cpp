#include <algorithm>
#include <utility>

#include "persistence/memory/memoryAccess.hpp"
#include "persistence/memory/memoryCalls.hpp"
#include "persistence/memory/memoryRules.hpp"

namespace ks {

using namespace memoryRules;

namespace {

int recoveryCodesLeft(const MemoryDatabase& database, const Uuid& userId) {
  const auto found = database.recoveryCodes.find(userId);
  return found == database.recoveryCodes.end()
             ? 0
             : static_cast<int>(std::count_if(found->second.begin(), found->second.end(),
                                              [](const auto& code) { return !code.usedAt; }));
}

FactorRecord* factorOf(MemoryDatabase& database, const Uuid& userId, bool active) {
  for (auto& [id, factor] : database.factors) {
    if (factor.userId == userId && factor.active == active) {
      return &factor;
    }
  }
  return nullptr;
}

ProofOutcome useProof(MemoryDatabase& database, const Uuid& userId, const FactorProof& proof, TimePoint now) {
  if (!proof.factorId.isNil()) {
    const auto factor = database.factors.find(proof.factorId);
    if (factor == database.factors.end() || factor->second.userId != userId || !factor->second.active ||
        factor->second.lastUsedStep >= proof.step) {
      return ProofOutcome::reused;
    }
    factor->second.lastUsedStep = proof.step;
    factor->second.lastUsedAt = now;
    return ProofOutcome::accepted;
  }
  for (auto& code : database.recoveryCodes[userId]) {
    if (code.hash == proof.recoveryHash) {
      const bool fresh = !code.usedAt;
      code.usedAt = code.usedAt.value_or(now);
      return fresh ? ProofOutcome::accepted : ProofOutcome::reused;
    }
  }
  return ProofOutcome::wrong;
}

bool isLiveOf(const MemoryDatabase& database, const Uuid& sessionId, const Uuid& userId, TimePoint now) {
  const auto found = database.sessions.find(sessionId);
  return found != database.sessions.end() && found->second.session.userId == userId &&
         isLive(found->second, now);
}

void insertSession(MemoryDatabase& database, const NewSession& session) {
  SessionRecord record;
  record.session = session;
  record.lastSeenAt = session.createdAt;
  database.sessions.emplace(session.id, std::move(record));
}

void setRecoveryCodes(MemoryDatabase& database, const Uuid& userId, const NewRecoveryCodes& codes) {
  auto& present = database.recoveryCodes[userId];
  present.clear();
  for (const auto& hash : codes.hashes) {
    present.push_back({hash, std::nullopt});
  }
}

}  // namespace

Result<int> runInMemory(MemoryDatabase& database, const NewChallenge& challenge) {
  std::erase_if(database.challenges, [&](const auto& entry) {
    return entry.second.challenge.userId == challenge.userId &&
           (entry.second.challenge.expires <= challenge.now || entry.second.consumedAt);
  });
  database.challenges.emplace(challenge.id, MemoryDatabase::Challenge{challenge, 0, std::nullopt});
  noteAudit(database, challenge.audit);
  return recoveryCodesLeft(database, challenge.userId);
}

Result<AttemptRecord> runInMemory(MemoryDatabase& database, const BeginChallengeAttempt& attempt) {
  AttemptRecord record;
  for (auto& [id, held] : database.challenges) {
    const auto& hashes = attempt.possibleHashes;
    if (std::find(hashes.begin(), hashes.end(), held.challenge.tokenHash) == hashes.end() ||
        held.consumedAt || held.challenge.expires <= attempt.now) {
      continue;
    }
    if (held.attempts >= attempt.perChallenge) {
      record.outcome = AttemptOutcome::challengeUsedUp;
      return record;
    }
    ++held.attempts;
    record.challengeId = id;
    record.payloadSealed = held.challenge.payloadSealed;
    const auto& userId = held.challenge.userId;
    record.outcome = AttemptOutcome::counted;
    record.user = withPermissions(database, database.users.at(userId));
    record.recoveryCodesLeft = recoveryCodesLeft(database, userId);
    if (const auto* factor = factorOf(database, userId, true)) {
      record.factor = *factor;
    }
    return record;
  }
  return record;
}

Result<ProofOutcome> runInMemory(MemoryDatabase& database, const CompleteChallenge& completion) {
  const auto& session = completion.session;
  const auto now = session.createdAt;
  const auto challenge = database.challenges.find(completion.challengeId);
  if (challenge == database.challenges.end() || challenge->second.consumedAt ||
      challenge->second.challenge.expires <= now) {
    return ProofOutcome::over;
  }
  const auto proven = useProof(database, session.userId, completion.proof, now);
  if (proven != ProofOutcome::accepted) {
    return proven;
  }
  challenge->second.consumedAt = now;
  const auto& user = database.users.at(session.userId);
  if (user.status != UserStatus::active || user.sessionEpoch != challenge->second.challenge.sessionEpoch) {
    return ProofOutcome::over;
  }
  if (database.deletionsDue.erase(session.userId) > 0) {
    database.deletionsCancelled[session.userId] = now;
  }
  insertSession(database, session);
  database.throttles.erase(completion.guessKey);
  if (completion.notice) {
    storeMail(database, *completion.notice, now);
  }
  noteAudit(database, completion.audit);
  return ProofOutcome::accepted;
}

Result<ProofOutcome> runInMemory(MemoryDatabase& database, const TakeProof& take) {
  const auto proven = useProof(database, take.userId, take.proof, take.now);
  if (proven == ProofOutcome::accepted) {
    database.throttles.erase(take.guessKey);
    noteAudit(database, take.audit);
  }
  return proven;
}

Result<ProofOutcome> runInMemory(MemoryDatabase& database, const ReplaceSession& replacement) {
  const auto& session = replacement.session;
  const auto now = session.createdAt;
  if (!isLiveOf(database, replacement.oldSession, session.userId, now)) {
    return ProofOutcome::over;
  }
  if (replacement.proof) {
    const auto proven = useProof(database, session.userId, *replacement.proof, now);
    if (proven != ProofOutcome::accepted) {
      return proven;
    }
  }
  database.throttles.erase(replacement.guessKey);
  endSessions(database, {session.userId, replacement.oldSession, std::nullopt, "reauthenticated", now, {}});
  insertSession(database, session);
  noteAudit(database, replacement.audit);
  return ProofOutcome::accepted;
}

Result<std::vector<FactorRecord>> runInMemory(MemoryDatabase& database, const FindFactors& operation) {
  std::vector<FactorRecord> factors;
  for (const bool active : {true, false}) {
    if (const auto* factor = factorOf(database, operation.userId, active)) {
      factors.push_back(*factor);
    }
  }
  return factors;
}

Result<bool> runInMemory(MemoryDatabase& database, const NewTotpFactor& factor) {
  if (factorOf(database, factor.userId, true) != nullptr) {
    return false;
  }
  std::erase_if(database.factors, [&](const auto& entry) { return entry.second.userId == factor.userId; });
  FactorRecord record;
  record.id = factor.id;
  record.userId = factor.userId;
  record.name = factor.name;
  record.secretSealed = factor.secretSealed;
  record.createdAt = factor.now;
  database.factors.emplace(record.id, std::move(record));
  noteAudit(database, factor.audit);
  return true;
}

Result<ConfirmFactorOutcome> runInMemory(MemoryDatabase& database, const ConfirmFactor& confirmation) {
  const auto& session = confirmation.session;
  const auto now = session.createdAt;
  const auto factor = database.factors.find(confirmation.factorId);
  if (!isLiveOf(database, confirmation.oldSession, session.userId, now) || factor == database.factors.end() ||
      factor->second.userId != session.userId || factor->second.active) {
    return ConfirmFactorOutcome();
  }
  factor->second.active = true;
  database.factorsConfirmed[factor->first] = now;
  factor->second.lastUsedStep = confirmation.step;
  factor->second.lastUsedAt = now;
  setRecoveryCodes(database, session.userId, confirmation.codes);
  auto ended =
      credentialChanged(database, {session.userId, {}, {}, confirmation.keepKeys, "factor_added", now});
  insertSession(database, session);
  auto& user = database.users.at(session.userId);
  user.mfaEnabled = true;
  ++user.sessionEpoch;
  user.updatedAt = now;
  ++user.version;
  storeMail(database, confirmation.notice, now);
  noteAudit(database, confirmation.audit);
  return ConfirmFactorOutcome(std::move(ended));
}

Result<RemoveFactorOutcome> runInMemory(MemoryDatabase& database, const RemoveFactor& removal) {
  const auto factor = database.factors.find(removal.factorId);
  if (factor == database.factors.end() || factor->second.userId != removal.userId) {
    return RemoveFactorOutcome{};
  }
  const bool wasActive = factor->second.active;
  database.factors.erase(factor);
  noteAudit(database, removal.audit);
  RemoveFactorOutcome outcome{true, {}};
  if (wasActive) {
    database.recoveryCodes.erase(removal.userId);
    outcome.ended = credentialChanged(
        database, {removal.userId, {}, {}, removal.keepKeys, "factor_removed", removal.now});
    auto& user = database.users.at(removal.userId);
    user.mfaEnabled = false;
    user.updatedAt = removal.now;
    ++user.version;
    storeMail(database, removal.notice, removal.now);
  }
  return outcome;
}

Result<int> runInMemory(MemoryDatabase& database, const FindRecoveryCodesLeft& operation) {
  return recoveryCodesLeft(database, operation.userId);
}

Result<bool> runInMemory(MemoryDatabase& database, const RenewRecoveryCodes& renewal) {
  if (factorOf(database, renewal.userId, true) == nullptr) {
    return false;
  }
  setRecoveryCodes(database, renewal.userId, renewal.codes);
  if (renewal.notice) {
    storeMail(database, *renewal.notice, renewal.now);
  }
  noteAudit(database, renewal.audit);
  return true;
}

}  // namespace ks
