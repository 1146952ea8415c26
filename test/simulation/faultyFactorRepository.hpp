#pragma once
#include "persistence/factorRepositoryInterface.hpp"
#include "test/simulation/faultyReplies.hpp"

namespace ks::sim {

/// As FaultyAccountRepository.
class FaultyFactorRepository final : public FactorRepositoryInterface {
 public:
  FaultyFactorRepository(FactorRepositoryInterface& inner, FaultyReplies& replies, const FaultPlan& plan)
      : inner_(inner), replies_(replies), plan_(plan) {}

  void openChallenge(NewChallenge challenge, Reply<int> reply) override {
    replies_.pass(inner_, &FactorRepositoryInterface::openChallenge, std::move(reply), std::move(challenge));
  }
  void beginChallengeAttempt(BeginChallengeAttempt attempt, Reply<AttemptRecord> reply) override {
    if (auto next = replies_.through(std::move(reply))) {
      if (plan_.plant == Plant::forgetfulStep) {
        next = [next](Result<AttemptRecord> record) {
          if (record.ok() && record.value().factor) {
            record.value().factor->lastUsedStep = 0;
          }
          next(std::move(record));
        };
      }
      inner_.beginChallengeAttempt(std::move(attempt), std::move(next));
    }
  }
  void completeChallenge(CompleteChallenge completion, Reply<ProofOutcome> reply) override {
    if (auto next = replies_.through(std::move(reply))) {
      forget(completion.proof);
      inner_.completeChallenge(std::move(completion), std::move(next));
    }
  }
  void takeProof(TakeProof take, Reply<ProofOutcome> reply) override {
    forget(take.proof);
    replies_.pass(inner_, &FactorRepositoryInterface::takeProof, std::move(reply), std::move(take));
  }
  void replaceSession(ReplaceSession replacement, Reply<ProofOutcome> reply) override {
    if (replacement.proof) {
      forget(*replacement.proof);
    }
    replies_.pass(inner_, &FactorRepositoryInterface::replaceSession, std::move(reply),
                  std::move(replacement));
  }
  void listFactors(Uuid userId, Reply<std::vector<FactorRecord>> reply) override {
    if (auto next = replies_.through(std::move(reply))) {
      if (plan_.plant == Plant::forgetfulStep) {
        next = [next](Result<std::vector<FactorRecord>> factors) {
          if (factors.ok()) {
            for (auto& each : factors.value()) {
              each.lastUsedStep = 0;
            }
          }
          next(std::move(factors));
        };
      }
      inner_.listFactors(userId, std::move(next));
    }
  }
  void addTotpFactor(NewTotpFactor factor, Reply<bool> reply) override {
    replies_.pass(inner_, &FactorRepositoryInterface::addTotpFactor, std::move(reply), std::move(factor));
  }
  void confirmFactor(ConfirmFactor confirmation, Reply<ConfirmFactorOutcome> reply) override {
    replies_.pass(inner_, &FactorRepositoryInterface::confirmFactor, std::move(reply),
                  std::move(confirmation));
  }
  void removeFactor(RemoveFactor removal, Reply<RemoveFactorOutcome> reply) override {
    replies_.pass(inner_, &FactorRepositoryInterface::removeFactor, std::move(reply), std::move(removal));
  }
  void countRecoveryCodes(Uuid userId, Reply<int> reply) override {
    replies_.pass(inner_, &FactorRepositoryInterface::countRecoveryCodes, std::move(reply), userId);
  }
  void renewRecoveryCodes(RenewRecoveryCodes renewal, Reply<bool> reply) override {
    replies_.pass(inner_, &FactorRepositoryInterface::renewRecoveryCodes, std::move(reply),
                  std::move(renewal));
  }

 private:
  static constexpr std::int64_t kFarSteps = 1'000'000'000;
  void forget(FactorProof& proof) {
    if (plan_.plant == Plant::forgetfulStep && !proof.factorId.isNil()) {
      proof.step = kFarSteps + ++planted_;
    }
  }

  FactorRepositoryInterface& inner_;
  FaultyReplies& replies_;
  const FaultPlan& plan_;
  std::int64_t planted_ = 0;
};

}  // namespace ks::sim
