#pragma once
#include <vector>

#include "apps/wiring/serverContext.hpp"
#include "messages/monitoring/monitoringInterfaces.hpp"
#include "monitoring/collectorChildren.hpp"

namespace ks {

/// The actors of the admin process alone.
class MonitoringActors {
 public:
  MonitoringActors();

  /// The collector of the gateway's logs, and the storage connections of the dashboard's queries.
  void addTo(ServerContext& context) const;
  /// Separate connections of the queries, so they delay nothing else.
  [[nodiscard]] MonitoringStorageActor storage() const { return storage_.pick(); }
  [[nodiscard]] const ActorPool<MonitoringStorageActor>& storagePool() const { return storage_; }
  /// Receives what the collector has stored.
  [[nodiscard]] const std::shared_ptr<SecurityFeed>& detectionFeed() const { return collector_.detection; }
  /// The log that is followed: access or dos.
  [[nodiscard]] LogTailActor logTail(const std::string& source) const {
    return source == "dos" ? collector_.dosTail.get() : collector_.accessTail.get();
  }
  /// For long queries: one connection, so they run one after the other.
  [[nodiscard]] MonitoringStorageActor verificationStorage() const { return verificationRef_.get(); }

  /// Adds a listener to the live feed.
  [[nodiscard]] Result<Done> subscribeLive(const RequestContext& request,
                                           std::shared_ptr<LiveListenerInterface> listener) const;

 private:
  void addCollector(ServerContext& context) const;

  std::vector<ActorRef<MonitoringStorageActor>> storageRefs_;
  ActorPool<MonitoringStorageActor> storage_;
  ActorRef<MonitoringStorageActor> verificationRef_;
  CollectorRefs collector_;
};

}  // namespace ks
