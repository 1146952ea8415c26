#include "test/simulation/account/simRun.hpp"

#include <cstdlib>
#include <vector>

#include "test/simulation/account/clientActor.hpp"
#include "test/simulation/account/invariants.hpp"

namespace ks::sim {
namespace {

constexpr int kClients = 3;
constexpr int kActions = 26;
constexpr std::uint64_t kMostSteps = 60'000;
/// Mails that were claimed when their sender died come again after a lease of five minutes.
constexpr std::chrono::seconds kClosingTime{700};
constexpr std::chrono::seconds kLastHealthRound{7};

using ClientImpl = caf::stateful_actor<ClientState, ClientActor::impl>;

struct Clients {
  std::vector<ClientActor> handles;
  std::vector<ClientState*> states;

  template <class Holds>
  [[nodiscard]] bool all(Holds holds) const {
    for (const auto* state : states) {
      if (!holds(*state)) {
        return false;
      }
    }
    return true;
  }
};

void play(SimWorld& world, const Clients& clients) {
  StepInvariants invariants;
  enum class Phase { working, closing, cooling } phase = Phase::working;
  VirtualTime until{};
  bool leaked = false;
  while (world.ledger.why().empty()) {
    if (!world.step()) {
      world.ledger.violate("nothing can happen any more");
    }
    if (world.steps() > kMostSteps) {
      world.ledger.violate("the seed does not come to an end");
    }
    invariants.check(world);
    if (world.plan.plant == Plant::leak && !leaked && world.steps() > 500) {
      leaked = true;
      world.process(0).leakHash();
    }
    if (phase == Phase::working && clients.all([](const ClientState& c) { return c.worked(); })) {
      phase = Phase::closing;
      world.settle();
      until = world.now() + kClosingTime;
      for (auto* state : clients.states) {
        state->beginClosing();
      }
    } else if (phase == Phase::closing && clients.all([](const ClientState& c) { return c.finished(); })) {
      phase = Phase::cooling;
      until = world.now() + kLastHealthRound;
    } else if (phase == Phase::closing && world.now() > until) {
      world.ledger.violate("a client does not get through although nothing fails any more");
    } else if (phase == Phase::cooling && world.settledAt > until && world.ledger.idle()) {
      return;
    }
  }
}

}  // namespace

RunOutcome runSeed(std::uint64_t seed, Plant plant, std::FILE* trace, std::FILE* failures) {
  SimWorld world(seed, plant, trace);
  Clients clients;
  for (int i = 0; i < kClients; ++i) {
    clients.handles.push_back(compat::spawnAs<ClientActor, ClientImpl>(world.system, std::ref(world),
                                                                       world.random.next(), i + 1, kActions));
    clients.states.push_back(
        &static_cast<ClientImpl*>(caf::actor_cast<caf::abstract_actor*>(clients.handles.back()))->state);
  }
  play(world, clients);
  if (world.ledger.why().empty()) {
    checkAtEnd(world);
  }
  RunOutcome outcome{world.ledger.why(), world.hash(), world.steps(), world.ledger.outcomes()};
  if (!outcome.why.empty() && failures != nullptr) {
    std::fprintf(failures, "seed %llu failed: %s\n", static_cast<unsigned long long>(seed),
                 outcome.why.c_str());
    world.printTail(failures);
  }
  for (const auto& client : clients.handles) {
    caf::anon_send_exit(client, caf::exit_reason::kill);
  }
  clients.handles.clear();
  if (!world.stop()) {
    std::fprintf(failures ? failures : stderr, "seed %llu: the processes do not stop\n",
                 static_cast<unsigned long long>(seed));
    world.printTail(failures ? failures : stderr);
    std::_Exit(1);  // the actor system would wait for ever
  }
  return outcome;
}

}  // namespace ks::sim
