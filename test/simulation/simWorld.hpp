#pragma once
#include <array>
#include <caf/scheduler/test_coordinator.hpp>
#include <cstdio>
#include <deque>
#include <map>
#include <memory>
#include <string>

#include "test/simulation/simProcess.hpp"

namespace ks::sim {

/// Two public processes over one memory database and one memory Redis on CAF's deterministic scheduler: the
/// seed chooses the next message, what goes wrong and when time passes.
class SimWorld {
 public:
  /// `trace`: where every event is printed; nullptr: nowhere.
  SimWorld(std::uint64_t seed, Plant plant, std::FILE* trace);
  ~SimWorld();
  SimWorld(const SimWorld&) = delete;
  SimWorld& operator=(const SimWorld&) = delete;

  /// One event. False when nothing can ever happen again.
  bool step();
  /// Ends all faults and outages; delayed messages arrive now.
  void settle();
  /// Stops both processes as in production. False when something does not end.
  bool stop();
  /// Puts a line of a client into the trace.
  void say(std::string text);
  void printTail(std::FILE* out) const;

  [[nodiscard]] VirtualTime now() const { return scheduler_.clock().now(); }
  [[nodiscard]] SimProcess& process(std::size_t index) { return *processes_[index]; }
  [[nodiscard]] std::uint64_t steps() const { return steps_; }
  [[nodiscard]] std::uint64_t hash() const { return hash_; }

 private:
  struct Config : caf::actor_system_config {
    Config() { set("caf.scheduler.policy", "testing"); }
  };
  struct Event {
    std::uint64_t step;
    VirtualTime at;
    const char* actor;
    caf::type_id_t message;
    std::string text;
  };
  void note(const char* actor, caf::type_id_t message, std::string text = {});
  void print(std::FILE* out, const Event& event) const;
  void mischief();
  void kill();
  void runOne(std::size_t job);
  [[nodiscard]] std::uint64_t idOfJob(std::size_t index) const;

  Config config_;

 public:
  SeededRandom schedule;
  SeededRandom faults;
  SeededRandom random;
  FakeClock clock;
  FaultPlan plan;
  Ledger ledger;
  Mailbox mailbox;
  std::shared_ptr<MemoryDatabase> database = std::make_shared<MemoryDatabase>();
  std::shared_ptr<MemoryRedis> redis;
  caf::actor_system system;
  VirtualTime settledAt{};   ///< when last no message waited anywhere, also not in an actor that is late
  VirtualTime lastStepAt{};  ///< of the time of day
  std::uint64_t killed = 0;
  std::unique_ptr<Surroundings> around;

 private:
  caf::scheduler::test_coordinator& scheduler_;
  std::array<std::unique_ptr<SimProcess>, 2> processes_;
  std::map<std::uint64_t, VirtualTime> waitsUntil_;  ///< actors that block just now
  VirtualTime redisBackAt_{};
  VirtualTime databaseBackAt_{};
  std::FILE* trace_;
  std::uint64_t steps_ = 0;
  std::uint64_t hash_ = 1469598103934665603ULL;
  std::deque<Event> tail_;
};

}  // namespace ks::sim
