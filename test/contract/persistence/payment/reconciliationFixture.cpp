#include "test/contract/persistence/payment/reconciliationFixture.hpp"

namespace ks::contract {
namespace {

std::string millisecondsOf(TimePoint time) { return std::to_string((time - startTime()).count()); }
std::string millisecondsOf(const std::optional<TimePoint>& time) {
  return time ? millisecondsOf(*time) : std::string{"never"};
}

}  // namespace

PlanReconciliation newRun(const std::string& slot, int minute) {
  PlanReconciliation plan;
  auto& run = plan.run;
  run.id = freshId();
  run.slot = slot;
  run.createdAt = startTime() + std::chrono::minutes{minute};
  run.to = run.createdAt;
  run.from = run.to - std::chrono::minutes{75};
  plan.audit.id = freshId();
  plan.audit.at = run.createdAt;
  plan.audit.actorType = "user";
  plan.audit.action = "payment.reconcile";
  plan.audit.targetType = "reconciliation";
  plan.audit.targetId = run.id.toString();
  return plan;
}

Uuid storedRun(StorageEngineInterface& engine) {
  auto plan = newRun("asked:" + freshId().toString());
  if (!valueOf(engine, plan)) {
    throw std::runtime_error("the run was not stored");
  }
  return plan.run.id;
}

ReconciliationItem newItem(const Uuid& runId, ReconciliationClass what, const std::string& reference) {
  ReconciliationItem item;
  item.id = freshId();
  item.runId = runId;
  item.what = what;
  item.reference = reference;
  item.vaNumber = "777770000000009";
  item.bankMinor = 250'000;
  item.bookedMinor = what == ReconciliationClass::amountMismatch ? 100'000 : 0;
  item.detail = "of the report";
  return item;
}

NoteReconciliationItems noting(std::vector<ReconciliationItem> items, TimePoint now) {
  return {std::move(items), now};
}

ResolveReconciliationItem resolutionOf(const Uuid& itemId) {
  ResolveReconciliationItem resolution;
  resolution.id = itemId;
  resolution.note = "Talked to the customer";
  resolution.bankReference = "PAYOUT";
  resolution.resolvedBy = freshId();
  resolution.now = startTime() + std::chrono::minutes{30};
  resolution.audit.id = freshId();
  resolution.audit.at = resolution.now;
  resolution.audit.actorType = "user";
  resolution.audit.action = "payment.item_resolved";
  resolution.audit.targetType = "reconciliation_item";
  resolution.audit.targetId = itemId.toString();
  return resolution;
}

std::string textOf(const ReconciliationRun& run) {
  const auto& counts = run.counts;
  return run.id.toString() + " " + reconciliationKindName(run.kind) + " " + run.slot + " " +
         millisecondsOf(run.from) + ".." + millisecondsOf(run.to) + " " +
         reconciliationStatusName(run.status) + " by " + run.askedBy.toString() + " tries " +
         std::to_string(run.attempts) + " counts " + std::to_string(counts.credits) + "/" +
         std::to_string(counts.matched) + "/" + std::to_string(counts.healed) + "/" +
         std::to_string(counts.items) + " error " + run.error + " created " + millisecondsOf(run.createdAt) +
         " finished " + millisecondsOf(run.finishedAt);
}

std::string textOf(const ReconciliationItem& item) {
  return item.id.toString() + " run " + item.runId.toString() + " " + reconciliationClassName(item.what) +
         " " + reconciliationItemStatusName(item.status) + " " + item.reference + " payment " +
         item.paymentId.toString() + " account " + item.vaNumber + " bank " + std::to_string(item.bankMinor) +
         " booked " + std::to_string(item.bookedMinor) + " " + item.detail + " created " +
         millisecondsOf(item.createdAt) + " seen " + millisecondsOf(item.seenAt) + " by " +
         item.resolvedBy.toString() + " note " + item.note + " " + item.bankReference + " at " +
         millisecondsOf(item.resolvedAt);
}

}  // namespace ks::contract
