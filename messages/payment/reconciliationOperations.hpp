#pragma once
#include <optional>
#include <string>
#include <vector>

#include "core/logging/auditEvent.hpp"
#include "core/result.hpp"
#include "messages/payment/bankRecords.hpp"
#include "messages/payment/reconciliationRecords.hpp"

// Operations of the reconciliation.
namespace ks {

/// Adds a run, due at once, unless there is one of its slot. False: there is.
struct PlanReconciliation {
  using Out = bool;
  static constexpr const char* kName = "reconciliation.plan";

  ReconciliationRun run;
  AuditEvent audit{};
};

/// Takes the oldest run that is due and that nobody holds, until `leaseUntil`: `running`, one attempt more.
struct ClaimReconciliation {
  using Out = std::optional<ReconciliationRun>;
  static constexpr const char* kName = "reconciliation.claim";

  TimePoint now;
  TimePoint leaseUntil;
};

/// Ends a run, puts it off (waiting: again at `nextAt`), or goes on with it (running: it is held until `nextAt`). False:
/// it has other `attempts` by now, for another process has taken it; nothing changed.
struct SettleReconciliation {
  using Out = bool;
  static constexpr const char* kName = "reconciliation.settle";

  Uuid id;
  std::uint32_t attempts = 0;
  ReconciliationStatus status = ReconciliationStatus::done;
  TimePoint nextAt{};
  ReconciliationCounts counts{};
  std::string error{};
  TimePoint now{};
};

/// What is known here of money at a bank.
struct MatchedCredit {
  std::optional<PaymentRecord> payment{};     ///< of its account and reference; nothing: of none
  std::optional<std::int64_t> bookedMinor{};  ///< by its reference, for this payment; nothing: it is not
};
/// One answer for each credit, in their order. The credits are of virtual accounts, at most 500.
struct MatchCredits {
  using Out = std::vector<MatchedCredit>;
  static constexpr const char* kName = "reconciliation.match";

  std::vector<BankCredit> credits;
};

/// Payments that were paid at or after `from`, until `to`, the earliest first, after the one of `afterAt` and
/// `afterId`; at most `limit`. Those without a reference of the bank, and reversed ones, are left out.
struct ListPaidPayments {
  using Out = std::vector<PaymentRecord>;
  static constexpr const char* kName = "reconciliation.paid";

  PaymentMethod method = PaymentMethod::briVa;
  TimePoint from;
  TimePoint to;
  TimePoint afterAt{};
  Uuid afterId{};
  std::uint32_t limit = 500;
};

/// Plans a question to the bank, now, for every QR code of that time for which no money came. Out: how many.
struct PlanCodeQuestions {
  using Out = std::int64_t;
  static constexpr const char* kName = "reconciliation.planCodeQuestions";

  TimePoint from;
  TimePoint to;
  TimePoint now;
};

/// Notes differences. One that is known (class and reference) is only seen again. The money of an orphanCredit
/// is booked once: debit bank:bri:clearing, credit suspense:unmatched, by `orphan:REFERENCE`.
struct NoteReconciliationItems {
  using Out = Done;
  static constexpr const char* kName = "reconciliation.note";

  std::vector<ReconciliationItem> items;  ///< at most 500
  TimePoint now;
};

/// What is seen of payments from outside.
struct PaymentFigures {
  struct Count {
    PaymentMethod method = PaymentMethod::briVa;
    PaymentStatus status = PaymentStatus::created;
    std::int64_t count = 0;
  };
  std::vector<Count> unsettled;            ///< created, pending, review
  std::optional<TimePoint> oldestUnknown;  ///< creation of the oldest payment that the bank did not answer
  std::optional<TimePoint> oldestDue;      ///< work that nobody has taken
  std::int64_t openItems = 0;
  std::int64_t openRefunds = 0;
};
struct ReadPaymentFigures {
  using Out = PaymentFigures;
  static constexpr const char* kName = "payment.figures";

  TimePoint now;
};

// What administrators ask.

struct ReconciliationRunPage {
  std::vector<ReconciliationRun> rows;
  std::string nextCursor;
};
/// Newest first. cursorInvalid.
struct ListReconciliationRuns {
  using Out = ReconciliationRunPage;
  static constexpr const char* kName = "reconciliation.runs";

  std::optional<ReconciliationKind> kind{};
  std::optional<ReconciliationStatus> status{};
  std::uint32_t limit = 50;  ///< at most 200
  std::string cursor{};
};

struct FindReconciliationRun {
  using Out = std::optional<ReconciliationRun>;
  static constexpr const char* kName = "reconciliation.run";

  Uuid id;
};

struct ReconciliationItemPage {
  std::vector<ReconciliationItem> rows;
  std::string nextCursor;
};
/// Newest first. cursorInvalid.
struct ListReconciliationItems {
  using Out = ReconciliationItemPage;
  static constexpr const char* kName = "reconciliation.items";

  std::optional<Uuid> runId{};
  std::optional<ReconciliationItemStatus> status{};
  std::optional<ReconciliationClass> what{};
  std::uint32_t limit = 50;  ///< at most 200
  std::string cursor{};
};

/// Resolves an open item. Nothing: there is none. conflict: it is not open. The money of an orphanCredit is given
/// back with it: debit suspense:unmatched, credit bank:bri:clearing.
struct ResolveReconciliationItem {
  using Out = std::optional<ReconciliationItem>;
  static constexpr const char* kName = "reconciliation.resolve";

  Uuid id;
  std::string note;
  std::string bankReference{};  ///< of the payout of an orphanCredit: required for it
  Uuid resolvedBy{};
  TimePoint now{};
  AuditEvent audit{};
};

/// A call of the bank as it is in the inbox.
struct BankNoticeRecord {
  Uuid id;
  std::string service;  ///< SNAP's two digits
  std::string dedupKey;
  std::string externalId;
  std::string body;
  Uuid paymentId;  ///< nil: of none
  TimePoint receivedAt;
  std::optional<int> answerStatus;  ///< HTTP; nothing: it was not answered
  std::string answerBody;
  std::optional<TimePoint> processedAt;
};
struct BankNoticePage {
  std::vector<BankNoticeRecord> rows;
  std::string nextCursor;
};
/// Newest first. cursorInvalid.
struct ListBankNotices {
  using Out = BankNoticePage;
  static constexpr const char* kName = "notice.list";

  std::optional<bool> answered{};
  std::optional<bool> matched{};  ///< belongs to a payment
  std::string service{};
  std::optional<Uuid> paymentId{};
  std::uint32_t limit = 50;  ///< at most 200
  std::string cursor{};
};

/// Looks for the payment of a notice again, and has the bank asked about it, now. The answer that the bank got stays
/// as it was. Nothing: there is no such notice. Of a notice whose payment is still not there only `paymentId` says so.
struct ReplayBankNotice {
  using Out = std::optional<BankNoticeRecord>;
  static constexpr const char* kName = "notice.replay";

  Uuid id;
  TimePoint now{};
  AuditEvent audit{};
};

}  // namespace ks
