#pragma once
#include "messages/monitoring/eventMessages.hpp"
#include "messages/monitoring/hourVerification.hpp"
#include "messages/monitoring/monitoringMessages.hpp"
#include "messages/monitoring/requestLogMessages.hpp"
#include "messages/monitoring/securityLogMessages.hpp"
#include "messages/payment/ledgerOperations.hpp"
#include "messages/payment/paymentMessages.hpp"
#include "messages/platform/typeIds.hpp"

// Messages of the admin process only: a process that uses them calls
// caf::init_global_meta_objects<caf::id_block::kMonitoring>() after kServices'. The block is apart, so that
// the public process is not rebuilt for them.
CAF_BEGIN_TYPE_ID_BLOCK(kMonitoring, caf::first_custom_type_id + 1000)
CAF_ADD_TYPE_ID(kMonitoring, (ks::StorageCall<ks::DashboardSummaryQuery>))
CAF_ADD_TYPE_ID(kMonitoring, (ks::DashboardSummary))
CAF_ADD_TYPE_ID(kMonitoring, (ks::StorageCall<ks::TimeseriesQuery>))
CAF_ADD_TYPE_ID(kMonitoring, (ks::Timeseries))
CAF_ADD_TYPE_ID(kMonitoring, (ks::StorageCall<ks::HourlyQuery>))
CAF_ADD_TYPE_ID(kMonitoring, (ks::HourlyPage))
CAF_ADD_TYPE_ID(kMonitoring, (ks::StorageCall<ks::CurrentHealthQuery>))
CAF_ADD_TYPE_ID(kMonitoring, (std::vector<ks::ProcessHealth>))
CAF_ADD_TYPE_ID(kMonitoring, (ks::StorageCall<ks::CollectorQuery>))
CAF_ADD_TYPE_ID(kMonitoring, (ks::CollectorStatus))
CAF_ADD_TYPE_ID(kMonitoring, (ks::StorageCall<ks::AuditQuery>))
CAF_ADD_TYPE_ID(kMonitoring, (ks::AuditPage))
CAF_ADD_TYPE_ID(kMonitoring, (ks::StorageCall<ks::FindAuditEntry>))
CAF_ADD_TYPE_ID(kMonitoring, (std::optional<ks::AuditEntry>))
CAF_ADD_TYPE_ID(kMonitoring, (ks::StorageCall<ks::VerifyAudit>))
CAF_ADD_TYPE_ID(kMonitoring, (ks::AuditStep))
CAF_ADD_TYPE_ID(kMonitoring, (ks::StorageCall<ks::TraceQuery>))
CAF_ADD_TYPE_ID(kMonitoring, (ks::Trace))
CAF_ADD_TYPE_ID(kMonitoring, (ks::StorageCall<ks::HealthHistoryQuery>))
CAF_ADD_TYPE_ID(kMonitoring, (ks::HealthHistory))
CAF_ADD_TYPE_ID(kMonitoring, (ks::StorageCall<ks::HeatmapQuery>))
CAF_ADD_TYPE_ID(kMonitoring, (ks::Heatmap))
CAF_ADD_TYPE_ID(kMonitoring, (ks::StorageCall<ks::RequestLogQuery>))
CAF_ADD_TYPE_ID(kMonitoring, (ks::RequestLogPage))
CAF_ADD_TYPE_ID(kMonitoring, (ks::StorageCall<ks::VerifyHour>))
CAF_ADD_TYPE_ID(kMonitoring, (ks::HourVerification))
CAF_ADD_TYPE_ID(kMonitoring, (ks::StorageCall<ks::ViolationQuery>))
CAF_ADD_TYPE_ID(kMonitoring, (ks::ViolationPage))
CAF_ADD_TYPE_ID(kMonitoring, (ks::StorageCall<ks::ActivityQuery>))
CAF_ADD_TYPE_ID(kMonitoring, (ks::ActivityPage))
CAF_ADD_TYPE_ID(kMonitoring, (ks::StorageCall<ks::BanQuery>))
CAF_ADD_TYPE_ID(kMonitoring, (ks::BanPage))
CAF_ADD_TYPE_ID(kMonitoring, (ks::StorageCall<ks::TopViolatorQuery>))
CAF_ADD_TYPE_ID(kMonitoring, (ks::TopViolators))
CAF_ADD_TYPE_ID(kMonitoring, (ks::StorageCall<ks::AddressQuery>))
CAF_ADD_TYPE_ID(kMonitoring, (ks::AddressReport))
CAF_ADD_TYPE_ID(kMonitoring, (ks::StorageCall<ks::ResolveActivity>))
CAF_ADD_TYPE_ID(kMonitoring, (ks::ActivityRow))
CAF_ADD_TYPE_ID(kMonitoring, (ks::QueryJob))
CAF_ADD_TYPE_ID(kMonitoring, (ks::StorageCall<ks::ListPayments>))
CAF_ADD_TYPE_ID(kMonitoring, (ks::StorageCall<ks::FindPayment>))
CAF_ADD_TYPE_ID(kMonitoring, (std::optional<ks::PaymentRecord>))
CAF_ADD_TYPE_ID(kMonitoring, (ks::StorageCall<ks::ListPaymentEvents>))
CAF_ADD_TYPE_ID(kMonitoring, (std::optional<std::vector<ks::PaymentEventRecord>>))
CAF_ADD_TYPE_ID(kMonitoring, (ks::StorageCall<ks::ListLedgerAccounts>))
CAF_ADD_TYPE_ID(kMonitoring, (ks::LedgerAccounts))
CAF_ADD_TYPE_ID(kMonitoring, (ks::StorageCall<ks::ListLedgerEntries>))
CAF_ADD_TYPE_ID(kMonitoring, (ks::LedgerEntryPage))
CAF_END_TYPE_ID_BLOCK(kMonitoring)
