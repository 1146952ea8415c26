#pragma once
#include <memory>
#include <utility>

#include "persistence/memory/memoryStorageEngine.hpp"
#include "test/simulation/faults/faultyReplies.hpp"

namespace ks::sim {

/// The memory engine behind a connection that fails by seed, whatever the operation.
class FaultyStorageEngine final
    : public Implements<FaultyStorageEngine, StorageEngineInterface, StorageOperations> {
 public:
  FaultyStorageEngine(std::shared_ptr<MemoryDatabase> database, const FaultPlan& plan, SeededRandom& random)
      : inner_(std::move(database)), replies_(plan, random), plan_(plan), random_(random) {}

  template <class Op>
  void answer(Op operation, Reply<typename Op::Out> reply) {
    if (planted(operation, reply)) {
      return;
    }
    if (auto next = replies_.through(std::move(reply))) {
      inner_.run(std::move(operation), std::move(next));
    }
  }
  void flush() override {
    replies_.failRefused();
    inner_.flush();
  }
  [[nodiscard]] std::string lastError() const override { return inner_.lastError(); }

 private:
  /// Bugs that the plan plants. True: it has answered, and the operation is not done.
  template <class Op>
  bool planted(const Op&, const Reply<typename Op::Out>&) {
    return false;
  }
  bool planted(RegisterAccount& account, Reply<RegisterOutcome>& reply);
  bool planted(AdvanceRefresh& advance, Reply<bool>& reply);
  bool planted(BeginChallengeAttempt& attempt, Reply<AttemptRecord>& reply);
  bool planted(FindFactors& question, Reply<std::vector<FactorRecord>>& reply);
  bool planted(CompleteChallenge& completion, Reply<ProofOutcome>&) { return forget(completion.proof); }
  bool planted(TakeProof& take, Reply<ProofOutcome>&) { return forget(take.proof); }
  bool planted(ReplaceSession& replacement, Reply<ProofOutcome>&) {
    return replacement.proof && forget(*replacement.proof);
  }
  bool forget(FactorProof& proof);
  bool planted(ChangePayment& change, Reply<ChangedPayment>& reply);
  bool planted(FindPayment& question, Reply<std::optional<PaymentRecord>>& reply);
  bool planted(BeginBankCall& call, Reply<bool>& reply);
  bool planted(NoteReconciliationItems& note, Reply<Done>& reply);

  MemoryStorageEngine inner_;
  FaultyReplies replies_;
  const FaultPlan& plan_;
  SeededRandom& random_;
  std::int64_t forgotten_ = 0;
};

}  // namespace ks::sim
