#include "test/simulation/faultyStorageEngine.hpp"

namespace ks::sim {

void FaultyAccountRepository::registerAccount(RegisterAccount account, Reply<RegisterOutcome> reply) {
  if (plan_.plant == Plant::forgotten && random_.oneIn(4)) {
    replies_.refuse([reply] { reply(RegisterOutcome::created); });
    return;
  }
  replies_.pass(inner_, &AccountRepositoryInterface::registerAccount, std::move(reply), std::move(account));
}

void FaultyAccountRepository::createAdministrator(CreateAdministrator administrator,
                                                  Reply<CreateAdministratorOutcome> reply) {
  replies_.pass(inner_, &AccountRepositoryInterface::createAdministrator, std::move(reply),
                std::move(administrator));
}

void FaultyAccountRepository::findCredential(std::string identifier, Reply<FoundCredential> reply) {
  replies_.pass(inner_, &AccountRepositoryInterface::findCredential, std::move(reply), std::move(identifier));
}

void FaultyAccountRepository::verifyEmail(VerifyEmailToken token, Reply<VerifyEmailOutcome> reply) {
  replies_.pass(inner_, &AccountRepositoryInterface::verifyEmail, std::move(reply), std::move(token));
}

void FaultyAccountRepository::renewVerification(RenewVerification renewal, Reply<Done> reply) {
  replies_.pass(inner_, &AccountRepositoryInterface::renewVerification, std::move(reply), std::move(renewal));
}

void FaultyAccountRepository::openSession(OpenSession opening, Reply<Done> reply) {
  replies_.pass(inner_, &AccountRepositoryInterface::openSession, std::move(reply), std::move(opening));
}

void FaultyAccountRepository::findSession(Uuid sessionId, Reply<std::optional<SessionRecord>> reply) {
  replies_.pass(inner_, &AccountRepositoryInterface::findSession, std::move(reply), sessionId);
}

void FaultyAccountRepository::advanceRefresh(AdvanceRefresh advance, Reply<bool> reply) {
  if (plan_.plant == Plant::frozenCounter) {
    replies_.refuse([reply] { reply(true); });
    return;
  }
  replies_.pass(inner_, &AccountRepositoryInterface::advanceRefresh, std::move(reply), std::move(advance));
}

void FaultyAccountRepository::revokeSessions(RevokeSessions revocation, Reply<std::vector<Uuid>> reply) {
  replies_.pass(inner_, &AccountRepositoryInterface::revokeSessions, std::move(reply), std::move(revocation));
}

void FaultyAccountRepository::listSessions(Uuid userId, TimePoint now,
                                           Reply<std::vector<SessionRecord>> reply) {
  replies_.pass(inner_, &AccountRepositoryInterface::listSessions, std::move(reply), userId, now);
}

void FaultyAccountRepository::changePassword(ChangePassword change, Reply<ChangePasswordOutcome> reply) {
  replies_.pass(inner_, &AccountRepositoryInterface::changePassword, std::move(reply), std::move(change));
}

void FaultyAccountRepository::upgradePasswordHash(Uuid userId, std::string oldPhc, std::string newPhc,
                                                  Reply<Done> reply) {
  replies_.pass(inner_, &AccountRepositoryInterface::upgradePasswordHash, std::move(reply), userId,
                std::move(oldPhc), std::move(newPhc));
}

void FaultyAccountRepository::claimMails(int limit, TimePoint now, TimePoint leaseUntil,
                                         Reply<std::vector<OutboxMail>> reply) {
  replies_.pass(inner_, &AccountRepositoryInterface::claimMails, std::move(reply), limit, now, leaseUntil);
}

void FaultyAccountRepository::markMailSent(Uuid mailId, TimePoint now, Reply<Done> reply) {
  replies_.pass(inner_, &AccountRepositoryInterface::markMailSent, std::move(reply), mailId, now);
}

void FaultyAccountRepository::markMailFailed(Uuid mailId, TimePoint nextTryAt, std::string reason,
                                             Reply<Done> reply) {
  replies_.pass(inner_, &AccountRepositoryInterface::markMailFailed, std::move(reply), mailId, nextTryAt,
                std::move(reason));
}

void FaultyAccountRepository::giveUpMail(Uuid mailId, std::string reason, AuditEvent audit,
                                         Reply<Done> reply) {
  replies_.pass(inner_, &AccountRepositoryInterface::giveUpMail, std::move(reply), mailId, std::move(reason),
                std::move(audit));
}

void FaultyAccountRepository::signingKeys(TimePoint now, Reply<std::vector<SigningKeyRecord>> reply) {
  replies_.pass(inner_, &AccountRepositoryInterface::signingKeys, std::move(reply), now);
}

void FaultyAccountRepository::ensureSigningKey(SigningKeyRecord key, TimePoint now,
                                               Reply<std::vector<SigningKeyRecord>> reply) {
  replies_.pass(inner_, &AccountRepositoryInterface::ensureSigningKey, std::move(reply), std::move(key), now);
}

void FaultyAccountRepository::insertHealthSnapshot(HealthSnapshot snapshot, Reply<Done> reply) {
  replies_.pass(inner_, &AccountRepositoryInterface::insertHealthSnapshot, std::move(reply),
                std::move(snapshot));
}

}  // namespace ks::sim
