#pragma once
#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "persistence/memoryStorageEngine.hpp"
#include "test/simulation/faultPlan.hpp"

namespace ks::sim {

/// The memory repository behind a connection that fails by seed: refuses, does the work but says it failed,
/// or does it and never answers.
class FaultyAccountRepository final : public AccountRepositoryInterface {
 public:
  FaultyAccountRepository(AccountRepositoryInterface& inner, const FaultPlan& plan, SeededRandom& random)
      : inner_(inner), plan_(plan), random_(random) {}

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

  void failRefused();

 private:
  /// The reply to hand on, or nothing when the operation is refused.
  template <class T>
  Reply<T> through(Reply<T> reply);

  AccountRepositoryInterface& inner_;
  const FaultPlan& plan_;
  SeededRandom& random_;
  std::vector<std::function<void()>> refused_;
  std::vector<std::shared_ptr<void>>
      lost_;  ///< replies that never come; kept, as a broken promise is an answer
};

class FaultyStorageEngine final : public StorageEngineInterface {
 public:
  FaultyStorageEngine(std::shared_ptr<MemoryDatabase> database, const FaultPlan& plan, SeededRandom& random)
      : inner_(std::move(database)), accounts_(inner_.accounts(), plan, random) {}

  AccountRepositoryInterface& accounts() override { return accounts_; }
  void ping(Reply<Done> reply) override { inner_.ping(std::move(reply)); }
  void flush() override {
    accounts_.failRefused();
    inner_.flush();
  }
  [[nodiscard]] bool idle() const override { return inner_.idle(); }
  [[nodiscard]] StorageEngineStatus status() const override { return inner_.status(); }

 private:
  MemoryStorageEngine inner_;
  FaultyAccountRepository accounts_;
};

}  // namespace ks::sim
