#pragma once
#include <memory>
#include <utility>

#include "persistence/memory/memoryStorageEngine.hpp"
#include "test/simulation/faultyFactorRepository.hpp"
#include "test/simulation/faultyRecoveryRepository.hpp"
#include "test/simulation/faultyReplies.hpp"

namespace ks::sim {

/// The memory repository behind a connection that fails by seed.
class FaultyAccountRepository final : public AccountRepositoryInterface {
 public:
  FaultyAccountRepository(AccountRepositoryInterface& inner, FaultyReplies& replies, const FaultPlan& plan,
                          SeededRandom& random)
      : inner_(inner), replies_(replies), plan_(plan), random_(random) {}

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
  AccountRepositoryInterface& inner_;
  FaultyReplies& replies_;
  const FaultPlan& plan_;
  SeededRandom& random_;
};

class FaultyStorageEngine final : public StorageEngineInterface {
 public:
  FaultyStorageEngine(std::shared_ptr<MemoryDatabase> database, const FaultPlan& plan, SeededRandom& random)
      : inner_(std::move(database)),
        replies_(plan, random),
        accounts_(inner_.accounts(), replies_, plan, random),
        throttle_(inner_.throttle(), replies_),
        recovery_(inner_.recovery(), replies_),
        factors_(inner_.factors(), replies_, plan) {}

  AccountRepositoryInterface& accounts() override { return accounts_; }
  ThrottleRepositoryInterface& throttle() override { return throttle_; }
  RecoveryRepositoryInterface& recovery() override { return recovery_; }
  KeyRepositoryInterface& keys() override { return inner_.keys(); }
  FactorRepositoryInterface& factors() override { return factors_; }
  DeviceRepositoryInterface& devices() override { return inner_.devices(); }
  PersonalDataRepositoryInterface& personalData() override { return inner_.personalData(); }
  void ping(Reply<Done> reply) override { inner_.ping(std::move(reply)); }
  void flush() override {
    replies_.failRefused();
    inner_.flush();
  }
  [[nodiscard]] bool idle() const override { return inner_.idle(); }
  [[nodiscard]] StorageEngineStatus status() const override { return inner_.status(); }

 private:
  MemoryStorageEngine inner_;
  FaultyReplies replies_;
  FaultyAccountRepository accounts_;
  FaultyThrottleRepository throttle_;
  FaultyRecoveryRepository recovery_;
  FaultyFactorRepository factors_;
};

}  // namespace ks::sim
