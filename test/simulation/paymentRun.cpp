#include "test/simulation/paymentRun.hpp"

#include <algorithm>
#include <cstdlib>
#include <string>
#include <vector>

#include "test/simulation/paymentOracle.hpp"

namespace ks::sim {
namespace {

constexpr int kMerchants = 3;
constexpr int kMerchantActions = 45;
constexpr std::uint64_t kMostPaymentSteps = 150'000;
/// The longest life with its grace, the half hour that a code outlives its payment by, an hour until the next question,
/// leases.
constexpr std::chrono::minutes kUntilSettled{140};
constexpr std::chrono::minutes kLongestReconciliation{30};

using MerchantImpl = caf::stateful_actor<PaymentClientState, PaymentClientActor::impl>;

struct Merchants {
  std::vector<PaymentClientActor> handles;
  std::vector<PaymentClientState*> states;
};

template <class Holds>
bool everyMerchant(const Merchants& merchants, Holds holds) {
  return std::all_of(merchants.states.begin(), merchants.states.end(),
                     [&holds](const auto* state) { return holds(*state); });
}

void trade(PaymentWorld& world, const Merchants& merchants) {
  StepBooks books;
  enum class Phase { trading, settling, reconciling } phase = Phase::trading;
  VirtualTime until{};
  while (world.ledger.why().empty()) {
    if (!world.step()) {
      world.ledger.violate("nothing can happen any more");
    }
    if (world.steps() > kMostPaymentSteps) {
      world.ledger.violate("the seed does not come to an end");
    }
    books.check(world);
    if (phase == Phase::trading &&
        everyMerchant(merchants, [](const PaymentClientState& merchant) { return merchant.worked(); })) {
      phase = Phase::settling;
      world.settle();
      until = world.now() + kUntilSettled;
    } else if (phase == Phase::settling && world.now() > until) {
      phase = Phase::reconciling;
      until = world.now() + kLongestReconciliation;
      checkPaymentsSettled(world);
      for (auto* state : merchants.states) {
        state->beginReconciliation();
      }
    } else if (phase == Phase::reconciling && world.ledger.idle() &&
               everyMerchant(merchants,
                             [](const PaymentClientState& merchant) { return merchant.finished(); })) {
      return;
    } else if (phase == Phase::reconciling && world.now() > until) {
      world.ledger.violate("the reconciliation does not come to an end");
    }
  }
}

RunOutcome outcomeOf(PaymentWorld& world) {
  RunOutcome outcome{world.ledger.why(), world.hash(), world.steps(), world.ledger.outcomes()};
  for (const auto& [id, payment] : world.database->payments) {
    ++outcome.answers[std::string{"payment ends "} + paymentStatusName(payment.status) +
                      (payment.late ? ", late" : "")];
    for (const auto& event : world.database->paymentEvents[id]) {
      ++outcome.answers["payment event " + event.type];
    }
  }
  outcome.answers["credits of the bank"] += world.bank->received().size();
  outcome.answers["calls to the bank"] += world.database->bankCalls.size();
  outcome.answers["actors for payments killed"] += world.killed;
  return outcome;
}

}  // namespace

RunOutcome runPaymentSeed(std::uint64_t seed, Plant plant, std::FILE* trace, std::FILE* failures) {
  PaymentWorld world(seed, plant, trace);
  Merchants merchants;
  for (int i = 0; i < kMerchants; ++i) {
    merchants.handles.push_back(compat::spawnAs<PaymentClientActor, MerchantImpl>(
        world.system, std::ref(world), world.random.next(), i + 1, kMerchantActions));
    merchants.states.push_back(
        &static_cast<MerchantImpl*>(caf::actor_cast<caf::abstract_actor*>(merchants.handles.back()))->state);
  }
  trade(world, merchants);
  if (world.ledger.why().empty()) {
    checkPaymentsAtEnd(world, merchants.states);
  }
  auto outcome = outcomeOf(world);
  if (!outcome.why.empty() && failures != nullptr) {
    std::fprintf(failures, "payment seed %llu failed: %s\n", static_cast<unsigned long long>(seed),
                 outcome.why.c_str());
    world.printTail(failures);
  }
  for (const auto& merchant : merchants.handles) {
    caf::anon_send_exit(merchant, caf::exit_reason::kill);
  }
  merchants.handles.clear();
  if (!world.stop()) {
    std::fprintf(failures ? failures : stderr, "payment seed %llu: the processes do not stop\n",
                 static_cast<unsigned long long>(seed));
    world.printTail(failures ? failures : stderr);
    std::_Exit(1);  // the actor system would wait for ever
  }
  return outcome;
}

}  // namespace ks::sim
