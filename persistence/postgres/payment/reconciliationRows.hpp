#pragma once
#include "messages/payment/reconciliationRecords.hpp"
#include "persistence/sql/sqlRows.hpp"

/// The columns of a ReconciliationRun, read by readReconciliationRun(), from `r`.
#define KS_RECONCILIATION_RUN_COLUMNS                                                           \
  "r.id, r.kind, r.slot, r.starts_at, r.ends_at, r.status, r.asked_by, r.attempts, r.credits, " \
  "r.matched, r.healed, r.items, r.error, r.created_at, r.finished_at"
/// The columns of a ReconciliationItem, read by readReconciliationItem(), from `i`.
#define KS_RECONCILIATION_ITEM_COLUMNS                                                        \
  "i.id, i.run_id, i.class, i.status, i.reference, i.payment_id, i.va_number, i.bank_minor, " \
  "i.booked_minor, i.detail, i.created_at, i.seen_at, i.resolved_by, i.note, i.bank_reference, i.resolved_at"

namespace ks {

/// KS_RECONCILIATION_RUN_COLUMNS.
[[nodiscard]] ReconciliationRun readReconciliationRun(const SqlRow& row);
/// KS_RECONCILIATION_ITEM_COLUMNS, from `column` on.
[[nodiscard]] ReconciliationItem readReconciliationItem(const SqlRow& row, int column);

}  // namespace ks
