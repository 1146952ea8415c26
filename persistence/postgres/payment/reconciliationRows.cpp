#include "persistence/postgres/payment/reconciliationRows.hpp"

#include "persistence/postgres/payment/paymentRows.hpp"

namespace ks {

ReconciliationRun readReconciliationRun(const SqlRow& row) {
  ReconciliationRun run;
  int column = 0;
  run.id = row.uuid(column++);
  run.kind =
      knownName(reconciliationKindFrom(row.text(column++)), "unknown kind of a run of the reconciliation");
  run.slot = row.text(column++);
  run.from = row.time(column++);
  run.to = row.time(column++);
  run.status = knownName(reconciliationStatusFrom(row.text(column++)),
                         "unknown status of a run of the reconciliation");
  run.askedBy = row.optionalUuid(column++).value_or(Uuid{});
  run.attempts = static_cast<std::uint32_t>(row.int64(column++));
  run.counts.credits = row.int64(column++);
  run.counts.matched = row.int64(column++);
  run.counts.healed = row.int64(column++);
  run.counts.items = row.int64(column++);
  run.error = row.text(column++);
  run.createdAt = row.time(column++);
  run.finishedAt = row.optionalTime(column++);
  return run;
}

ReconciliationItem readReconciliationItem(const SqlRow& row, int column) {
  ReconciliationItem item;
  item.id = row.uuid(column++);
  item.runId = row.optionalUuid(column++).value_or(Uuid{});
  item.what = knownName(reconciliationClassFrom(row.text(column++)),
                        "unknown class of an item of the reconciliation");
  item.status = knownName(reconciliationItemStatusFrom(row.text(column++)),
                          "unknown status of an item of the reconciliation");
  item.reference = row.text(column++);
  item.paymentId = row.optionalUuid(column++).value_or(Uuid{});
  item.vaNumber = row.text(column++);
  item.bankMinor = row.int64(column++);
  item.bookedMinor = row.int64(column++);
  item.detail = row.text(column++);
  item.createdAt = row.time(column++);
  item.seenAt = row.time(column++);
  item.resolvedBy = row.optionalUuid(column++).value_or(Uuid{});
  item.note = row.text(column++);
  item.bankReference = row.text(column++);
  item.resolvedAt = row.optionalTime(column++);
  return item;
}

}  // namespace ks
