#pragma once
#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/network/banNetwork.hpp"
#include "persistence/banRepositoryInterface.hpp"
#include "persistence/securityRepositoryInterface.hpp"
#include "test/simulation/seededRandom.hpp"

namespace ks::sim {

/// What PostgreSQL would hold of detection, and how often it fails.
struct MemorySecurityStore {
  std::vector<SecurityEvent> traffic;
  std::vector<SecurityEvent> logins;
  std::map<Uuid, SuspiciousActivity> activities;
  std::vector<IpBan> bans;
  std::uint64_t refused = 0;  ///< one call in so many fails and nothing is done; 0: none
  std::uint64_t unknown = 0;  ///< one in so many fails although it was done
};

class FaultyStore {
 protected:
  FaultyStore(MemorySecurityStore& store, SeededRandom& faults) : store_(store), faults_(faults) {}

  template <class T, class Work>
  Result<T> through(Work work) {
    const auto lost = [] { return makeFault(ErrorCode::dependencyUnavailable, "the connection was lost"); };
    if (faults_.oneIn(store_.refused)) {
      return lost();
    }
    auto result = work();
    if (faults_.oneIn(store_.unknown)) {
      return lost();
    }
    return result;
  }

  MemorySecurityStore& store_;

 private:
  SeededRandom& faults_;
};

class MemorySecurityRepository final : public SecurityRepositoryInterface, private FaultyStore {
 public:
  MemorySecurityRepository(MemorySecurityStore& store, SeededRandom& faults) : FaultyStore(store, faults) {}

  Result<std::vector<SecurityEvent>> traffic(TimePoint since) override {
    return events(store_.traffic, since);
  }
  Result<std::vector<SecurityEvent>> failedLogins(TimePoint since) override {
    return events(store_.logins, since);
  }
  Result<std::vector<SuspiciousActivity>> activities(TimePoint since) override {
    using Activities = std::vector<SuspiciousActivity>;
    return through<Activities>([&]() -> Result<Activities> {
      Activities found;
      for (const auto& [id, activity] : store_.activities) {
        if (activity.at >= since) {
          found.push_back(activity);
        }
      }
      return found;
    });
  }
  Result<Done> store(const SuspiciousActivity& activity) override {
    return through<Done>([&]() -> Result<Done> {
      store_.activities.emplace(activity.id, activity);
      return Done{};
    });
  }

 private:
  Result<std::vector<SecurityEvent>> events(const std::vector<SecurityEvent>& all, TimePoint since) {
    using Events = std::vector<SecurityEvent>;
    return through<Events>([&]() -> Result<Events> {
      Events found;
      std::copy_if(all.begin(), all.end(), std::back_inserter(found),
                   [since](const SecurityEvent& event) { return event.at >= since; });
      return found;
    });
  }
};

class MemoryBanRepository final : public BanRepositoryInterface, private FaultyStore {
 public:
  MemoryBanRepository(MemorySecurityStore& store, SeededRandom& faults) : FaultyStore(store, faults) {}

  Result<NewBanOutcome> add(const NewBan& ban) override {
    return through<NewBanOutcome>([&]() -> Result<NewBanOutcome> {
      NewBanOutcome outcome;
      for (const auto& other : store_.bans) {
        if (other.network == ban.network && !other.liftedAt && other.expiresAt > ban.now) {
          outcome.standing = other;
          return outcome;
        }
      }
      IpBan made{ban.id,         ban.network, ban.reason,           ban.source,   ban.createdBy, ban.rule,
                 ban.activityId, ban.now,     ban.now + ban.length, std::nullopt, std::nullopt};
      store_.bans.push_back(made);
      outcome.made = std::move(made);
      return outcome;
    });
  }
  Result<IpBan> lift(const BanLift& lift) override {
    return through<IpBan>([&]() -> Result<IpBan> {
      for (auto& ban : store_.bans) {
        if ((ban.network == lift.ban || ban.id.toString() == lift.ban) && !ban.liftedAt) {
          ban.liftedAt = lift.now;
          return ban;
        }
      }
      return makeFault(ErrorCode::notFound);
    });
  }
  Result<StandingBans> standing(TimePoint now) override {
    return through<StandingBans>([&]() -> Result<StandingBans> {
      StandingBans standing;
      for (const auto& ban : store_.bans) {
        if (ban.liftedAt && ban.expiresAt > now) {
          standing.lifted.push_back(ban.network);
        } else if (ban.expiresAt > now) {
          standing.active.push_back(ban);
        }
      }
      return standing;
    });
  }
};

}  // namespace ks::sim
