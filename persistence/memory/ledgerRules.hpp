#pragma once
#include "persistence/memory/memoryDatabase.hpp"

// Booking, for the operations in memory that move money. The database's lock is held.
namespace ks::memoryRules {

/// What ledger_balance() and the references see to. `paymentId` nil: money that belongs to no payment.
void bookMovement(MemoryDatabase& database, const Uuid& paymentId, const LedgerMovement& movement,
                  TimePoint at);

/// Its amount is set aside.
[[nodiscard]] inline bool isOpenRefund(const RefundRecord& refund) {
  return refund.status == RefundStatus::requested || refund.status == RefundStatus::unknown;
}

}  // namespace ks::memoryRules
