#pragma once
#include <vector>

#include "core/result.hpp"
#include "messages/account/factorRecords.hpp"

namespace ks {

/// Second factors, recovery codes and challenges. As AccountRepositoryInterface: one statement each, calls
/// only queue, faults alike. What counts, takes or replaces is not repeated after a lost connection: its
/// outcome is then unknown, and nothing can be taken twice.
class FactorRepositoryInterface {
 public:
  virtual ~FactorRepositoryInterface() = default;

  /// How many recovery codes the account has left.
  virtual void openChallenge(NewChallenge challenge, Reply<int> reply) = 0;
  virtual void beginChallengeAttempt(BeginChallengeAttempt attempt, Reply<AttemptRecord> reply) = 0;
  virtual void completeChallenge(CompleteChallenge completion, Reply<ProofOutcome> reply) = 0;
  /// Never `over`.
  virtual void takeProof(TakeProof take, Reply<ProofOutcome> reply) = 0;
  virtual void replaceSession(ReplaceSession replacement, Reply<ProofOutcome> reply) = 0;

  /// The active factors, then the waiting one.
  virtual void listFactors(Uuid userId, Reply<std::vector<FactorRecord>> reply) = 0;
  /// Stores a waiting factor in the place of an earlier waiting one. false: there is an active one.
  virtual void addTotpFactor(NewTotpFactor factor, Reply<bool> reply) = 0;
  virtual void confirmFactor(ConfirmFactor confirmation, Reply<ConfirmFactorOutcome> reply) = 0;
  virtual void removeFactor(RemoveFactor removal, Reply<RemoveFactorOutcome> reply) = 0;

  virtual void countRecoveryCodes(Uuid userId, Reply<int> reply) = 0;
  /// A new set; the old one is dead. false: the account has no active factor.
  virtual void renewRecoveryCodes(RenewRecoveryCodes renewal, Reply<bool> reply) = 0;
};

}  // namespace ks
