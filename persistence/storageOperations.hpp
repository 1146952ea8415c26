#pragma once
#include "messages/account/accountRecords.hpp"
#include "messages/account/deviceRecords.hpp"
#include "messages/account/factorRecords.hpp"
#include "messages/account/keyRecords.hpp"
#include "messages/account/personalDataRecords.hpp"
#include "messages/account/recoveryRecords.hpp"
#include "messages/payment/bankNoticeOperations.hpp"
#include "messages/payment/paymentOperations.hpp"
#include "messages/payment/reconciliationOperations.hpp"
#include "messages/payment/refundOperations.hpp"
#include "persistence/operationList.hpp"

// What both processes ask the storage. Each operation is one SQL statement, hence one transaction, and may be
// repeated safely unless it says otherwise. Faults: `dependencyUnavailable` (no connection; nothing was done
// or the outcome was looked up), `timeout`, `internal`, and what the operation says.
//
// What counts, takes or replaces a second factor is not repeated after a lost connection: its outcome is then
// unknown, and nothing can be taken twice.
#define KS_STORAGE_OPERATIONS(X) \
  /* Accounts */                 \
  X(RegisterAccount)             \
  X(CreateAdministrator)         \
  X(FindCredential)              \
  X(VerifyEmailToken)            \
  X(RenewVerification)           \
  X(ChangePassword)              \
  X(UpgradePasswordHash)         \
  /* Sessions */                 \
  X(OpenSession)                 \
  X(FindSession)                 \
  X(ListSessions)                \
  X(AdvanceRefresh)              \
  X(RevokeSessions)              \
  X(ChangeSessionDevice)         \
  X(NoteNewDevice)               \
  X(RequestDeviceLink)           \
  X(UseDeviceLink)               \
  /* Counts of attempts */       \
  X(AdmitAttempt)                \
  X(SettleAttempt)               \
  X(ClearAttempts)               \
  X(CountAttempts)               \
  X(ReportLock)                  \
  /* Second factors */           \
  X(NewChallenge)                \
  X(BeginChallengeAttempt)       \
  X(CompleteChallenge)           \
  X(TakeProof)                   \
  X(ReplaceSession)              \
  X(FindFactors)                 \
  X(NewTotpFactor)               \
  X(ConfirmFactor)               \
  X(RemoveFactor)                \
  X(FindRecoveryCodesLeft)       \
  X(RenewRecoveryCodes)          \
  /* Recovery */                 \
  X(RequestReset)                \
  X(TokenQuestion)               \
  X(ResetPassword)               \
  X(FindOwnCredential)           \
  X(RequestEmailChange)          \
  X(ConfirmEmailChange)          \
  X(CancelEmailChange)           \
  X(UndoQuestion)                \
  X(UndoEmailChange)             \
  X(UpdateProfile)               \
  /* Keys */                     \
  X(CreateApiKey)                \
  X(UseApiKey)                   \
  X(ListApiKeys)                 \
  X(RevokeApiKey)                \
  X(RotateApiKey)                \
  X(ListEndedApiKeys)            \
  X(NoteEndedApiKeys)            \
  X(ListSigningKeys)             \
  X(EnsureSigningKey)            \
  X(RotateSigningKeys)           \
  /* Own data */                 \
  X(OwnActivityQuery)            \
  X(OrderDataExport)             \
  X(FindDataExport)              \
  X(ClaimDataExport)             \
  X(FinishDataExport)            \
  X(ScheduleDeletion)            \
  X(ListCancelledDeletions)      \
  X(NoteCancelledDeletion)       \
  X(DeleteDueAccount)            \
  /* Payments */                 \
  X(CreatePayment)               \
  X(ChangePayment)               \
  X(AnswerCreation)              \
  X(FindPayment)                 \
  X(FindPaymentAtBank)           \
  X(ListPayments)                \
  X(ListPaymentEvents)           \
  X(IsMoneyBooked)               \
  X(ClaimPaymentWork)            \
  X(SettlePaymentWork)           \
  X(PlanPaymentWork)             \
  X(BeginBankCall)               \
  X(EndBankCall)                 \
  X(StoreBankToken)              \
  X(FindBankToken)               \
  X(ReceiveBankNotice)           \
  X(AnswerBankNotice)            \
  X(FindRefund)                  \
  X(FindRefundByKey)             \
  X(FindOpenRefund)              \
  X(ListRefunds)                 \
  X(PlanReconciliation)          \
  X(ClaimReconciliation)         \
  X(SettleReconciliation)        \
  X(MatchCredits)                \
  X(ListPaidPayments)            \
  X(PlanCodeQuestions)           \
  X(NoteReconciliationItems)     \
  X(ResolveReconciliationItem)   \
  X(ReplayBankNotice)            \
  X(ReadPaymentFigures)          \
  /* Mails, health */            \
  X(ClaimMails)                  \
  X(MarkMailSent)                \
  X(MarkMailFailed)              \
  X(GiveUpMail)                  \
  X(InsertHealthSnapshot)        \
  X(PingStorage)

namespace ks {

using StorageOperations = ListedOperations<void KS_STORAGE_OPERATIONS(KS_LISTED_OPERATION)>;

}  // namespace ks
