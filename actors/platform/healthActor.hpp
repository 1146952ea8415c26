#pragma once
#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "actors/runtime/accountCrypto.hpp"
#include "actors/runtime/actorDirectory.hpp"
#include "actors/runtime/actorEnvironment.hpp"
#include "actors/runtime/actorRef.hpp"
#include "messages/actorInterfaces.hpp"

namespace ks {

/// The newest health report, readable without asking the actor. Thread-safe.
class HealthBoard {
 public:
  [[nodiscard]] std::shared_ptr<const HealthReport> latest() const {
    const std::lock_guard lock(mutex_);
    return report_;
  }
  void publish(HealthReport report) {
    auto next = std::make_shared<const HealthReport>(std::move(report));
    const std::lock_guard lock(mutex_);
    report_ = std::move(next);
  }

 private:
  mutable std::mutex mutex_;
  std::shared_ptr<const HealthReport> report_;
};

struct HealthDependencies {
  ActorEnvironment environment;
  std::string process;  ///< public or admin: the name in system_health_snapshot
  ActorPool<StorageActor> storage;
  ActorRef<SessionCacheActor> sessionCache;
  std::shared_ptr<const AccountCrypto> crypto;
  std::shared_ptr<HealthBoard> board;
  std::function<HealthCheck()> gateway{};  ///< of the bank; empty: there is none
  std::chrono::seconds storeEvery{30};
  std::chrono::milliseconds checkTimeout{1000};
  std::chrono::milliseconds minInterval{1000};  ///< a report younger than this is reused
};

/// See HealthActor. Each check has its own timeout; one that does not answer is down.
struct HealthState {
  HealthState(HealthActor::pointer self, std::shared_ptr<ActorProbe> probe, HealthDependencies dependencies);
  HealthActor::behavior_type make_behavior();

  HealthActor::pointer self;

 private:
  using Promise = caf::typed_response_promise<HealthReport>;
  void startRound();
  template <class Out, class Target, class Message>
  void check(const std::string& name, bool required, const Target& target, Message message);
  void finished(HealthCheck check);
  void store(const HealthReport& report);

  std::shared_ptr<ActorProbe> probe_;
  HealthDependencies deps_;
  std::vector<Promise> waiting_;
  HealthReport round_;
  std::size_t open_ = 0;
  std::chrono::steady_clock::time_point lastRound_{};
  std::chrono::steady_clock::time_point lastStored_{};
};

}  // namespace ks
