#pragma once
#include <chrono>
#include <deque>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "actors/runtime/actorDirectory.hpp"
#include "actors/runtime/actorEnvironment.hpp"
#include "actors/runtime/actorRef.hpp"
#include "core/settings/liveSettings.hpp"
#include "messages/security/banMessages.hpp"
#include "monitoring/collector/securityFeed.hpp"
#include "monitoring/security/banActor.hpp"
#include "monitoring/security/securityRules.hpp"
#include "persistence/securityRepositoryInterface.hpp"

namespace ks {

/// Examines stored lines and failed sign-ins; records the findings of the rules and has addresses banned.
using SecurityAnalysisActor = caf::typed_actor<caf::result<void>(TickAtom)>;

struct SecurityAnalysisConfig {
  SecurityRuleConfig rules;
  BanConfig bans;
  bool banAutomatically = false;  ///< else a finding only says that it would have been
  std::chrono::seconds banLength{3600};
};

/// See SecurityAnalysisActor. Blocks (PostgreSQL), so it is spawned detached.
///
/// At start, and when lines may have been missed, the windows are rebuilt from the tables of the last
/// hour; events that came both ways count once, by their rows' ids. A finding waits until it is stored, in a
/// bounded queue.
struct SecurityAnalysisState {
  SecurityAnalysisState(SecurityAnalysisActor::pointer self, std::shared_ptr<ActorProbe> probe,
                        ActorEnvironment environment, Live<SecurityAnalysisConfig> config,
                        const SecurityRepositoryFactory& makeRepository, std::shared_ptr<SecurityFeed> feed,
                        ActorRef<BanActor> bans);
  SecurityAnalysisActor::behavior_type make_behavior();

  SecurityAnalysisActor::pointer self;

 private:
  using SteadyTime = std::chrono::steady_clock::time_point;
  struct Pending {
    SecurityFinding finding;
    SuspiciousActivity activity;
    std::string
        ban;  ///< what became of it: none, protected, late, observed, made, standing; empty: undecided
    std::string banNote;  ///< the ban's id, or why there is none
  };

  void work();
  bool rebuild(TimePoint now);
  void readLogins(TimePoint now);
  void observeNew(const std::vector<SecurityEvent>& events, TimePoint now, bool remember);
  void enqueueFound();
  void settle();
  void decideBan(Pending& pending);
  void askForBan(const Pending& pending, const IpNetwork& network);
  void reportLosses();
  void failed(const Fault& fault, SteadyTime& next);

  std::shared_ptr<ActorProbe> probe_;
  ActorEnvironment environment_;
  Live<SecurityAnalysisConfig> config_;
  SecurityRuleConfig rulesInForce_;  ///< of rules_
  std::unique_ptr<SecurityRepositoryInterface> repository_;
  std::shared_ptr<SecurityFeed> feed_;
  ActorRef<BanActor> bans_;
  SecurityRules rules_;
  bool rebuilt_ = false;
  bool asking_ = false;
  SteadyTime nextRebuild_{};
  SteadyTime nextLogins_{};
  SteadyTime nextSettle_{};
  SteadyTime nextReport_{};
  TimePoint loginsReadAt_{};
  std::unordered_map<Uuid, SteadyTime> known_;  ///< rows that were read from tables, and when to forget them
  std::vector<SecurityFinding> found_;
  std::deque<Pending> pending_;
  std::uint64_t lostFindings_ = 0;
  std::uint64_t evictedBefore_ = 0;  ///< by rules that were rebuilt since
  std::uint64_t reportedLosses_ = 0;
};

}  // namespace ks
