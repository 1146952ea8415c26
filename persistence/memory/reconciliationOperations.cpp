#include <algorithm>
#include <tuple>
#include <utility>

#include "persistence/memory/ledgerRules.hpp"
#include "persistence/memory/memoryCalls.hpp"
#include "persistence/memory/memoryRules.hpp"
#include "persistence/memory/paymentWorkRules.hpp"

namespace ks {
namespace {

constexpr const char* kBankClearing = "bank:bri:clearing";
constexpr const char* kUnmatched = "suspense:unmatched";
constexpr std::uint32_t kMostPaidListed = 500;

/// Ended or open, but never with money.
bool isWithoutMoney(const PaymentRecord& payment) {
  return payment.paidMinor == 0 && payment.suspenseMinor == 0 && payment.status != PaymentStatus::refunded;
}

MatchedCredit matchOf(const MemoryDatabase& database, const BankCredit& credit) {
  MatchedCredit matched;
  const auto payment =
      std::find_if(database.payments.begin(), database.payments.end(), [&credit](const auto& entry) {
        return !credit.vaNumber.empty() && entry.second.vaNumber == credit.vaNumber &&
               (credit.gatewayRef.empty() || entry.second.gatewayRef == credit.gatewayRef);
      });
  if (payment == database.payments.end()) {
    return matched;
  }
  matched.payment = payment->second;
  const auto booked = database.ledger.find("credit:" + payment->first.toString() + ":" + credit.reference);
  if (booked != database.ledger.end()) {
    matched.bookedMinor = booked->second.entries.at(kBankClearing);
  }
  return matched;
}

void noteItem(MemoryDatabase& database, const ReconciliationItem& item, TimePoint now) {
  for (auto& [id, known] : database.reconciliationItems) {
    if (known.what == item.what && known.reference == item.reference) {
      known.seenAt = std::max(known.seenAt, now);
      return;
    }
  }
  auto noted = item;
  noted.createdAt = now;
  noted.seenAt = now;
  if (item.what == ReconciliationClass::orphanCredit) {
    memoryRules::bookMovement(
        database, {}, {"orphan:" + item.reference, "orphan", kBankClearing, kUnmatched, item.bankMinor}, now);
  }
  database.reconciliationItems.emplace(item.id, std::move(noted));
}

}  // namespace

Result<bool> runInMemory(MemoryDatabase& database, const PlanReconciliation& plan) {
  for (const auto& [id, planned] : database.reconciliationRuns) {
    if (planned.run.slot == plan.run.slot) {
      return id == plan.run.id;
    }
  }
  database.reconciliationRuns.emplace(plan.run.id,
                                      MemoryDatabase::PlannedReconciliation{plan.run, plan.run.createdAt});
  memoryRules::noteAudit(database, plan.audit);
  return true;
}

Result<std::optional<ReconciliationRun>> runInMemory(MemoryDatabase& database,
                                                     const ClaimReconciliation& claim) {
  using Out = std::optional<ReconciliationRun>;
  MemoryDatabase::PlannedReconciliation* oldest = nullptr;
  for (auto& [id, planned] : database.reconciliationRuns) {
    const bool open = planned.run.status == ReconciliationStatus::waiting ||
                      planned.run.status == ReconciliationStatus::running;
    if (open && planned.nextAt <= claim.now &&
        (oldest == nullptr ||
         std::tie(planned.run.createdAt, planned.run.id) < std::tie(oldest->run.createdAt, oldest->run.id))) {
      oldest = &planned;
    }
  }
  if (oldest == nullptr) {
    return Out();
  }
  oldest->run.status = ReconciliationStatus::running;
  ++oldest->run.attempts;
  oldest->nextAt = claim.leaseUntil;
  return Out(oldest->run);
}

Result<bool> runInMemory(MemoryDatabase& database, const SettleReconciliation& settled) {
  const auto found = database.reconciliationRuns.find(settled.id);
  if (found == database.reconciliationRuns.end() || found->second.run.attempts != settled.attempts) {
    return false;
  }
  auto& [run, nextAt] = found->second;
  run.status = settled.status;
  run.counts = settled.counts;
  run.error = settled.error;
  if (settled.status == ReconciliationStatus::waiting || settled.status == ReconciliationStatus::running) {
    nextAt = settled.nextAt;
    run.finishedAt.reset();
  } else {
    run.finishedAt = settled.now;
  }
  return true;
}

Result<std::vector<MatchedCredit>> runInMemory(MemoryDatabase& database, const MatchCredits& match) {
  std::vector<MatchedCredit> matched;
  matched.reserve(match.credits.size());
  for (const auto& credit : match.credits) {
    matched.push_back(matchOf(database, credit));
  }
  return matched;
}

Result<std::vector<PaymentRecord>> runInMemory(MemoryDatabase& database, const ListPaidPayments& list) {
  const std::tuple after(std::optional(list.afterAt), list.afterId);
  std::vector<PaymentRecord> paid;
  for (const auto& [id, payment] : database.payments) {
    if (payment.method == list.method && payment.paidAt >= list.from && payment.paidAt <= list.to &&
        !payment.paidReference.empty() && payment.status != PaymentStatus::reversed &&
        std::tie(payment.paidAt, payment.id) > after) {
      paid.push_back(payment);
    }
  }
  std::sort(paid.begin(), paid.end(), [](const PaymentRecord& a, const PaymentRecord& b) {
    return std::tie(a.paidAt, a.id) < std::tie(b.paidAt, b.id);
  });
  paid.resize(std::min<std::size_t>(paid.size(), std::clamp<std::uint32_t>(list.limit, 1, kMostPaidListed)));
  return paid;
}

Result<std::int64_t> runInMemory(MemoryDatabase& database, const PlanCodeQuestions& plan) {
  std::int64_t count = 0;
  for (const auto& [id, payment] : database.payments) {
    if (payment.method == PaymentMethod::briQris && !payment.bankRef.empty() && isWithoutMoney(payment) &&
        payment.createdAt >= plan.from && payment.createdAt <= plan.to) {
      memoryRules::planPaymentWork(database, id, {PaymentWorkKind::ask, plan.now});
      ++count;
    }
  }
  return count;
}

Result<Done> runInMemory(MemoryDatabase& database, const NoteReconciliationItems& note) {
  for (const auto& item : note.items) {
    noteItem(database, item, note.now);
  }
  return Done{};
}

Result<std::optional<ReconciliationItem>> runInMemory(MemoryDatabase& database,
                                                      const ResolveReconciliationItem& resolution) {
  using Out = std::optional<ReconciliationItem>;
  const auto found = database.reconciliationItems.find(resolution.id);
  if (found == database.reconciliationItems.end()) {
    return Out();
  }
  auto& item = found->second;
  if (item.status != ReconciliationItemStatus::open) {
    return messageFault(ErrorCode::conflict, "The item is not open");
  }
  if (item.what == ReconciliationClass::orphanCredit) {
    if (resolution.bankReference.empty()) {
      return fieldFault(ErrorCode::required, "bank_reference",
                        "Money that belongs to no payment is resolved with the reference of its payout");
    }
    memoryRules::bookMovement(
        database, {},
        {"orphan_return:" + item.reference, "orphan_return", kUnmatched, kBankClearing, item.bankMinor},
        resolution.now);
  }
  item.status = ReconciliationItemStatus::resolved;
  item.resolvedBy = resolution.resolvedBy;
  item.note = resolution.note;
  item.bankReference = resolution.bankReference;
  item.resolvedAt = resolution.now;
  memoryRules::noteAudit(database, resolution.audit);
  return Out(item);
}

}  // namespace ks
