#include "actors/platform/monitoringStorageActor.hpp"

#include <utility>

namespace ks {

MonitoringStorageState::MonitoringStorageState(MonitoringStorageActor::pointer selfPointer,
                                               std::shared_ptr<ActorProbe> probe,
                                               const MonitoringEngineFactory& makeEngine)
    : StorageStateBase(selfPointer, std::move(probe), makeEngine()) {}

MonitoringStorageActor::behavior_type MonitoringStorageState::make_behavior() {
  return {
      handler<DashboardSummaryQuery>(),
      handler<TimeseriesQuery>(),
      handler<HourlyQuery>(),
      handler<HeatmapQuery>(),
      handler<RequestLogQuery>(),
      handler<VerifyHour>(),
      handler<ViolationQuery>(),
      handler<ActivityQuery>(),
      handler<BanQuery>(),
      handler<TopViolatorQuery>(),
      handler<AddressQuery>(),
      handler<ResolveActivity>(),
      handler<CurrentHealthQuery>(),
      handler<CollectorQuery>(),
      handler<AuditQuery>(),
      handler<FindAuditEntry>(),
      handler<VerifyAudit>(),
      handler<TraceQuery>(),
      handler<HealthHistoryQuery>(),
      handler<ListPayments>(),
      handler<FindPayment>(),
      handler<ListPaymentEvents>(),
      handler<ListLedgerAccounts>(),
      handler<ListLedgerEntries>(),
      handler<ListReconciliationRuns>(),
      handler<FindReconciliationRun>(),
      handler<ListReconciliationItems>(),
      handler<ListBankNotices>(),
      guarded(self, probe_,
              [this](QueryJob& job) {
                return queued<StorageOutcome>([&](MonitoringEngineInterface& engine, auto reply) {
                  job.operation->run(engine, std::move(reply));
                });
              }),
      flushHandler(),
  };
}

}  // namespace ks
