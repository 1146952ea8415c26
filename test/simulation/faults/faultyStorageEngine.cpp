#include "test/simulation/faults/faultyStorageEngine.hpp"

#include <string>

namespace ks::sim {

bool FaultyStorageEngine::planted(RegisterAccount&, Reply<RegisterOutcome>& reply) {
  if (plan_.plant != Plant::forgotten || !random_.oneIn(4)) {
    return false;
  }
  replies_.refuse([reply] { reply(RegisterOutcome::created); });
  return true;
}

bool FaultyStorageEngine::planted(AdvanceRefresh&, Reply<bool>& reply) {
  if (plan_.plant != Plant::frozenCounter) {
    return false;
  }
  replies_.refuse([reply] { reply(true); });
  return true;
}

bool FaultyStorageEngine::planted(BeginChallengeAttempt&, Reply<AttemptRecord>& reply) {
  if (plan_.plant == Plant::forgetfulStep) {
    reply = [next = std::move(reply)](Result<AttemptRecord> record) {
      if (record.ok() && record.value().factor) {
        record.value().factor->lastUsedStep = 0;
      }
      next(std::move(record));
    };
  }
  return false;
}

bool FaultyStorageEngine::planted(FindFactors&, Reply<std::vector<FactorRecord>>& reply) {
  if (plan_.plant == Plant::forgetfulStep) {
    reply = [next = std::move(reply)](Result<std::vector<FactorRecord>> factors) {
      if (factors.ok()) {
        for (auto& each : factors.value()) {
          each.lastUsedStep = 0;
        }
      }
      next(std::move(factors));
    };
  }
  return false;
}

bool FaultyStorageEngine::forget(FactorProof& proof) {
  constexpr std::int64_t kFarSteps = 1'000'000'000;
  if (plan_.plant == Plant::forgetfulStep && !proof.factorId.isNil()) {
    proof.step = kFarSteps + ++forgotten_;
  }
  return false;
}

bool FaultyStorageEngine::planted(ChangePayment& change, Reply<ChangedPayment>&) {
  if (plan_.plant == Plant::doubleCredit && change.movement) {
    change.movement->key += "#" + std::to_string(random_.next());
    change.after.paidReference.clear();
  }
  if (plan_.plant == Plant::lateRefusal && change.event.type.starts_with("gateway_") &&
      change.after.paidMinor > 0) {
    change.after.status = PaymentStatus::failed;
  }
  if (plan_.plant == Plant::wrongScale && change.movement && change.movement->kind == "refund_done") {
    change.movement->minor *= 100;
  }
  return false;
}

bool FaultyStorageEngine::planted(FindPayment&, Reply<std::optional<PaymentRecord>>& reply) {
  if (plan_.plant == Plant::refundRace) {
    reply = [next = std::move(reply)](Result<std::optional<PaymentRecord>> payment) {
      if (payment.ok() && payment.value()) {
        payment.value()->refundingMinor = 0;
      }
      next(std::move(payment));
    };
  }
  return false;
}

bool FaultyStorageEngine::planted(BeginBankCall& call, Reply<bool>&) {
  if (plan_.plant == Plant::reusedId) {
    call.partner += std::to_string(random_.next());
  }
  return false;
}

bool FaultyStorageEngine::planted(NoteReconciliationItems& note, Reply<Done>&) {
  for (auto& item : note.items) {
    if (plan_.plant == Plant::doubleOrphan && item.what == ReconciliationClass::orphanCredit) {
      item.reference += "#" + std::to_string(random_.next());
    }
  }
  return false;
}

}  // namespace ks::sim
