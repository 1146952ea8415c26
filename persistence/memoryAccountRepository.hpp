#pragma once
#include <functional>
#include <memory>
#include <vector>

#include "persistence/accountRepositoryInterface.hpp"
#include "persistence/memoryDatabase.hpp"

namespace ks {

/// AccountRepositoryInterface on a MemoryDatabase, for simulations: the same answers as PostgreSQL's, without
/// a clock, threads or randomness. Operations wait until runQueued().
class MemoryAccountRepository final : public AccountRepositoryInterface {
 public:
  explicit MemoryAccountRepository(std::shared_ptr<MemoryDatabase> database)
      : database_(std::move(database)) {}

  void registerAccount(RegisterAccount account, Reply<RegisterOutcome> reply) override;
  void createAdministrator(CreateAdministrator administrator,
                           Reply<CreateAdministratorOutcome> reply) override;
  void findCredential(std::string identifier, Reply<std::optional<CredentialRecord>> reply) override;
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
  void signingKeys(TimePoint now, Reply<std::vector<SigningKeyRecord>> reply) override;
  void ensureSigningKey(SigningKeyRecord key, TimePoint now,
                        Reply<std::vector<SigningKeyRecord>> reply) override;
  void insertHealthSnapshot(HealthSnapshot snapshot, Reply<Done> reply) override;

  /// Runs what is queued, in order. What the replies queue waits for the next call.
  void runQueued();
  [[nodiscard]] bool idle() const noexcept { return queue_.empty(); }

 private:
  /// Queues `work`, which reads or changes the database under its lock; the reply is called without it.
  template <class T>
  void queue(Reply<T> reply, std::function<Result<T>(MemoryDatabase&)> work);

  std::shared_ptr<MemoryDatabase> database_;
  std::vector<std::function<void(MemoryDatabase&)>> queue_;
};

}  // namespace ks
