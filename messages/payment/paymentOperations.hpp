#pragma once
#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "core/logging/auditEvent.hpp"
#include "core/result.hpp"
#include "messages/payment/bankNoticeOperations.hpp"
#include "messages/payment/bankRecords.hpp"
#include "messages/payment/paymentRecords.hpp"
#include "messages/payment/refundRecords.hpp"

// Operations on payments. Every change of a payment is one of these: with its event, ledger entries, audit event
// and work in the same statement.
namespace ks {

enum class CreatePaymentOutcome : std::uint8_t {
  created,
  replayed,         ///< the same request was answered before: `payment` as it was shown then
  inProgress,       ///< the first request with this key is not answered yet
  tooManyOpen,      ///< the payer has `mostOpen` payments that can still be paid
  otherRequest,     ///< the key was used for another request
  merchantRefTaken  ///< by another payment of this creator
};
struct CreatedPayment {
  CreatePaymentOutcome outcome = CreatePaymentOutcome::inProgress;
  PaymentRecord payment;
  HeldWork work{};  ///< of `created`, if the caller does it: giving it to the bank
};

/// Stores a payment with its first event, its idempotency key and the work of giving it to the bank.
/// `payment.vaNumber` has the partner's number only; the customer's number is added. A key whose request was never
/// answered is taken as answered after `lockedUntil`.
struct CreatePayment {
  using Out = CreatedPayment;
  static constexpr const char* kName = "payment.create";
  static constexpr std::size_t kConnection = 0;

  PaymentRecord payment;
  IdempotencyKey idempotency;
  TimePoint lockedUntil;
  std::optional<TimePoint> leaseUntil{};  ///< the caller does the work; nothing: whoever takes it
  bool answered = false;                  ///< the request is answered with the payment as made
  std::string actor;                      ///< of the event
  std::string cause;
  AuditEvent audit{};
  std::size_t mostOpen =
      0;  ///< of the payer that can still be paid, about: of simultaneous requests each counts the
          ///< others out. 0: no limit
};

/// Work that is planned. An open piece of the same kind is not doubled: it is due at the earlier of both times, and is no
/// longer its holder's. A refund that is held stays so until the lease ends: the bank is not asked for it twice at once.
struct PlannedWork {
  PaymentWorkKind kind = PaymentWorkKind::ask;
  TimePoint at;
};

enum class ChangePaymentOutcome : std::uint8_t {
  changed,
  moved,       ///< it has another version by now: read it and decide again
  booked,      ///< the ledger has this movement: the money is known
  noticeKnown  ///< the inbox has this notice, or another of the day has its external id; `payment` is empty
};
struct ChangedPayment {
  ChangePaymentOutcome outcome = ChangePaymentOutcome::moved;
  PaymentRecord payment;  ///< as it is now
};

/// The one way to change a payment: everything of it or nothing. `after` is the payment as decided, with the version
/// that was read.
struct ChangePayment {
  using Out = ChangedPayment;
  static constexpr const char* kName = "payment.change";
  static constexpr std::size_t kConnection = 1;

  PaymentRecord after;
  PaymentEventRecord event;  ///< its number is the payment's new version
  std::optional<LedgerMovement> movement{};
  std::optional<RefundRecord> refund{};  ///< as it is afterwards: a new one, or another status of a known one
  std::optional<PlannedWork> work{};
  std::optional<AnsweredBankNotice> notice{};  ///< that it follows from, if it is not in the inbox yet
  HeldWork finished{};                         ///< the work that ends with this
  bool answersKey = false;  ///< the creation's idempotency key is answered with the outcome
  TimePoint now;
  AuditEvent audit{};
};

/// The creation is answered with the payment as it is. The answer is the one that is stored: of two at the same
/// moment the first.
struct AnswerCreation {
  using Out = std::optional<PaymentRecord>;
  static constexpr const char* kName = "payment.answerCreation";

  Uuid paymentId;
};

/// Nothing where there is none, or it belongs to somebody else.
struct FindPayment {
  using Out = std::optional<PaymentRecord>;
  static constexpr const char* kName = "payment.find";

  Uuid id;
  std::optional<Uuid> userId{};  ///< only if it is this user's
};

/// The payment of a virtual account, of our reference at the bank, or of the bank's of a QR code. One of them is given.
struct FindPaymentAtBank {
  using Out = std::optional<PaymentRecord>;
  static constexpr const char* kName = "payment.findAtBank";
  static constexpr std::size_t kConnection = 3;

  std::string vaNumber{};
  std::string gatewayRef{};
  std::string bankRef{};
};

/// Newest first. cursorInvalid.
struct ListPayments {
  using Out = PaymentPage;
  static constexpr const char* kName = "payment.list";

  PaymentQuery query;
};

/// The newest 500, the oldest of them first. Nothing as FindPayment.
struct ListPaymentEvents {
  using Out = std::optional<std::vector<PaymentEventRecord>>;
  static constexpr const char* kName = "payment.events";

  Uuid id;
  std::optional<Uuid> userId{};
};

/// Whether the ledger has this movement.
struct IsMoneyBooked {
  using Out = bool;
  static constexpr const char* kName = "payment.isMoneyBooked";

  std::string key;
};

/// Takes work that is due and that nobody holds, the oldest first. Several processes share it: what one has taken
/// the others do not see until `leaseUntil`.
struct ClaimPaymentWork {
  using Out = std::vector<PaymentWork>;
  static constexpr const char* kName = "payment.claimWork";

  std::uint32_t most = 16;
  TimePoint now;
  TimePoint leaseUntil;
};

/// Puts a piece of work off, with the reason, or ends it. No effect on one that was planned anew meanwhile.
struct SettlePaymentWork {
  using Out = Done;
  static constexpr const char* kName = "payment.settleWork";

  HeldWork held;
  std::optional<TimePoint> nextAt{};  ///< nothing: done
  std::string error{};
};

/// Plans work without changing the payment. False: there is no such payment.
struct PlanPaymentWork {
  using Out = bool;
  static constexpr const char* kName = "payment.planWork";

  Uuid paymentId;
  PlannedWork work;
};

/// Notes a call before it is sent. False: the day has this external id; take another.
struct BeginBankCall {
  using Out = bool;
  static constexpr const char* kName = "payment.beginBankCall";
  static constexpr std::size_t kConnection = 2;

  Uuid id;
  Uuid paymentId;  ///< nil: of none
  BankOperation operation = BankOperation::status;
  std::string partner;  ///< whose external ids they are
  std::string day;      ///< Jakarta
  std::string externalId;
  TimePoint now;
};
/// And how it ended.
struct EndBankCall {
  using Out = Done;
  static constexpr const char* kName = "payment.endBankCall";
  static constexpr std::size_t kConnection = 2;

  Uuid id;
  BankOutcome outcome = BankOutcome::unknown;
  int httpStatus = 0;
  std::string code;
  std::string message;
  std::chrono::microseconds took{};
};

}  // namespace ks
