#include <algorithm>
#include <tuple>
#include <vector>

#include "persistence/memory/memoryCalls.hpp"
#include "persistence/memory/paymentWorkRules.hpp"

namespace ks {

memoryRules::PaymentWorkPlace memoryRules::heldPaymentWork(MemoryDatabase& database, const HeldWork& held) {
  const auto place = database.paymentWork.find(held.id);
  return place != database.paymentWork.end() && place->second.attempts == held.attempts
             ? place
             : database.paymentWork.end();
}

memoryRules::PaymentWorkPlace memoryRules::paymentWorkOfKind(MemoryDatabase& database, const Uuid& paymentId,
                                                             PaymentWorkKind kind) {
  return std::find_if(database.paymentWork.begin(), database.paymentWork.end(), [&](const auto& entry) {
    return entry.second.paymentId == paymentId && entry.second.kind == kind;
  });
}

void memoryRules::planPaymentWork(MemoryDatabase& database, const Uuid& paymentId, const PlannedWork& work) {
  auto planned = MemoryDatabase::PlannedPaymentWork{paymentId, work.kind, work.at};
  if (const auto open = paymentWorkOfKind(database, paymentId, work.kind);
      open != database.paymentWork.end()) {
    const bool held = work.kind == PaymentWorkKind::refund && open->second.attempts > 0;
    planned.nextAt = held ? open->second.nextAt : std::min(planned.nextAt, open->second.nextAt);
    database.paymentWork.erase(open);
  }
  database.paymentWork.emplace(++database.lastPaymentWork, planned);
}

Result<std::vector<PaymentWork>> runInMemory(MemoryDatabase& database, const ClaimPaymentWork& claim) {
  using Due = decltype(database.paymentWork)::value_type;
  std::vector<Due*> due;
  for (auto& entry : database.paymentWork) {
    if (entry.second.nextAt <= claim.now) {
      due.push_back(&entry);
    }
  }
  std::sort(due.begin(), due.end(), [](const Due* a, const Due* b) {
    return std::tie(a->second.nextAt, a->first) < std::tie(b->second.nextAt, b->first);
  });
  due.resize(std::min<std::size_t>(due.size(), claim.most));
  std::vector<PaymentWork> taken;
  taken.reserve(due.size());
  for (auto* entry : due) {
    auto& work = entry->second;
    ++work.attempts;
    work.nextAt = claim.leaseUntil;
    taken.push_back({{entry->first, work.attempts}, work.kind, database.payments.at(work.paymentId)});
  }
  return taken;
}

Result<Done> runInMemory(MemoryDatabase& database, const SettlePaymentWork& settled) {
  const auto held = memoryRules::heldPaymentWork(database, settled.held);
  if (held == database.paymentWork.end()) {
    return Done{};
  }
  if (!settled.nextAt) {
    database.paymentWork.erase(held);
    return Done{};
  }
  held->second.nextAt = *settled.nextAt;
  held->second.error = settled.error;
  return Done{};
}

Result<bool> runInMemory(MemoryDatabase& database, const PlanPaymentWork& plan) {
  if (!database.payments.contains(plan.paymentId)) {
    return false;
  }
  memoryRules::planPaymentWork(database, plan.paymentId, plan.work);
  return true;
}

Result<bool> runInMemory(MemoryDatabase& database, const BeginBankCall& call) {
  const bool taken =
      std::any_of(database.bankCalls.begin(), database.bankCalls.end(), [&call](const auto& entry) {
        const auto& other = entry.second.begun;
        return std::tie(other.partner, other.day, other.externalId) ==
               std::tie(call.partner, call.day, call.externalId);
      });
  if (taken) {
    return false;
  }
  if (!database.bankCalls.emplace(call.id, MemoryDatabase::BankCall{call}).second) {
    return makeFault(ErrorCode::conflict, "the call is noted already");
  }
  return true;
}

Result<Done> runInMemory(MemoryDatabase& database, const EndBankCall& call) {
  if (const auto begun = database.bankCalls.find(call.id); begun != database.bankCalls.end()) {
    begun->second.ended = call;
  }
  return Done{};
}

}  // namespace ks
