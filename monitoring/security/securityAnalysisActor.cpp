#include "monitoring/security/securityAnalysisActor.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "actors/runtime/guarded.hpp"
#include "core/network/banNetwork.hpp"

namespace ks {
namespace {

constexpr Milliseconds kAnalysisEvery{200};
constexpr std::chrono::seconds kLoginsEvery{1};
constexpr std::chrono::seconds kReportEvery{30};
constexpr std::chrono::seconds kAnalysisRetry{1};
/// Between two readings of the last hour.
constexpr std::chrono::seconds kRebuildEvery{5};
/// No rule looks back further.
constexpr std::chrono::seconds kMemory{EventRate::kLongestWindow};
/// How far a log may be ahead of this machine's clock.
constexpr std::chrono::minutes kMostAhead{5};
/// Rows of system_log may come so late.
constexpr std::chrono::seconds kLoginOverlap{60};
constexpr std::chrono::minutes kRememberRows{5};
/// A finding about older events causes no ban.
constexpr std::chrono::minutes kBanFreshness{10};
constexpr std::chrono::seconds kBanAnswerLimit{15};
constexpr std::size_t kMostPending = 1000;

std::string detailsOf(const SecurityFinding& finding, const std::string& ban, const std::string& banNote) {
  nlohmann::json details{
      {"count", finding.rate.count}, {"window_s", finding.rate.window.count()}, {"ban", ban}};
  if (!finding.addresses.empty()) {
    details["addresses"] = finding.addresses;
  }
  if (!banNote.empty()) {
    details["ban_note"] = banNote;
  }
  return details.dump();
}

}  // namespace

SecurityAnalysisState::SecurityAnalysisState(SecurityAnalysisActor::pointer selfPointer,
                                             std::shared_ptr<ActorProbe> probe, ActorEnvironment environment,
                                             Live<SecurityAnalysisConfig> config,
                                             const SecurityRepositoryFactory& makeRepository,
                                             std::shared_ptr<SecurityFeed> feed, ActorRef<BanActor> bans)
    : self(selfPointer),
      probe_(std::move(probe)),
      environment_(environment),
      config_(std::move(config)),
      rulesInForce_(config_->rules),
      repository_(makeRepository()),
      feed_(std::move(feed)),
      bans_(std::move(bans)),
      rules_(rulesInForce_) {}

SecurityAnalysisActor::behavior_type SecurityAnalysisState::make_behavior() {
  compat::tell(self, SecurityAnalysisActor{self}, TickAtom_v);
  return {guarded(self, probe_, [this](TickAtom) {
    compat::tellAfter(self, caf::timespan{kAnalysisEvery}, SecurityAnalysisActor{self}, TickAtom_v);
    work();
  })};
}

void SecurityAnalysisState::failed(const Fault& fault, SteadyTime& next) {
  probe_->noteError(fault.detail.empty() ? std::string{describe(fault.code).message} : fault.detail);
  next = self->clock().now() + kAnalysisRetry;
}

void SecurityAnalysisState::work() {
  const auto now = environment_.clock.now();
  const auto steady = self->clock().now();
  if (feed_->takeGap()) {
    rebuilt_ = false;
  }
  if (config_->rules != rulesInForce_) {
    rebuilt_ = false;
    nextRebuild_ = steady;
  }
  if (!rebuilt_ && steady >= nextRebuild_) {
    rebuilt_ = rebuild(now);
  }
  if (rebuilt_) {
    observeNew(feed_->take(), now, false);
    if (steady >= nextLogins_) {
      readLogins(now);
    }
  }
  settle();
  if (steady >= nextReport_) {
    nextReport_ = steady + kReportEvery;
    std::erase_if(known_, [steady](const auto& row) { return row.second < steady; });
    reportLosses();
  }
}

bool SecurityAnalysisState::rebuild(TimePoint now) {
  nextRebuild_ = self->clock().now() + kRebuildEvery;
  auto traffic = repository_->traffic(now - kMemory);
  auto logins = repository_->failedLogins(now - kMemory);
  // Whatever the replayed events had led to before.
  auto activities = repository_->activities(now - config_->rules.quiet - kMemory);
  for (const auto* fault :
       {traffic.ok() ? nullptr : &traffic.fault(), logins.ok() ? nullptr : &logins.fault(),
        activities.ok() ? nullptr : &activities.fault()}) {
    if (fault != nullptr) {
      failed(*fault, nextRebuild_);
      return false;
    }
  }
  evictedBefore_ += rules_.evicted();
  rulesInForce_ = config_->rules;
  rules_ = SecurityRules(rulesInForce_);
  known_.clear();
  for (const auto& activity : activities.value()) {
    rules_.restore(activity);
  }
  for (const auto& pending : pending_) {
    rules_.restore(pending.activity);
  }
  observeNew(traffic.value(), now, true);
  observeNew(logins.value(), now, true);
  loginsReadAt_ = now;
  return true;
}

void SecurityAnalysisState::readLogins(TimePoint now) {
  nextLogins_ = self->clock().now() + kLoginsEvery;
  auto logins =
      repository_->failedLogins(std::max(std::min(loginsReadAt_, now) - kLoginOverlap, now - kMemory));
  if (!logins.ok()) {
    failed(logins.fault(), nextLogins_);
    return;
  }
  loginsReadAt_ = now;
  observeNew(logins.value(), now, true);
}

void SecurityAnalysisState::observeNew(const std::vector<SecurityEvent>& events, TimePoint now,
                                       bool remember) {
  const auto forget = self->clock().now() + kRememberRows;
  for (const auto& event : events) {
    const auto known = known_.find(event.id);
    if (known != known_.end()) {
      known->second = remember ? forget : known->second;
      continue;
    }
    if (remember) {
      known_.emplace(event.id, forget);
    }
    if (event.at > now - kMemory && event.at < now + kMostAhead) {
      rules_.observe(event, found_);
    }
  }
  enqueueFound();
}

void SecurityAnalysisState::enqueueFound() {
  for (auto& finding : found_) {
    if (pending_.size() >= kMostPending) {
      ++lostFindings_;
      continue;
    }
    auto& pending = pending_.emplace_back();
    auto& activity = pending.activity;
    activity.id = environment_.uuids.next();
    activity.at = finding.at;
    activity.source = finding.source;
    activity.type = ruleName(finding.rule);
    activity.severity = ruleSeverity(finding.rule);
    activity.subject = finding.subject;
    pending.finding = std::move(finding);
  }
  found_.clear();
}

void SecurityAnalysisState::settle() {
  while (!pending_.empty() && !asking_ && self->clock().now() >= nextSettle_) {
    auto& pending = pending_.front();
    if (pending.ban.empty()) {
      decideBan(pending);
      continue;
    }
    pending.activity.details = detailsOf(pending.finding, pending.ban, pending.banNote);
    if (auto stored = repository_->store(pending.activity); !stored.ok()) {
      failed(stored.fault(), nextSettle_);
      return;
    }
    // Notifications of findings would be sent here.
    logLine(LogLevel::warning, LogType::security, "detection.finding", "A detection rule found something",
            {{"activity", pending.activity.id.toString()},
             {"rule", pending.activity.type},
             {"severity", std::string{kSeverityNames[static_cast<std::size_t>(pending.activity.severity)]}},
             {"about", pending.activity.subject},
             {"ban", pending.ban}});
    pending_.pop_front();
  }
}

void SecurityAnalysisState::decideBan(Pending& pending) {
  const auto& activity = pending.activity;
  if (activity.severity != Severity::high || !activity.source) {
    pending.ban = "none";
    return;
  }
  const auto network = banNetworkOf(*activity.source);
  if (auto why = protectionOf(network, config_->bans, std::nullopt); !why.empty()) {
    pending.ban = "protected";
    pending.banNote = std::move(why);
  } else if (activity.at < environment_.clock.now() - kBanFreshness) {
    pending.ban = "late";
  } else if (!config_->banAutomatically) {
    pending.ban = "observed";
    pending.banNote = "would have been banned";
  } else {
    askForBan(pending, network);
  }
}

void SecurityAnalysisState::askForBan(const Pending& pending, const IpNetwork& network) {
  const auto bans = bans_.get();
  if (!bans) {
    failed(makeFault(ErrorCode::dependencyUnavailable, "the ban actor is being started"), nextSettle_);
    return;
  }
  const auto& finding = pending.finding;
  AddBan wish;
  wish.network = banNetworkText(network);
  wish.rule = pending.activity.type;
  wish.reason = wish.rule + ": " + std::to_string(finding.rate.count) + " within " +
                std::to_string(finding.rate.window.count()) + " s";
  wish.length = config_->banLength;
  wish.activityId = pending.activity.id;
  asking_ = true;
  // The queue's front does not change until the answer arrives.
  const auto decided = [this](const char* outcome, std::string banNote) {
    asking_ = false;
    pending_.front().ban = outcome;
    pending_.front().banNote = std::move(banNote);
    settle();
  };
  compat::ask(self, bans, caf::timespan{kBanAnswerLimit}, std::move(wish))
      .then([decided](IpBan& ban) { decided("made", ban.id.toString()); },
            [this, decided](caf::error& error) {
              const auto fault = faultFromCafError(error);
              if (fault.code == ErrorCode::conflict) {
                decided("standing", fault.message);
              } else if (fault.code == ErrorCode::addressProtected) {
                decided("protected", fault.message);
              } else {
                asking_ = false;
                failed(fault, nextSettle_);
              }
            });
}

void SecurityAnalysisState::reportLosses() {
  const auto dropped = feed_->dropped();
  const auto evicted = evictedBefore_ + rules_.evicted();
  const auto losses = dropped + evicted + lostFindings_;
  if (losses == reportedLosses_) {
    return;
  }
  reportedLosses_ = losses;
  logWarning("detection.losses", "Detection lost events",
             {{"dropped_events", dropped},
              {"forgotten_sources", evicted},
              {"lost_findings", lostFindings_},
              {"tracked", rules_.tracked()}});
}

}  // namespace ks
