#pragma once
#include <array>
#include <caf/scheduler/test_coordinator.hpp>
#include <cstdio>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "actors/payment/bankActor.hpp"
#include "actors/payment/paymentActor.hpp"
#include "actors/payment/paymentAdministrationActor.hpp"
#include "actors/payment/reconciliationActor.hpp"
#include "actors/payment/refundActor.hpp"
#include "actors/runtime/supervisorActor.hpp"
#include "persistence/memory/memoryDatabase.hpp"
#include "test/simulation/ledger.hpp"
#include "test/simulation/payment/simGateway.hpp"

namespace ks::sim {

struct PaymentWorld;

/// Few external ids, so that the day has some of them already.
class NarrowRandom final : public RandomSourceInterface {
 public:
  explicit NarrowRandom(SeededRandom& random) : random_(random) {}
  void fill(std::span<std::byte> bytes) override;

 private:
  SeededRandom& random_;
};

/// How the actors of both processes are set.
struct PaymentPolicies {
  PaymentPolicy payments;
  ReconciliationPolicy reconciliation;
  bool bankRefundsCodes = true;

  static PaymentPolicies make(SeededRandom& random);
};

/// The actors for payments of one process, supervised as in production; those of the public and of the admin process are
/// in one.
struct PaymentProcess {
  PaymentProcess(std::string name, PaymentWorld& world, const PaymentPolicies& policies);
  void start(caf::actor_system& system);
  void stop() const;
  void release();
  /// Kills one of the actors; false: it is dead already.
  bool kill(std::size_t child);

  std::string name;
  UuidGenerator uuids;
  ActorDirectory directory;
  NarrowRandom externalIds;
  std::vector<ActorRef<StorageActor>> storageRefs{2};
  ActorPool<StorageActor> storage{storageRefs};
  ActorRef<BankActor> bank;
  ActorRef<PaymentActor> payments;
  ActorRef<RefundActor> refunds;
  ActorRef<PaymentAdministrationActor> administration;
  ActorRef<ReconciliationActor> reconciliation;
  SupervisorActor supervisor;
  std::vector<ChildSpec> children;
  std::vector<std::function<caf::actor()>> handles;  ///< the children's current ones, in their order
  std::string gaveUp;

 private:
  [[nodiscard]] ActorEnvironment environment(RandomSourceInterface& random);
  /// Adds an actor that shares threads.
  template <class State, class Handle, class Dependencies>
  void add(const char* actor, ActorRef<Handle>& ref, Dependencies dependencies);

  PaymentWorld& world_;
};

/// Two processes over one memory database and one simulated bank on CAF's deterministic scheduler: the seed chooses
/// the next message, what goes wrong and when time passes.
struct PaymentWorld {
  /// `trace`: where every event is printed; nullptr: nowhere.
  PaymentWorld(std::uint64_t seed, Plant plant, std::FILE* trace);
  ~PaymentWorld();
  PaymentWorld(const PaymentWorld&) = delete;
  PaymentWorld& operator=(const PaymentWorld&) = delete;

  /// One event. False when nothing can ever happen again.
  bool step();
  /// Ends all faults and outages.
  void settle();
  /// Stops both processes as in production. False when something does not end.
  bool stop();
  void say(const std::string& text) { note("", 0, text); }
  void printTail(std::FILE* out) const;
  [[nodiscard]] VirtualTime now() const { return scheduler_.clock().now(); }
  [[nodiscard]] PaymentProcess& process(std::size_t index) { return *processes_[index]; }
  [[nodiscard]] std::uint64_t steps() const { return steps_; }
  [[nodiscard]] std::uint64_t hash() const { return hash_; }

 private:
  struct Config : caf::actor_system_config {
    Config() { set("caf.scheduler.policy", "testing"); }
  };
  struct Event {
    std::uint64_t step;
    VirtualTime at;
    std::string text;
  };
  void note(std::string_view actor, caf::type_id_t message, const std::string& text);
  void mischief();
  void runOne(std::size_t job);
  [[nodiscard]] std::uint64_t idOfJob(std::size_t index) const;

  Config config_;

 public:
  SeededRandom schedule;
  SeededRandom faults;  ///< decides what goes wrong
  SeededRandom random;  ///< what the actors take as unpredictable
  FakeClock clock;
  FaultPlan plan;
  PaymentPolicies policies;
  Ledger ledger;
  std::shared_ptr<MemoryDatabase> database = std::make_shared<MemoryDatabase>();
  std::unique_ptr<SimBank> bank;
  caf::actor_system system;
  std::uint64_t killed = 0;

 private:
  caf::scheduler::test_coordinator& scheduler_;
  std::array<std::unique_ptr<PaymentProcess>, 2> processes_;
  std::map<std::uint64_t, VirtualTime> waitsUntil_;  ///< actors that block just now
  VirtualTime databaseBackAt_{};
  std::FILE* trace_;
  std::uint64_t steps_ = 0;
  std::uint64_t hash_ = 1469598103934665603ULL;
  std::deque<Event> tail_;
};

}  // namespace ks::sim
