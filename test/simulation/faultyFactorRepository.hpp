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
    if (auto next = replies_.through(std::move(reply))) {
      inner_.openChallenge(std::move(challenge), std::move(next));
    }
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
  void beginFactorAttempt(BeginFactorAttempt attempt, Reply<AttemptRecord> reply) override {
    if (auto next = replies_.through(std::move(reply))) {
      inner_.beginFactorAttempt(attempt, std::move(next));
    }
  }
  void completeChallenge(CompleteChallenge completion, Reply<ProofOutcome> reply) override {
    if (auto next = replies_.through(std::move(reply))) {
      if (plan_.plant == Plant::forgetfulStep) {
        completion.proof.step = kFarSteps + ++planted_;
      }
      inner_.completeChallenge(std::move(completion), std::move(next));
    }
  }
  void replaceSession(ReplaceSession replacement, Reply<ProofOutcome> reply) override {
    if (auto next = replies_.through(std::move(reply))) {
      inner_.replaceSession(std::move(replacement), std::move(next));
    }
  }
  void listFactors(Uuid userId, Reply<std::vector<FactorRecord>> reply) override {
    if (auto next = replies_.through(std::move(reply))) {
      inner_.listFactors(userId, std::move(next));
    }
  }
  void addTotpFactor(NewTotpFactor factor, Reply<bool> reply) override {
    if (auto next = replies_.through(std::move(reply))) {
      inner_.addTotpFactor(std::move(factor), std::move(next));
    }
  }
  void confirmFactor(ConfirmFactor confirmation, Reply<ConfirmFactorOutcome> reply) override {
    if (auto next = replies_.through(std::move(reply))) {
      inner_.confirmFactor(std::move(confirmation), std::move(next));
    }
  }
  void removeFactor(RemoveFactor removal, Reply<RemoveFactorOutcome> reply) override {
    if (auto next = replies_.through(std::move(reply))) {
      inner_.removeFactor(std::move(removal), std::move(next));
    }
  }
  void countRecoveryCodes(Uuid userId, Reply<int> reply) override {
    if (auto next = replies_.through(std::move(reply))) {
      inner_.countRecoveryCodes(userId, std::move(next));
    }
  }
  void renewRecoveryCodes(RenewRecoveryCodes renewal, Reply<bool> reply) override {
    if (auto next = replies_.through(std::move(reply))) {
      inner_.renewRecoveryCodes(std::move(renewal), std::move(next));
    }
  }

 private:
  static constexpr std::int64_t kFarSteps = 1'000'000'000;
  FactorRepositoryInterface& inner_;
  FaultyReplies& replies_;
  const FaultPlan& plan_;
  std::int64_t planted_ = 0;
};

}  // namespace ks::sim
