#pragma once
#include <vector>

#include "apps/wiring/serverContext.hpp"
#include "messages/monitoring/monitoringInterfaces.hpp"
#include "monitoring/collectorChildren.hpp"

namespace ks {

/// What the admin process has besides the actors of both processes.
class MonitoringActors {
 public:
  MonitoringActors();

  /// The collector of the gateway's logs, and the storage connections of the dashboard's queries.
  void addTo(ServerContext& context) const;
  /// The queries' own connections, so that they hold up nothing else.
  [[nodiscard]] MonitoringStorageActor storage() const { return storage_.pick(); }
  [[nodiscard]] const ActorPool<MonitoringStorageActor>& storagePool() const { return storage_; }
  /// What the collector tells of the lines that it has stored.
  [[nodiscard]] const std::shared_ptr<SecurityFeed>& detectionFeed() const { return collector_.detection; }
  /// Who follows the log: access or dos.
  [[nodiscard]] LogTailActor logTail(const std::string& source) const {
    return source == "dos" ? collector_.dosTail.get() : collector_.accessTail.get();
  }
  /// For questions that take long: one connection, so that they wait for each other.
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
