#include "test/simulation/detection/detectionRun.hpp"

#include <algorithm>
#include <caf/scheduler/test_coordinator.hpp>
#include <memory>
#include <string>
#include <vector>

#include "actors/runtime/spawnHelpers.hpp"
#include "monitoring/security/banActor.hpp"
#include "monitoring/security/securityAnalysisActor.hpp"
#include "persistence/memory/memoryRedis.hpp"
#include "test/simulation/detection/detectionOracle.hpp"
#include "test/simulation/detection/memorySecurityStore.hpp"
#include "test/simulation/fakeClock.hpp"

namespace ks::sim {
namespace {

using std::chrono::seconds;

constexpr int kAttackEvents = 400;
constexpr seconds kCalm{40};

SecurityRuleConfig smallRules() {
  SecurityRuleConfig rules;
  rules.dosAttempt = {5, seconds{20}};
  rules.rapidViolations = {12, seconds{120}};
  rules.honeypot = {3, seconds{20}};
  rules.authSpray = {4, seconds{20}};
  rules.authDistributed = {4, seconds{20}};
  rules.pathProbing = {4, seconds{10}};
  rules.quiet = seconds{60};
  return rules;
}

class DetectionWorld {
 public:
  explicit DetectionWorld(std::uint64_t seed)
      : schedule_(seed),
        faults_(seed ^ 0x5eedfa017ULL),
        random_(seed ^ 0xc0ffeeULL),
        scheduler_(dynamic_cast<caf::scheduler::test_coordinator&>(system_.scheduler())) {
    clock_.follow(&scheduler_.clock());
    config_.rules = smallRules();
    config_.banAutomatically = true;
    store_.refused = faults_.oneIn(2) ? 4 : 30;
    store_.unknown = faults_.oneIn(2) ? 6 : 40;
    spawnBans();
    spawnAnalysis();
  }

  RunOutcome run() {
    for (int sent = 0; sent < kAttackEvents;) {
      step();
      mischief();
      if (schedule_.oneIn(6)) {
        attack();
        ++sent;
      }
    }
    store_.refused = store_.unknown = 0;
    redis_->setReachable(true);
    feed_->noteGap();
    for (const auto end = scheduler_.clock().now() + kCalm; scheduler_.clock().now() < end;) {
      step();
    }
    RunOutcome outcome{judge(), hash_, steps_, {}};
    for (const auto& [id, activity] : store_.activities) {
      ++outcome.answers["found " + activity.type];
    }
    outcome.answers["detection bans"] = store_.bans.size();
    stop();
    return outcome;
  }

 private:
  struct Config : caf::actor_system_config {
    Config() { set("caf.scheduler.policy", "testing"); }
  };

  void spawnBans() {
    const BanRepositoryFactory makeRepository = [this] {
      return std::make_unique<MemoryBanRepository>(store_, faults_);
    };
    const RedisConnectionFactory makeRedis = [this] {
      return std::make_unique<MemoryRedisConnection>(redis_);
    };
    bans_.set(spawnBlocking<BanActor, BanState>(system_, directory_.probe("banActor", "-"), environment_,
                                                config_.bans, makeRepository, makeRedis));
  }
  void spawnAnalysis() {
    const SecurityRepositoryFactory makeRepository = [this] {
      return std::make_unique<MemorySecurityRepository>(store_, faults_);
    };
    analysis_ = spawnBlocking<SecurityAnalysisActor, SecurityAnalysisState>(
        system_, directory_.probe("securityAnalysisActor", "-"), environment_, config_, makeRepository, feed_,
        bans_);
  }

  void mix(std::uint64_t value) { hash_ = (hash_ ^ value) * 1099511628211ULL; }

  void step() {
    ++steps_;
    auto& jobs = scheduler_.jobs;
    if (jobs.empty()) {
      scheduler_.trigger_timeout();
    } else {
      const auto chosen = static_cast<std::ptrdiff_t>(schedule_.below(jobs.size()));
      std::rotate(jobs.begin(), jobs.begin() + chosen, jobs.begin() + chosen + 1);
      if (const auto* actor = dynamic_cast<caf::scheduled_actor*>(jobs.front())) {
        for (const char* c = actor->name(); *c != '\0'; ++c) {
          mix(static_cast<unsigned char>(*c));
        }
      }
      scheduler_.try_run_once();
    }
    mix(static_cast<std::uint64_t>(scheduler_.clock().now().time_since_epoch().count()));
    mix(store_.activities.size() * 1000 + store_.bans.size());
  }

  void mischief() {
    if (faults_.oneIn(400)) {
      redis_->setReachable(!redis_->reachable());
    }
    if (faults_.oneIn(300)) {
      redis_->run({"FLUSHALL"});
    }
    if (faults_.oneIn(500)) {
      kill(analysis_);
      spawnAnalysis();
    }
    if (faults_.oneIn(700)) {
      kill(bans_.get());
      spawnBans();
    }
  }

  /// As the supervisor does: the next one starts when this one has ended.
  template <class Handle>
  void kill(const Handle& handle) {
    const auto* actor = caf::actor_cast<caf::abstract_actor*>(handle);
    caf::anon_send_exit(handle, caf::exit_reason::kill);
    while (!actor->getf(caf::abstract_actor::is_terminated_flag)) {
      step();
    }
  }

  void attack() {
    SecurityEvent event;
    event.id = uuids_.next();
    event.at = clock_.now();
    event.kind = static_cast<SecurityEventKind>(schedule_.below(4));
    const auto who = schedule_.below(5);
    event.source = IpAddress::parse(schedule_.oneIn(2) ? "203.0.113." + std::to_string(who)
                                                       : "2001:db8:1:" + std::to_string(who % 2) +
                                                             "::" + std::to_string(schedule_.below(9)));
    all_.push_back(event);
    auto& sent = all_.back();
    if (sent.kind == SecurityEventKind::loginFailed) {
      sent.account = "account" + std::to_string(schedule_.below(5));
      store_.logins.push_back(sent);
      return;
    }
    sent.path = schedule_.below(7);
    store_.traffic.push_back(sent);
    if (faults_.oneIn(25)) {
      feed_->noteGap();  // stored, but the collector got no confirmation
    } else {
      feed_->offer({sent});
    }
  }

  std::string judge() {
    std::multiset<std::string> found;
    for (const auto& [id, activity] : store_.activities) {
      found.insert(findingText(activity.type, activity.severity, activity.subject, activity.at));
      const bool bannable = activity.severity == Severity::high && activity.source;
      const bool banned = activity.details.find(R"("ban":"made")") != std::string::npos ||
                          activity.details.find(R"("ban":"standing")") != std::string::npos;
      if (bannable != banned) {
        return activity.type + " of " + activity.subject + ": " + activity.details;
      }
    }
    const auto expected = expectedFindings(all_, config_.rules);
    std::vector<std::string> differences;
    std::set_symmetric_difference(found.begin(), found.end(), expected.begin(), expected.end(),
                                  std::back_inserter(differences));
    if (!differences.empty()) {
      const auto& first = differences.front();
      return (found.contains(first) ? "found, but should not be: " : "not found: ") + first;
    }
    for (const auto& ban : store_.bans) {
      const auto key = banKey(*parseBanNetwork(ban.network));
      const bool inRedis = !redis_->run({"GET", key}).isNil();
      if (inRedis != (ban.expiresAt > clock_.now())) {
        return ban.network + " is" + (inRedis ? "" : " not") + " in Redis";
      }
    }
    return {};
  }

  void stop() {
    caf::anon_send_exit(analysis_, caf::exit_reason::kill);
    caf::anon_send_exit(bans_.get(), caf::exit_reason::kill);
    analysis_ = SecurityAnalysisActor{};
    bans_.reset();
    while (scheduler_.run() > 0 || scheduler_.trigger_timeouts() > 0) {
    }
  }

  Config systemConfig_;
  SeededRandom schedule_;
  SeededRandom faults_;
  SeededRandom random_;
  FakeClock clock_;
  UuidGenerator uuids_{clock_, random_};
  ActorDirectory directory_{clock_};
  ActorEnvironment environment_{clock_, random_, uuids_, directory_};
  MemorySecurityStore store_;
  std::shared_ptr<MemoryRedis> redis_ = std::make_shared<MemoryRedis>(clock_);
  std::shared_ptr<SecurityFeed> feed_ = std::make_shared<SecurityFeed>();
  SecurityAnalysisConfig config_;
  caf::actor_system system_{systemConfig_};
  caf::scheduler::test_coordinator& scheduler_;
  ActorRef<BanActor> bans_;
  SecurityAnalysisActor analysis_;
  std::vector<SecurityEvent> all_;
  std::uint64_t steps_ = 0;
  std::uint64_t hash_ = 1469598103934665603ULL;
};

}  // namespace

RunOutcome runDetectionSeed(std::uint64_t seed, std::FILE* failures) {
  auto outcome = DetectionWorld(seed).run();
  if (!outcome.why.empty() && failures != nullptr) {
    std::fprintf(failures, "detection seed %llu failed: %s\n", static_cast<unsigned long long>(seed),
                 outcome.why.c_str());
  }
  return outcome;
}

}  // namespace ks::sim
