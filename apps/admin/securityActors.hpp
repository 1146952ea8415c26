#pragma once
#include "apps/wiring/serverContext.hpp"
#include "messages/monitoring/activityMessages.hpp"
#include "messages/monitoring/monitoringInterfaces.hpp"
#include "messages/security/banMessages.hpp"
#include "messages/security/blockMessages.hpp"
#include "monitoring/security/securityAnalysisActor.hpp"

namespace ks {

/// The actors of detection, bans and blocks.
class SecurityActors {
 public:
  /// `feed`: what the collector tells of its lines; `storage`: of the dashboard's questions.
  void addTo(ServerContext& context, const std::shared_ptr<SecurityFeed>& feed,
             const ActorPool<MonitoringStorageActor>& storage) const;
  [[nodiscard]] ActivityActor activities() const { return activities_.get(); }
  [[nodiscard]] BanActor bans() const { return bans_.get(); }
  [[nodiscard]] BlockActor blocks() const { return blocks_.get(); }

 private:
  ActorRef<ActivityActor> activities_;
  ActorRef<BanActor> bans_;
  ActorRef<BlockActor> blocks_;
  ActorRef<SecurityAnalysisActor> analysis_;
};

}  // namespace ks
