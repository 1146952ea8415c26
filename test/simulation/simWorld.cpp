#include "test/simulation/simWorld.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

#include "test/simulation/simKeys.hpp"

namespace ks::sim {
namespace {

constexpr std::size_t kTail = 40;
/// Time passes although work waits, so that timeouts race answers.
constexpr std::uint64_t kEarlyTimeOneIn = 12;
constexpr int kStopSteps = 20'000;
constexpr std::uint64_t kSubscriptionWaitMs = 500;
constexpr std::array<std::uint64_t, 4> kStallsMs = {20, 300, 3000, 12'000};
constexpr std::array<int, 6> kClockStepsS = {-30, -2, 2, 15, 300, 7200};

/// Those that block in production; only they can be late.
bool blocks(std::string_view actor) {
  return actor.find("storageActor") != std::string_view::npos ||
         actor.find("passwordActor") != std::string_view::npos ||
         actor.find("sessionCacheActor") != std::string_view::npos ||
         actor.find("mailActor") != std::string_view::npos;
}

std::chrono::milliseconds upTo(SeededRandom& random, std::uint64_t milliseconds) {
  return std::chrono::milliseconds{static_cast<std::int64_t>(random.below(milliseconds + 1))};
}

}  // namespace

SimWorld::SimWorld(std::uint64_t seed, Plant plant, std::FILE* trace)
    : schedule(seed),
      faults(seed ^ 0x5eedfa017ULL),
      random(seed ^ 0xc0ffeeULL),
      redis(std::make_shared<MemoryRedis>(clock)),
      system(config_),
      scheduler_(dynamic_cast<caf::scheduler::test_coordinator&>(system.scheduler())),
      trace_(trace) {
  clock.follow(&scheduler_.clock());
  plan = FaultPlan::make(faults, plant);
  around = std::make_unique<Surroundings>(
      Surroundings{plan, faults, random, clock, scheduler_.clock(), simKeyring(), database, redis, mailbox});
  // The second process wants a higher cost, so that hashes of the first are upgraded there.
  processes_[0] = std::make_unique<SimProcess>("a", *around, Argon2Parameters{8, 1});
  processes_[1] = std::make_unique<SimProcess>("b", *around, Argon2Parameters{16, 1});
  auto key = SigningKeys::make(random, processes_[0]->crypto->cipher, clock.now()).value();
  key.status = "current";
  database->signingKeys.emplace(key.keyId, key);
  for (auto& each : processes_) {
    if (!each->signingKeys->load({key}, each->crypto->cipher).ok()) {
      ledger.violate("the signing key cannot be loaded");
    }
    each->start(system);
  }
}

SimWorld::~SimWorld() = default;

std::uint64_t SimWorld::idOfJob(std::size_t index) const {
  const auto* actor = dynamic_cast<caf::abstract_actor*>(scheduler_.jobs[index]);
  return actor ? actor->id() : 0;
}

bool SimWorld::step() {
  mischief();
  const auto time = now();
  std::vector<std::size_t> runnable;
  bool late = false;
  for (std::size_t i = 0; i < scheduler_.jobs.size(); ++i) {
    const auto waits = waitsUntil_.find(idOfJob(i));
    if (waits == waitsUntil_.end() || waits->second <= time) {
      runnable.push_back(i);
    } else {
      const auto* actor = dynamic_cast<caf::scheduled_actor*>(scheduler_.jobs[i]);
      late = late || (actor != nullptr && blocks(actor->name()));
    }
  }
  ++steps_;
  const bool early = plan.on && schedule.oneIn(kEarlyTimeOneIn) && scheduler_.has_pending_timeout();
  if (!runnable.empty() && !early) {
    runOne(runnable[schedule.below(runnable.size())]);
    return true;
  }
  if (runnable.empty()) {
    ledger.checkDeadlines(time);
    if (!late) {
      settledAt = time;
    }
  }
  if (!scheduler_.trigger_timeout()) {
    return false;
  }
  note("time passes", 0);
  return true;
}

void SimWorld::runOne(std::size_t job) {
  auto& jobs = scheduler_.jobs;
  const auto at = jobs.begin() + static_cast<std::ptrdiff_t>(job);
  std::rotate(jobs.begin(), at, at + 1);
  auto* actor = dynamic_cast<caf::scheduled_actor*>(jobs.front());
  if (actor == nullptr) {
    note("anonymous", 0);
    scheduler_.try_run_once();
    return;
  }
  const std::string_view name = actor->name();
  const auto id = actor->id();
  const auto* element = actor->mailbox().peek();
  const caf::type_id_t message =
      element != nullptr && !element->payload.empty() ? element->payload.types()[0] : caf::type_id_t{0};
  if (plan.on && blocks(name) && faults.oneIn(plan.stall)) {
    waitsUntil_[id] = now() + upTo(faults, kStallsMs[faults.below(kStallsMs.size())]);
    note(actor->name(), message, "is late");
    return;
  }
  note(actor->name(), message);
  const bool subscription = name.find("redisSubscriptionActor") != std::string_view::npos ||
                            name.find("databaseNotificationActor") != std::string_view::npos;
  scheduler_.try_run_once();
  if (subscription) {
    waitsUntil_[id] = now() + std::chrono::milliseconds{1} + upTo(schedule, kSubscriptionWaitMs);
  }
}

void SimWorld::mischief() {
  const auto time = now();
  if (!redis->reachable()) {
    if (time >= redisBackAt_) {
      redis->setReachable(true);
      say("Redis is back");
    }
  }
  if (!database->reachable && time >= databaseBackAt_) {
    database->reachable = true;
    say("the database is back");
  }
  if (!plan.on) {
    return;
  }
  if (faults.oneIn(plan.redisOutage)) {
    redis->setReachable(false);
    redisBackAt_ = time + std::chrono::seconds{1} + upTo(faults, 20'000);
    waitsUntil_.clear();  // a broken connection wakes its waiters
    say("Redis is away");
  }
  if (faults.oneIn(plan.redisOutage * 2)) {
    database->reachable = false;
    databaseBackAt_ = time + upTo(faults, 5000);
    say("the database is away");
  }
  if (faults.oneIn(plan.clockStep)) {
    const auto seconds = kClockStepsS[faults.below(kClockStepsS.size())];
    clock.step(std::chrono::seconds{seconds});
    lastStepAt = time;
    say("the clock steps by " + std::to_string(seconds) + " s");
  }
  if (plan.kills > 0 && faults.oneIn(plan.kill)) {
    kill();
  }
}

void SimWorld::kill() {
  auto& victimProcess = *processes_[faults.below(processes_.size())];
  const auto child = faults.below(victimProcess.handles.size());
  if (const auto handle = victimProcess.handles[child]()) {
    --plan.kills;
    ++killed;
    say("kill " + victimProcess.children[child].name);
    caf::anon_send_exit(handle, caf::exit_reason::kill);
  }
}

void SimWorld::settle() {
  say("faults end");
  plan.on = false;
  redis->setReachable(true);
  database->reachable = true;
}

bool SimWorld::stop() {
  plan.on = false;
  for (auto& each : processes_) {
    each->stop();
    each->release();
  }
  for (int i = 0; i < kStopSteps && system.registry().running() > 0; ++i) {
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

void SimWorld::say(std::string text) { note("", 0, std::move(text)); }

void SimWorld::note(const char* actor, caf::type_id_t message, std::string text) {
  const auto mix = [this](std::uint64_t value) { hash_ = (hash_ ^ value) * 1099511628211ULL; };
  mix(static_cast<std::uint64_t>(now().time_since_epoch().count()));
  mix(message);
  for (const unsigned char c : std::string_view{actor}) {
    mix(c);
  }
  for (const unsigned char c : text) {
    mix(c);
  }
  tail_.push_back({steps_, now(), actor, message, std::move(text)});
  if (trace_ != nullptr) {
    print(trace_, tail_.back());
  }
  if (tail_.size() > kTail) {
    tail_.pop_front();
  }
}

void SimWorld::print(std::FILE* out, const Event& event) const {
  const auto microseconds =
      std::chrono::duration_cast<std::chrono::microseconds>(event.at.time_since_epoch()).count();
  std::string message;
  if (event.message != 0) {
    const auto typeName = caf::query_type_name(event.message);
    message.assign(typeName.data(), typeName.size());
  }
  std::fprintf(out, "  %6llu %10.3f ms  %s %s %s\n", static_cast<unsigned long long>(event.step),
               static_cast<double>(microseconds) / 1000, event.actor, message.c_str(), event.text.c_str());
}

void SimWorld::printTail(std::FILE* out) const {
  for (const auto& event : tail_) {
    print(out, event);
  }
}

}  // namespace ks::sim
