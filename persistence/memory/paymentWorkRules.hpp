#pragma once
#include <map>

#include "persistence/memory/memoryDatabase.hpp"

// Work on payments, for the operations in memory that plan or end it. The database's lock is held.
namespace ks::memoryRules {

using PaymentWorkPlace = std::map<std::int64_t, MemoryDatabase::PlannedPaymentWork>::iterator;

/// The work, if nobody has taken it or planned it anew since; else the end.
[[nodiscard]] PaymentWorkPlace heldPaymentWork(MemoryDatabase& database, const HeldWork& held);
/// The payment's work of this kind, or the end.
[[nodiscard]] PaymentWorkPlace paymentWorkOfKind(MemoryDatabase& database, const Uuid& paymentId,
                                                 PaymentWorkKind kind);
/// Work of the kind is due at that time, or earlier if an open piece is; that one ends, also for who holds it.
void planPaymentWork(MemoryDatabase& database, const Uuid& paymentId, const PlannedWork& work);

}  // namespace ks::memoryRules
