#include "actors/payment/reconciliationActor.hpp"

#include <algorithm>
#include <utility>

#include "actors/platform/storageJob.hpp"
#include "core/logging/logging.hpp"

namespace ks {
namespace {

/// A day and a window beside it.
constexpr std::size_t kMostRuns = 2;
/// Longer than one step of a run.
constexpr std::chrono::seconds kRunLease{120};
constexpr std::uint32_t kMostRunAttempts = 30;
constexpr std::chrono::minutes kLongestRunPause{15};
/// A day is tried for a week, at the end with longer pauses: what it lacks no other run finds.
constexpr std::chrono::hours kPauseOfDay{3};
constexpr std::chrono::hours kDayIsTried{7 * 24};
/// Slots are planned and figures are read each so many ticks.
constexpr int kTicksOfRound = 5;

}  // namespace

ReconciliationState::ReconciliationState(ReconciliationActor::pointer selfPointer,
                                         std::shared_ptr<ActorProbe> probe,
                                         ReconciliationDependencies dependencies)
    : self(selfPointer), probe_(std::move(probe)), deps_(std::move(dependencies)) {}

ReconciliationActor::behavior_type ReconciliationState::make_behavior() {
  compat::tell(self, ReconciliationActor{self}, TickAtom_v);
  return {guarded(self, probe_, [this](TickAtom) { tick(); })};
}

void ReconciliationState::tick() {
  compat::tellAfter(self, caf::timespan{deps_.policy.lookEvery}, ReconciliationActor{self}, TickAtom_v);
  if (ticks_ == 0) {
    planRuns();
    readFigures();
  }
  ticks_ = (ticks_ + 1) % kTicksOfRound;
  claim();
}

void ReconciliationState::planRuns() {
  std::unordered_set<std::string> due;
  for (auto& run : dueReconciliations(deps_.environment.clock.now(), deps_.policy.every)) {
    due.insert(run.slot);
    if (!planned_.contains(run.slot)) {
      plan(std::move(run));
    }
  }
  std::erase_if(planned_, [&due](const std::string& slot) { return !due.contains(slot); });
}

// Before the first payment there is nothing to compare.
void ReconciliationState::plan(ReconciliationRun run) {
  const auto note = [this](const Fault& fault) { probe_->note(fault); };
  ListPayments before;
  before.query.to = run.to;
  before.query.limit = 1;
  storeOwn(
      self, deps_.storageTimeout, deps_.storage, std::move(before),
      [this, run = std::move(run), note](PaymentPage& page) mutable {
        if (page.rows.empty()) {
          planned_.insert(run.slot);
          return;
        }
        run.id = deps_.environment.uuids.next();
        run.createdAt = deps_.environment.clock.now();
        const auto slot = run.slot;
        storeOwn(
            self, deps_.storageTimeout, deps_.storage, PlanReconciliation{std::move(run)},
            [this, slot](bool& /*added*/) { planned_.insert(slot); }, note);
      },
      note);
}

void ReconciliationState::claim() {
  if (claiming_ || *underWay_ >= kMostRuns) {
    return;
  }
  claiming_ = true;
  const auto now = deps_.environment.clock.now();
  storeOwn(
      self, deps_.storageTimeout, deps_.storage, ClaimReconciliation{now, now + kRunLease},
      [this](std::optional<ReconciliationRun>& run) {
        claiming_ = false;
        if (!run) {
          return;
        }
        ++*underWay_;
        auto progress = std::make_shared<Progress>();
        progress->place = std::shared_ptr<void>(nullptr, [count = underWay_](void* /*none*/) { --*count; });
        progress->run = std::move(*run);
        progress->run.counts = {};
        progress->next = progress->run.from;
        report(progress);
        claim();
      },
      [this](const Fault& fault) {
        claiming_ = false;
        probe_->note(fault);
      });
}

void ReconciliationState::readFigures() {
  storeOwn(
      self, deps_.storageTimeout, deps_.storage, ReadPaymentFigures{deps_.environment.clock.now()},
      [this](PaymentFigures& figures) { deps_.board->show(std::move(figures)); },
      [this](const Fault& fault) { probe_->note(fault); });
}

void ReconciliationState::keep(const ProgressPtr& progress, std::function<void()> next) {
  const auto now = deps_.environment.clock.now();
  SettleReconciliation held{progress->run.id,
                            progress->run.attempts,
                            ReconciliationStatus::running,
                            now + kRunLease,
                            progress->run.counts,
                            {},
                            now};
  storeOwn(
      self, deps_.storageTimeout, deps_.storage, std::move(held),
      [next = std::move(next)](bool& ours) {
        if (ours) {
          next();
        }
      },
      [this, progress](const Fault& fault) { failed(progress, fault); });
}

void ReconciliationState::end(const ProgressPtr& progress, ReconciliationStatus status,
                              const std::string& error, TimePoint nextAt) {
  const auto& run = progress->run;
  logInfo("payment.reconciled", "Payments were compared with the bank",
          {{"run", run.id.toString()},
           {"slot", run.slot},
           {"status", std::string(reconciliationStatusName(status))},
           {"credits", run.counts.credits},
           {"matched", run.counts.matched},
           {"healed", run.counts.healed},
           {"items", run.counts.items},
           {"reason", error}});
  storeOwn(
      self, deps_.storageTimeout, deps_.storage,
      SettleReconciliation{run.id, run.attempts, status, nextAt, run.counts, error,
                           deps_.environment.clock.now()},
      [progress](bool& /*ours*/) {}, [this](const Fault& fault) { probe_->note(fault); });
}

void ReconciliationState::putOff(const ProgressPtr& progress, const std::string& why) {
  const auto now = deps_.environment.clock.now();
  if (progress->run.attempts >= kMostRunAttempts) {
    logLine(LogLevel::error, LogType::error, "payment.reconcile.failed",
            "Payments could not be compared with the bank", {{"slot", progress->run.slot}, {"reason", why}});
    if (progress->run.kind == ReconciliationKind::day && now + kPauseOfDay < progress->run.to + kDayIsTried) {
      return end(progress, ReconciliationStatus::waiting, why, now + kPauseOfDay);
    }
    return end(progress, ReconciliationStatus::failed, why);
  }
  const auto pause = std::min<std::chrono::milliseconds>(
      std::chrono::seconds{5} * (1U << std::min(progress->run.attempts, 10U)), kLongestRunPause);
  end(progress, ReconciliationStatus::waiting, why, now + pause);
}

void ReconciliationState::failed(const ProgressPtr& progress, const Fault& fault) {
  probe_->note(fault);
  putOff(progress, std::string{describe(fault.code).name});
}

}  // namespace ks
