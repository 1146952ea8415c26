#include "test/simulation/payment/paymentWorld.hpp"

#include <algorithm>
#include <utility>

#include "actors/platform/storageActor.hpp"
#include "actors/runtime/spawnHelpers.hpp"
#include "test/simulation/faults/faultyStorageEngine.hpp"

namespace ks::sim {
namespace {

using std::chrono::milliseconds;

constexpr std::size_t kPaymentTail = 60;
constexpr std::uint64_t kTimeRacesOneIn = 12;
constexpr int kPaymentStopSteps = 20'000;
constexpr std::uint64_t kExternalIds = 4000;
/// That the gateway waits for the bank at a time.
constexpr std::uint64_t kBankWaitMs = 60;
constexpr std::array<std::uint64_t, 3> kStorageStallsMs = {20, 300, 3000};
constexpr std::uint64_t kDatabaseAwayMs = 5000;
constexpr std::uint64_t kMinutesOfDay = 1440;

bool isNamed(std::string_view actor, std::string_view part) {
  return actor.find(part) != std::string_view::npos;
}

milliseconds waitUpTo(SeededRandom& random, std::uint64_t most) {
  return milliseconds{static_cast<std::int64_t>(random.below(most + 1))};
}

}  // namespace

PaymentPolicies PaymentPolicies::make(SeededRandom& random) {
  constexpr milliseconds kBankLimit{8000};
  PaymentPolicies policies;
  auto& payments = policies.payments;
  payments.rules.grace = std::chrono::seconds{120};
  payments.rules.reviewLate = random.oneIn(3);
  payments.life = std::chrono::seconds{1200};
  payments.bankLimit = kBankLimit;
  payments.pollEvery = milliseconds{5000};
  payments.vaPartner = "77777";
  policies.reconciliation.lookEvery = milliseconds{15'000};
  policies.reconciliation.bankLimit = kBankLimit;
  policies.reconciliation.reviewLate = payments.rules.reviewLate;
  policies.bankRefundsCodes = !random.oneIn(4);
  return policies;
}

void NarrowRandom::fill(std::span<std::byte> bytes) {
  std::fill(bytes.begin(), bytes.end(), std::byte{0});
  const auto number = random_.below(kExternalIds);
  bytes[0] = static_cast<std::byte>(number & 0xffU);
  bytes[1] = static_cast<std::byte>(number >> 8U);
}

template <class State, class Handle, class Dependencies>
void PaymentProcess::add(const char* actor, ActorRef<Handle>& ref, Dependencies dependencies) {
  children.push_back(sharedChild<State>(name + "." + actor, ref, std::move(dependencies)));
  handles.push_back([ref] { return caf::actor_cast<caf::actor>(ref.get()); });
}

PaymentProcess::PaymentProcess(std::string processName, PaymentWorld& world, const PaymentPolicies& policies)
    : name(std::move(processName)),
      uuids(world.clock, world.random),
      directory(world.clock),
      externalIds(world.random),
      world_(world) {
  const StorageEngineFactory makeEngine = [&world] {
    return std::make_unique<FaultyStorageEngine>(world.database, world.plan, world.faults);
  };
  for (std::size_t i = 0; i < storageRefs.size(); ++i) {
    children.push_back(blockingChild<StorageState>(name + ".storageActor-" + std::to_string(i + 1),
                                                   storageRefs[i], makeEngine));
    handles.push_back([ref = storageRefs[i]] { return caf::actor_cast<caf::actor>(ref.get()); });
  }
  const PaymentGatewayFactory makeGateway = [&world] {
    return std::make_unique<SimGateway>(*world.bank, world.plan, world.clock);
  };
  children.push_back(blockingChild<BankActorState>(
      name + ".bankActor", bank, BankDependencies{environment(externalIds), storage, makeGateway}));
  handles.push_back([ref = bank] { return caf::actor_cast<caf::actor>(ref.get()); });
  const auto inside = environment(world.random);
  add<PaymentState>("paymentActor", payments, PaymentDependencies{inside, storage, bank, policies.payments});
  add<RefundState>("refundActor", refunds, RefundDependencies{inside, storage, policies.bankRefundsCodes});
  add<PaymentAdministrationState>("paymentAdministrationActor", administration,
                                  PaymentAdministrationDependencies{inside, storage});
  add<ReconciliationState>(
      "reconciliationActor", reconciliation,
      ReconciliationDependencies{inside, storage, payments, bank, policies.reconciliation});
}

ActorEnvironment PaymentProcess::environment(RandomSourceInterface& random) {
  return {world_.clock, random, uuids, directory};
}

void PaymentProcess::start(caf::actor_system& system) {
  supervisor = spawnShared<SupervisorActor, SupervisorState>(
      system, directory.probe(name + ".supervisorActor", "-"), environment(world_.random), children,
      SupervisorLimits{}, [this](const std::string& why) { gaveUp = why; });
  compat::tellAnon(supervisor, StartAtom_v);
}

void PaymentProcess::stop() const { compat::tellAnon(supervisor, StopAtom_v); }

void PaymentProcess::release() {
  supervisor = SupervisorActor{};
  storage.reset();
  bank.reset();
  payments.reset();
  refunds.reset();
  administration.reset();
  reconciliation.reset();
}

bool PaymentProcess::kill(std::size_t child) {
  const auto handle = handles[child]();
  if (!handle) {
    return false;
  }
  caf::anon_send_exit(handle, caf::exit_reason::kill);
  return true;
}

PaymentWorld::PaymentWorld(std::uint64_t seed, Plant plant, std::FILE* trace)
    : schedule(seed),
      faults(seed ^ 0x5eedfa017ULL),
      random(seed ^ 0xc0ffeeULL),
      system(config_),
      scheduler_(dynamic_cast<caf::scheduler::test_coordinator&>(system.scheduler())),
      trace_(trace) {
  clock.follow(&scheduler_.clock());
  clock.step(std::chrono::minutes{static_cast<std::int64_t>(schedule.below(kMinutesOfDay))});
  plan = FaultPlan::make(faults, plant);
  policies = PaymentPolicies::make(faults);
  bank = std::make_unique<SimBank>(plan, faults, clock);
  processes_[0] = std::make_unique<PaymentProcess>("a", *this, policies);
  processes_[1] = std::make_unique<PaymentProcess>("b", *this, policies);
  for (auto& each : processes_) {
    each->start(system);
  }
}

PaymentWorld::~PaymentWorld() = default;

std::uint64_t PaymentWorld::idOfJob(std::size_t index) const {
  const auto* actor = dynamic_cast<caf::abstract_actor*>(scheduler_.jobs[index]);
  return actor ? actor->id() : 0;
}

bool PaymentWorld::step() {
  mischief();
  const auto time = now();
  std::vector<std::size_t> runnable;
  for (std::size_t i = 0; i < scheduler_.jobs.size(); ++i) {
    const auto waits = waitsUntil_.find(idOfJob(i));
    if (waits == waitsUntil_.end() || waits->second <= time) {
      runnable.push_back(i);
    }
  }
  ++steps_;
  bank->advance();
  const bool early = plan.on && schedule.oneIn(kTimeRacesOneIn) && scheduler_.has_pending_timeout();
  if (!runnable.empty() && !early) {
    runOne(runnable[schedule.below(runnable.size())]);
    return true;
  }
  if (runnable.empty()) {
    ledger.checkDeadlines(time);
  }
  if (!scheduler_.trigger_timeout()) {
    return false;
  }
  note("time passes", 0, {});
  return true;
}

void PaymentWorld::runOne(std::size_t job) {
  auto& jobs = scheduler_.jobs;
  const auto at = jobs.begin() + static_cast<std::ptrdiff_t>(job);
  std::rotate(jobs.begin(), at, at + 1);
  auto* actor = dynamic_cast<caf::scheduled_actor*>(jobs.front());
  if (actor == nullptr) {
    note("anonymous", 0, {});
    scheduler_.try_run_once();
    return;
  }
  const std::string name = actor->name();
  const auto id = actor->id();
  const auto* element = actor->mailbox().peek();
  const caf::type_id_t message =
      element != nullptr && !element->payload.empty() ? element->payload.types()[0] : caf::type_id_t{0};
  if (plan.on && isNamed(name, "storageActor") && faults.oneIn(plan.stall)) {
    waitsUntil_[id] = now() + waitUpTo(faults, kStorageStallsMs[faults.below(kStorageStallsMs.size())]);
    note(name, message, "is late");
    return;
  }
  note(name, message, {});
  scheduler_.try_run_once();
  if (isNamed(name, "bankActor")) {
    waitsUntil_[id] = now() + milliseconds{1} + waitUpTo(schedule, kBankWaitMs);
  }
}

void PaymentWorld::mischief() {
  if (!database->reachable && now() >= databaseBackAt_) {
    database->reachable = true;
    say("the database is back");
  }
  if (!plan.on) {
    return;
  }
  if (faults.oneIn(plan.redisOutage)) {
    database->reachable = false;
    databaseBackAt_ = now() + waitUpTo(faults, kDatabaseAwayMs);
    say("the database is away");
  }
  if (plan.kills > 0 && faults.oneIn(plan.kill)) {
    auto& victim = *processes_[faults.below(processes_.size())];
    const auto child = faults.below(victim.children.size());
    if (victim.kill(child)) {
      --plan.kills;
      ++killed;
      say("kill " + victim.children[child].name);
    }
  }
}

void PaymentWorld::settle() {
  say("faults end");
  plan.on = false;
  database->reachable = true;
}

bool PaymentWorld::stop() {
  plan.on = false;
  for (auto& each : processes_) {
    each->stop();
    each->release();
  }
  for (int i = 0; i < kPaymentStopSteps && system.registry().running() > 0; ++i) {
    if (!scheduler_.jobs.empty()) {
      runOne(schedule.below(scheduler_.jobs.size()));
    } else if (!scheduler_.trigger_timeout()) {
      break;
    }
  }
  if (system.registry().running() > 0) {
    return false;
  }
  while (scheduler_.run() > 0 || scheduler_.trigger_timeouts() > 0) {  // the rest refers to dead actors
  }
  return true;
}

void PaymentWorld::note(std::string_view actor, caf::type_id_t message, const std::string& text) {
  const auto mix = [this](std::uint64_t value) { hash_ = (hash_ ^ value) * 1099511628211ULL; };
  mix(static_cast<std::uint64_t>(now().time_since_epoch().count()));
  mix(message);
  std::string line{actor};
  if (message != 0) {
    const auto typeName = caf::query_type_name(message);
    line.append(" ").append(typeName.data(), typeName.size());
  }
  line.append(" ").append(text);
  for (const unsigned char c : line) {
    mix(c);
  }
  tail_.push_back({steps_, now(), std::move(line)});
  if (tail_.size() > kPaymentTail) {
    tail_.pop_front();
  }
  if (trace_ != nullptr) {
    std::fprintf(trace_, "  %6llu %12lld ms  %s\n", static_cast<unsigned long long>(tail_.back().step),
                 static_cast<long long>(tail_.back().at.time_since_epoch() / milliseconds{1}),
                 tail_.back().text.c_str());
  }
}

void PaymentWorld::printTail(std::FILE* out) const {
  for (const auto& event : tail_) {
    std::fprintf(out, "  %6llu %12lld ms  %s\n", static_cast<unsigned long long>(event.step),
                 static_cast<long long>(event.at.time_since_epoch() / milliseconds{1}), event.text.c_str());
  }
}

}  // namespace ks::sim
