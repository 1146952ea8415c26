#include "test/simulation/payment/paymentRun.hpp"

#include <algorithm>
#include <cstdlib>
#include <string>
#include <vector>

#include "core/invariant.hpp"
#include "core/payment/jakartaTime.hpp"
#include "test/simulation/payment/moneyOracle.hpp"
#include "test/simulation/payment/paymentOffice.hpp"
#include "test/simulation/payment/paymentOracle.hpp"

namespace ks::sim {
namespace {

constexpr int kMerchants = 3;
constexpr int kMerchantActions = 60;
constexpr int kOfficeActions = 40;
constexpr std::uint64_t kMostPaymentSteps = 400'000;
constexpr std::size_t kMostTakenBack = 2;
/// The longest life with its grace, the half hour that a code outlives its payment by, an hour until the next question,
/// leases.
constexpr std::chrono::minutes kUntilSettled{140};
constexpr std::chrono::minutes kLongestPhase{40};
/// A day is two dozen reports of a bank that answers slowly and with faults; what is put off waits for a quarter of an hour.
constexpr std::chrono::minutes kLongestReconciliation{360};
/// By then the bank's books of the day before are complete.
constexpr std::chrono::hours kMorning{3};

using MerchantImpl = caf::stateful_actor<PaymentClientState, PaymentClientActor::impl>;
using OfficeImpl = caf::stateful_actor<PaymentOfficeState, PaymentOfficeActor::impl>;

template <class Impl, class Handle>
auto* stateOf(const Handle& handle) {
  return &static_cast<Impl*>(caf::actor_cast<caf::abstract_actor*>(handle))->state;
}

/// Everybody in the payment world, and what they do one after the other.
class Trade {
 public:
  explicit Trade(PaymentWorld& world) : world_(world), firstDay_(jakartaDayStart(world.clock.now())) {
    for (int i = 0; i < kMerchants; ++i) {
      handles_.push_back(compat::spawnAs<PaymentClientActor, MerchantImpl>(
          world.system, std::ref(world), world.random.next(), i + 1, kMerchantActions));
      merchants_.push_back(stateOf<MerchantImpl>(handles_.back()));
    }
    officeHandle_ = compat::spawnAs<PaymentOfficeActor, OfficeImpl>(world.system, std::ref(world),
                                                                    world.random.next(), kOfficeActions);
    office_ = stateOf<OfficeImpl>(officeHandle_);
  }

  void run() {
    runUntil("the trade", std::chrono::hours{24}, [this] { return haveTraded(); });
    world_.settle();
    const auto settled = world_.now() + kUntilSettled;
    runUntil("settling", kUntilSettled + kLongestPhase, [&] { return world_.now() > settled; });
    check([this] { checkPaymentsSettled(world_); });
    takeBack();
    for (auto* merchant : merchants_) {
      merchant->beginTelling();
    }
    runUntil("telling", kLongestPhase, [this] { return haveTold(); });
    check([this] { checkWindows(world_, world_.clock.now()); });
    world_.clock.step(jakartaDayStart(world_.clock.now()) + std::chrono::days{1} + kMorning -
                      world_.clock.now());
    const auto morning = world_.clock.now();
    reconcile();
    check([&] { checkReconciled(world_, morning); });
    office_->beginDecisions();
    runUntil("deciding", kLongestPhase, [this] { return isQuiet(); });
    const auto before = BookedState::of(world_);
    reconcile();
    check([&] {
      if (BookedState::of(world_) != before) {
        world_.ledger.violate("a second reconciliation has changed something");
      }
      checkPaymentsAtEnd(world_, merchants_);
    });
  }

  void end() {
    for (const auto& merchant : handles_) {
      caf::anon_send_exit(merchant, caf::exit_reason::kill);
    }
    caf::anon_send_exit(officeHandle_, caf::exit_reason::kill);
    handles_.clear();
    officeHandle_ = PaymentOfficeActor{};
  }

 private:
  /// Nothing more is done once something was violated.
  template <class Check>
  void check(Check holds) {
    if (world_.ledger.why().empty()) {
      holds();
    }
  }

  template <class Done>
  void runUntil(const char* phase, std::chrono::minutes longest, Done done) {
    const auto until = world_.now() + longest;
    while (world_.ledger.why().empty() && !done()) {
      if (!world_.step()) {
        world_.ledger.violate("nothing can happen any more");
      }
      if (world_.steps() > kMostPaymentSteps || world_.now() > until) {
        world_.ledger.violate(std::string{phase} + " does not come to an end");
      }
      books_.check(world_);
    }
  }

  [[nodiscard]] bool haveTraded() const {
    return office_->worked() && std::all_of(merchants_.begin(), merchants_.end(),
                                            [](const auto* merchant) { return merchant->worked(); });
  }
  [[nodiscard]] bool haveTold() const {
    return world_.ledger.idle() && std::all_of(merchants_.begin(), merchants_.end(),
                                               [](const auto* merchant) { return merchant->finished(); });
  }
  /// The office is done, and so is what follows from it.
  [[nodiscard]] bool isQuiet() const {
    const auto& database = *world_.database;
    return office_->finished() && world_.ledger.idle() && database.paymentWork.empty() &&
           std::none_of(database.reconciliationRuns.begin(), database.reconciliationRuns.end(),
                        [](const auto& entry) {
                          return entry.second.run.status == ReconciliationStatus::waiting ||
                                 entry.second.run.status == ReconciliationStatus::running;
                        });
  }

  /// Every day is compared, beside what the processes do of themselves.
  void reconcile() {
    std::vector<std::string> days;
    for (auto day = firstDay_; day < jakartaDayStart(world_.clock.now()); day += std::chrono::days{1}) {
      days.push_back(jakartaDay(day));
    }
    office_->beginReconciliation(std::move(days));
    runUntil("a reconciliation", kLongestReconciliation, [this] { return isQuiet(); });
  }

  /// The bank gives money of payments back, of itself.
  void takeBack() {
    std::size_t taken = 0;
    for (const auto& [id, payment] : world_.database->payments) {
      const bool plain = payment.status == PaymentStatus::paid && payment.refundingMinor == 0 &&
                         payment.suspenseMinor == 0 && !payment.paidReference.empty() &&
                         world_.bank->receivedFor(payment.description).size() == 1;
      if (plain && taken < kMostTakenBack && world_.schedule.oneIn(4)) {
        world_.bank->takeBack(payment.description);
        ++taken;
      }
    }
  }

  PaymentWorld& world_;
  TimePoint firstDay_;
  StepBooks books_;
  std::vector<PaymentClientActor> handles_;
  std::vector<PaymentClientState*> merchants_;
  PaymentOfficeActor officeHandle_;
  PaymentOfficeState* office_ = nullptr;
};

RunOutcome outcomeOf(PaymentWorld& world) {
  RunOutcome outcome{world.ledger.why(), world.hash(), world.steps(), world.ledger.outcomes()};
  for (const auto& [id, payment] : world.database->payments) {
    ++outcome.answers[std::string{"payment ends "} + paymentStatusName(payment.status) +
                      (payment.late ? ", late" : "")];
    for (const auto& event : world.database->paymentEvents[id]) {
      ++outcome.answers["payment event " + event.type];
    }
  }
  for (const auto& [id, refund] : world.database->refunds) {
    ++outcome.answers[std::string{"refund ends "} + refundStatusName(refund.status) + ", " +
                      refundModeName(refund.mode)];
  }
  for (const auto& [id, item] : world.database->reconciliationItems) {
    ++outcome.answers[std::string{"item "} + reconciliationClassName(item.what) + " is " +
                      reconciliationItemStatusName(item.status)];
  }
  for (const auto& [id, planned] : world.database->reconciliationRuns) {
    ++outcome.answers[std::string{"run "} + reconciliationKindName(planned.run.kind) + " is " +
                      reconciliationStatusName(planned.run.status)];
  }
  outcome.answers["credits of the bank"] += world.bank->received().size();
  outcome.answers["calls to the bank"] += world.database->bankCalls.size();
  outcome.answers["actors for payments killed"] += world.killed;
  return outcome;
}

}  // namespace

RunOutcome runPaymentSeed(std::uint64_t seed, Plant plant, std::FILE* trace, std::FILE* failures) {
  abortOnBrokenInvariant(plant == Plant::none);  // a planted bug is to be found, not to end this process
  PaymentWorld world(seed, plant, trace);
  Trade trade(world);
  trade.run();
  auto outcome = outcomeOf(world);
  if (!outcome.why.empty() && failures != nullptr) {
    std::fprintf(failures, "payment seed %llu failed: %s\n", static_cast<unsigned long long>(seed),
                 outcome.why.c_str());
    world.printTail(failures);
  }
  trade.end();
  if (!world.stop()) {
    std::fprintf(failures ? failures : stderr, "payment seed %llu: the processes do not stop\n",
                 static_cast<unsigned long long>(seed));
    world.printTail(failures ? failures : stderr);
    std::_Exit(1);  // the actor system would wait for ever
  }
  return outcome;
}

}  // namespace ks::sim
