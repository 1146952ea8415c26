#pragma once
#include "messages/monitoring/monitoringTypeIds.hpp"

// The actors of the admin process that answer the questions of its API. Faults as in actorInterfaces.hpp.
namespace ks {

/// One storage connection of the dashboard's own. Answers come after the pipeline that the question travelled
/// in.
using MonitoringStorageActor = caf::typed_actor<
    caf::result<DashboardSummary>(StorageCall<DashboardSummaryQuery>),
    caf::result<Timeseries>(StorageCall<TimeseriesQuery>), caf::result<HourlyPage>(StorageCall<HourlyQuery>),
    caf::result<Heatmap>(StorageCall<HeatmapQuery>),
    caf::result<RequestLogPage>(StorageCall<RequestLogQuery>),
    caf::result<HourVerification>(StorageCall<VerifyHour>),
    caf::result<ViolationPage>(StorageCall<ViolationQuery>),
    caf::result<ActivityPage>(StorageCall<ActivityQuery>), caf::result<BanPage>(StorageCall<BanQuery>),
    caf::result<TopViolators>(StorageCall<TopViolatorQuery>),
    caf::result<AddressReport>(StorageCall<AddressQuery>),
    caf::result<ActivityRow>(StorageCall<ResolveActivity>),
    caf::result<std::vector<ProcessHealth>>(StorageCall<CurrentHealthQuery>),
    caf::result<CollectorStatus>(StorageCall<CollectorQuery>),
    caf::result<AuditPage>(StorageCall<AuditQuery>),
    caf::result<std::optional<AuditEntry>>(StorageCall<FindAuditEntry>),
    caf::result<AuditStep>(StorageCall<VerifyAudit>), caf::result<Trace>(StorageCall<TraceQuery>),
    caf::result<HealthHistory>(StorageCall<HealthHistoryQuery>),
    caf::result<PaymentPage>(StorageCall<ListPayments>),
    caf::result<std::optional<PaymentRecord>>(StorageCall<FindPayment>),
    caf::result<std::optional<std::vector<PaymentEventRecord>>>(StorageCall<ListPaymentEvents>),
    caf::result<LedgerAccounts>(StorageCall<ListLedgerAccounts>),
    caf::result<LedgerEntryPage>(StorageCall<ListLedgerEntries>),
    caf::result<ReconciliationRunPage>(StorageCall<ListReconciliationRuns>),
    caf::result<std::optional<ReconciliationRun>>(StorageCall<FindReconciliationRun>),
    caf::result<ReconciliationItemPage>(StorageCall<ListReconciliationItems>),
    caf::result<BankNoticePage>(StorageCall<ListBankNotices>),
    // Any operation; those above are questions that http asks without an actor between.
    caf::result<StorageOutcome>(QueryJob), caf::result<void>(FlushAtom)>;

}  // namespace ks
