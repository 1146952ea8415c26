#include "test/simulation/faultyStorageEngine.hpp"

namespace ks::sim {

void FaultyAccountRepository::registerAccount(RegisterAccount account, Reply<RegisterOutcome> reply) {
  if (plan_.plant == Plant::forgotten && random_.oneIn(4)) {
    replies_.refuse([reply] { reply(RegisterOutcome::created); });
    return;
  }
  if (auto next = replies_.through(std::move(reply))) {
    inner_.registerAccount(std::move(account), std::move(next));
  }
}

void FaultyAccountRepository::createAdministrator(CreateAdministrator administrator,
                                                  Reply<CreateAdministratorOutcome> reply) {
  if (auto next = replies_.through(std::move(reply))) {
    inner_.createAdministrator(std::move(administrator), std::move(next));
  }
}

void FaultyAccountRepository::findCredential(std::string identifier,
                                             Reply<std::optional<CredentialRecord>> reply) {
  if (auto next = replies_.through(std::move(reply))) {
    inner_.findCredential(std::move(identifier), std::move(next));
  }
}

void FaultyAccountRepository::verifyEmail(VerifyEmailToken token, Reply<VerifyEmailOutcome> reply) {
  if (auto next = replies_.through(std::move(reply))) {
    inner_.verifyEmail(std::move(token), std::move(next));
  }
}

void FaultyAccountRepository::renewVerification(RenewVerification renewal, Reply<Done> reply) {
  if (auto next = replies_.through(std::move(reply))) {
    inner_.renewVerification(std::move(renewal), std::move(next));
  }
}

void FaultyAccountRepository::openSession(OpenSession opening, Reply<Done> reply) {
  if (auto next = replies_.through(std::move(reply))) {
    inner_.openSession(std::move(opening), std::move(next));
  }
}

void FaultyAccountRepository::findSession(Uuid sessionId, Reply<std::optional<SessionRecord>> reply) {
  if (auto next = replies_.through(std::move(reply))) {
    inner_.findSession(sessionId, std::move(next));
  }
}

void FaultyAccountRepository::advanceRefresh(AdvanceRefresh advance, Reply<bool> reply) {
  if (plan_.plant == Plant::frozenCounter) {
    replies_.refuse([reply] { reply(true); });
    return;
  }
  if (auto next = replies_.through(std::move(reply))) {
    inner_.advanceRefresh(std::move(advance), std::move(next));
  }
}

void FaultyAccountRepository::revokeSessions(RevokeSessions revocation, Reply<std::vector<Uuid>> reply) {
  if (auto next = replies_.through(std::move(reply))) {
    inner_.revokeSessions(std::move(revocation), std::move(next));
  }
}

void FaultyAccountRepository::listSessions(Uuid userId, TimePoint now,
                                           Reply<std::vector<SessionRecord>> reply) {
  if (auto next = replies_.through(std::move(reply))) {
    inner_.listSessions(userId, now, std::move(next));
  }
}

void FaultyAccountRepository::changePassword(ChangePassword change, Reply<ChangePasswordOutcome> reply) {
  if (auto next = replies_.through(std::move(reply))) {
    inner_.changePassword(std::move(change), std::move(next));
  }
}

void FaultyAccountRepository::upgradePasswordHash(Uuid userId, std::string oldPhc, std::string newPhc,
                                                  Reply<Done> reply) {
  if (auto next = replies_.through(std::move(reply))) {
    inner_.upgradePasswordHash(userId, std::move(oldPhc), std::move(newPhc), std::move(next));
  }
}

void FaultyAccountRepository::claimMails(int limit, TimePoint now, TimePoint leaseUntil,
                                         Reply<std::vector<OutboxMail>> reply) {
  if (auto next = replies_.through(std::move(reply))) {
    inner_.claimMails(limit, now, leaseUntil, std::move(next));
  }
}

void FaultyAccountRepository::markMailSent(Uuid mailId, TimePoint now, Reply<Done> reply) {
  if (auto next = replies_.through(std::move(reply))) {
    inner_.markMailSent(mailId, now, std::move(next));
  }
}

void FaultyAccountRepository::markMailFailed(Uuid mailId, TimePoint nextTryAt, std::string reason,
                                             Reply<Done> reply) {
  if (auto next = replies_.through(std::move(reply))) {
    inner_.markMailFailed(mailId, nextTryAt, std::move(reason), std::move(next));
  }
}

void FaultyAccountRepository::giveUpMail(Uuid mailId, std::string reason, AuditEvent audit,
                                         Reply<Done> reply) {
  if (auto next = replies_.through(std::move(reply))) {
    inner_.giveUpMail(mailId, std::move(reason), std::move(audit), std::move(next));
  }
}

void FaultyAccountRepository::signingKeys(TimePoint now, Reply<std::vector<SigningKeyRecord>> reply) {
  if (auto next = replies_.through(std::move(reply))) {
    inner_.signingKeys(now, std::move(next));
  }
}

void FaultyAccountRepository::ensureSigningKey(SigningKeyRecord key, TimePoint now,
                                               Reply<std::vector<SigningKeyRecord>> reply) {
  if (auto next = replies_.through(std::move(reply))) {
    inner_.ensureSigningKey(std::move(key), now, std::move(next));
  }
}

void FaultyAccountRepository::insertHealthSnapshot(HealthSnapshot snapshot, Reply<Done> reply) {
  if (auto next = replies_.through(std::move(reply))) {
    inner_.insertHealthSnapshot(std::move(snapshot), std::move(next));
  }
}

}  // namespace ks::sim
