#pragma once
#include "messages/account/accountTypeIds.hpp"
#include "messages/payment/paymentOperations.hpp"
#include "messages/platform/requestContext.hpp"

// Requests of the payment API. A person sees the own payments only; a machine's key with the permission sees all.
namespace ks {

struct CreatePaymentRequest {
  RequestContext context;
  std::string idempotencyKey;  ///< of the header: 1 to 255 printable ASCII characters
  std::string merchantRef;
  PaymentMethod method = PaymentMethod::briVa;
  Money amount;
  std::string description;
  std::string customerName;
  std::chrono::seconds expiresIn{};  ///< 0: the setting's
  std::optional<Uuid> userId{};      ///< who is to pay; only of machines
};
struct CreatePaymentAnswer {
  PaymentRecord payment;
  bool replayed = false;
};

struct FindPaymentRequest : IdRequest {};
struct CancelPaymentRequest : IdRequest {};
struct SyncPaymentRequest : IdRequest {};
struct ListPaymentEventsRequest : IdRequest {};
struct ListPaymentsRequest : PaymentQuery {
  RequestContext context;
};

/// Money that the bank has told of itself, with the amount, over a signature that covers it. Idempotent.
struct BookMoney {
  RequestContext context;
  Uuid paymentId;
  BankCredit credit;
  std::string cause;  ///< of the event
  bool onlyIfAwaited =
      false;  ///< booked only if the payment waits for just this amount; else it is left as it is,
              ///< and the caller has the bank give the money back
};

/// Money of a notice that is not in the inbox yet: both are stored, the notice with its answer, or neither. Only if the
/// payment waits for just this amount.
struct BookNotice {
  RequestContext context;
  PaymentRecord payment;  ///< as it was read a moment ago
  BankCredit credit;
  AnsweredBankNotice notice;
};

/// A question to the bank, for the actor that talks to it.
struct AskBank {
  RequestContext context;  ///< its deadline is the call's
  Uuid paymentId;          ///< nil: of none
  BankOrder order;
};

}  // namespace ks

CAF_BEGIN_TYPE_ID_BLOCK(kPayments, caf::first_custom_type_id + 700)
CAF_ADD_TYPE_ID(kPayments, (ks::CreatePaymentRequest))
CAF_ADD_TYPE_ID(kPayments, (ks::CreatePaymentAnswer))
CAF_ADD_TYPE_ID(kPayments, (ks::FindPaymentRequest))
CAF_ADD_TYPE_ID(kPayments, (ks::CancelPaymentRequest))
CAF_ADD_TYPE_ID(kPayments, (ks::SyncPaymentRequest))
CAF_ADD_TYPE_ID(kPayments, (ks::ListPaymentEventsRequest))
CAF_ADD_TYPE_ID(kPayments, (ks::ListPaymentsRequest))
CAF_ADD_TYPE_ID(kPayments, (ks::PaymentRecord))
CAF_ADD_TYPE_ID(kPayments, (ks::PaymentPage))
CAF_ADD_TYPE_ID(kPayments, (std::vector<ks::PaymentEventRecord>))
CAF_ADD_TYPE_ID(kPayments, (ks::BookMoney))
CAF_ADD_TYPE_ID(kPayments, (ks::BookNotice))
CAF_ADD_TYPE_ID(kPayments, (ks::AskBank))
CAF_ADD_TYPE_ID(kPayments, (ks::BankAnswer))
CAF_END_TYPE_ID_BLOCK(kPayments)

namespace ks {

/// Payments (public process): what callers ask, and the work that is due, which it takes with the other processes.
using PaymentActor = caf::typed_actor<
    // idempotencyInProgress, idempotencyMismatch, duplicateMerchantRef, amountNotWhole, outOfRange. Committed when it
    // answers; `created` if the bank had not answered in time.
    caf::result<CreatePaymentAnswer>(CreatePaymentRequest),
    // cursorInvalid.
    caf::result<PaymentPage>(ListPaymentsRequest),
    // paymentNotFound; the same of the next three.
    caf::result<PaymentRecord>(FindPaymentRequest),
    // Oldest first.
    caf::result<std::vector<PaymentEventRecord>>(ListPaymentEventsRequest),
    // notCancellable. `cancelled`, or as it was with the removal at the bank under way.
    caf::result<PaymentRecord>(CancelPaymentRequest),
    // Asks the bank now. gatewayTimeout when it does not answer definitely.
    caf::result<PaymentRecord>(SyncPaymentRequest),
    // paymentNotFound. The payment as it then is: money that does not fit is booked too, unless onlyIfAwaited.
    caf::result<PaymentRecord>(BookMoney),
    // Whether both were stored; false: neither, the notice has to be received first and acted on then.
    caf::result<bool>(BookNotice),
    // There is work.
    caf::result<void>(WakeAtom), caf::result<void>(TickAtom)>;

/// Talks to the bank: notes each call before it is sent, with an id that the day has not seen.
using BankActor = caf::typed_actor<
    // Always answers before the deadline of the context; what the bank did not say definitely is an outcome, not a
    // fault. dependencyUnavailable: the call could not be noted, so it was not sent.
    caf::result<BankAnswer>(AskBank), caf::result<void>(TickAtom)>;

}  // namespace ks
