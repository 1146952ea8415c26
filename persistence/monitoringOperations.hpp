#pragma once
#include "messages/administration/userAdministration.hpp"
#include "messages/administration/userImportRecords.hpp"
#include "messages/monitoring/eventMessages.hpp"
#include "messages/monitoring/hourVerification.hpp"
#include "messages/monitoring/monitoringMessages.hpp"
#include "messages/monitoring/requestLogMessages.hpp"
#include "messages/monitoring/securityLogMessages.hpp"
#include "messages/payment/ledgerOperations.hpp"
#include "messages/payment/paymentOperations.hpp"
#include "messages/payment/reconciliationOperations.hpp"
#include "persistence/operationList.hpp"

// What only the admin process asks the storage. Faults: those of storageOperations.hpp; a question that
// cannot be asked names its field (`outOfRange`, `rangeTooWide`, `cursorInvalid`, `invalidFormat`).
//
// Traffic is read from rollups, never from raw rows, so that its cost grows with the range's hours and not
// with its requests. The request log reads raw rows, bounded by range and limit.
#define KS_MONITORING_OPERATIONS(X)         \
  /* Accounts as administrators see them */ \
  X(UserSearch)                             \
  X(UserKey)                                \
  X(UserChange)                             \
  X(UsersChange)                            \
  X(NewUser)                                \
  X(SuperadminChange)                       \
  X(SuperadminWithdrawal)                   \
  X(FindSuperadminGrants)                   \
  X(FindSessions)                           \
  X(EndChosenSessions)                      \
  X(FindRoles)                              \
  X(RoleChange)                             \
  X(NewJob)                                 \
  X(ImportUsers)                            \
  X(JobQuery)                               \
  X(UserActivityQuery)                      \
  X(UserStatisticsQuery)                    \
  /* Traffic */                             \
  X(DashboardSummaryQuery)                  \
  X(TimeseriesQuery)                        \
  X(HeatmapQuery)                           \
  X(HourlyQuery)                            \
  X(CurrentHealthQuery)                     \
  X(CollectorQuery)                         \
  X(RequestLogQuery)                        \
  X(VerifyHour)                             \
  /* Events */                              \
  X(AuditQuery)                             \
  X(FindAuditEntry)                         \
  X(VerifyAudit)                            \
  X(TraceQuery)                             \
  X(HealthHistoryQuery)                     \
  /* Attacks and bans */                    \
  X(ViolationQuery)                         \
  X(ActivityQuery)                          \
  X(BanQuery)                               \
  X(TopViolatorQuery)                       \
  X(AddressQuery)                           \
  X(ResolveActivity)                        \
  /* Payments and the ledger */             \
  X(FindPayment)                            \
  X(ListPayments)                           \
  X(ListPaymentEvents)                      \
  X(ListLedgerAccounts)                     \
  X(ListLedgerEntries)                      \
  X(ListReconciliationRuns)                 \
  X(FindReconciliationRun)                  \
  X(ListReconciliationItems)                \
  X(ListBankNotices)

namespace ks {

using MonitoringOperations = ListedOperations<void KS_MONITORING_OPERATIONS(KS_LISTED_OPERATION)>;

}  // namespace ks
