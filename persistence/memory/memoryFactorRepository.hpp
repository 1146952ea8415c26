#pragma once
#include "persistence/factorRepositoryInterface.hpp"
#include "persistence/memory/memoryQueue.hpp"

namespace ks {

/// FactorRepositoryInterface on a MemoryDatabase, as MemoryAccountRepository.
class MemoryFactorRepository final : public FactorRepositoryInterface {
 public:
  explicit MemoryFactorRepository(MemoryQueue& queue) : queue_(queue) {}

  void openChallenge(NewChallenge challenge, Reply<int> reply) override;
  void beginChallengeAttempt(BeginChallengeAttempt attempt, Reply<AttemptRecord> reply) override;
  void completeChallenge(CompleteChallenge completion, Reply<ProofOutcome> reply) override;
  void takeProof(TakeProof take, Reply<ProofOutcome> reply) override;
  void replaceSession(ReplaceSession replacement, Reply<ProofOutcome> reply) override;
  void listFactors(Uuid userId, Reply<std::vector<FactorRecord>> reply) override;
  void addTotpFactor(NewTotpFactor factor, Reply<bool> reply) override;
  void confirmFactor(ConfirmFactor confirmation, Reply<ConfirmFactorOutcome> reply) override;
  void removeFactor(RemoveFactor removal, Reply<RemoveFactorOutcome> reply) override;
  void countRecoveryCodes(Uuid userId, Reply<int> reply) override;
  void renewRecoveryCodes(RenewRecoveryCodes renewal, Reply<bool> reply) override;

 private:
  MemoryQueue& queue_;
};

}  // namespace ks
