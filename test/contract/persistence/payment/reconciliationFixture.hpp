#pragma once
#include <string>

#include "messages/payment/reconciliationOperations.hpp"
#include "test/contract/persistence/payment/paymentFixture.hpp"

namespace ks::contract {

/// A run of the last hour and a quarter, asked for so many minutes after startTime().
PlanReconciliation newRun(const std::string& slot, int minute = 0);
/// A run that was stored: items refer to it.
Uuid storedRun(StorageEngineInterface& engine);
/// Something of this class that a person has to look at.
ReconciliationItem newItem(const Uuid& runId, ReconciliationClass what, const std::string& reference);
NoteReconciliationItems noting(std::vector<ReconciliationItem> items, TimePoint now = startTime());
/// By somebody, with a note and the reference of a payout.
ResolveReconciliationItem resolutionOf(const Uuid& itemId);

/// All that a record says, to compare.
std::string textOf(const ReconciliationRun& run);
std::string textOf(const ReconciliationItem& item);

}  // namespace ks::contract
