#pragma once
#include "persistence/accountRepositoryInterface.hpp"

namespace ks {

class PostgresPipeline;

/// AccountRepositoryInterface on a PostgreSQL pipeline, which must outlive it.
class PostgresAccountRepository final : public AccountRepositoryInterface {
 public:
  explicit PostgresAccountRepository(PostgresPipeline& pipeline) : pipeline_(pipeline) {}

  void registerAccount(RegisterAccount account, Reply<RegisterOutcome> reply) override;
  void createAdministrator(CreateAdministrator administrator,
                           Reply<CreateAdministratorOutcome> reply) override;
  void findCredential(std::string identifier, Reply<FoundCredential> reply) override;
  void verifyEmail(VerifyEmailToken token, Reply<VerifyEmailOutcome> reply) override;
  void renewVerification(RenewVerification renewal, Reply<Done> reply) override;
  void openSession(OpenSession opening, Reply<Done> reply) override;
  void findSession(Uuid sessionId, Reply<std::optional<SessionRecord>> reply) override;
  void advanceRefresh(AdvanceRefresh advance, Reply<bool> reply) override;
  void revokeSessions(RevokeSessions revocation, Reply<std::vector<Uuid>> reply) override;
  void listSessions(Uuid userId, TimePoint now, Reply<std::vector<SessionRecord>> reply) override;
  void changePassword(ChangePassword change, Reply<ChangePasswordOutcome> reply) override;
  void upgradePasswordHash(Uuid userId, std::string oldPhc, std::string newPhc, Reply<Done> reply) override;
  void claimMails(int limit, TimePoint now, TimePoint leaseUntil,
                  Reply<std::vector<OutboxMail>> reply) override;
  void markMailSent(Uuid mailId, TimePoint now, Reply<Done> reply) override;
  void markMailFailed(Uuid mailId, TimePoint nextTryAt, std::string reason, Reply<Done> reply) override;
  void giveUpMail(Uuid mailId, std::string reason, AuditEvent audit, Reply<Done> reply) override;
  void signingKeys(TimePoint now, Reply<std::vector<SigningKeyRecord>> reply) override;
  void ensureSigningKey(SigningKeyRecord key, TimePoint now,
                        Reply<std::vector<SigningKeyRecord>> reply) override;
  void insertHealthSnapshot(HealthSnapshot snapshot, Reply<Done> reply) override;

 private:
  PostgresPipeline& pipeline_;
};

}  // namespace ks
