#pragma once
#include "messages/payment/reconciliationOperations.hpp"
#include "messages/payment/refundMessages.hpp"

// What administrators decide about payments (admin process). What needs the bank is planned as work, which the public
// process does.
namespace ks {

/// Of money that waits for a decision, or of a payment whose money the bank took back.
enum class PaymentVerdict : std::uint8_t {
  accept,       ///< what waits belongs to the merchant
  returnMoney,  ///< what waits was paid back to the customer: `bankReference`
  reverse       ///< the bank took the money of a paid payment back
};

struct DecidePaymentRequest {
  RequestContext context;
  Uuid id;
  PaymentVerdict verdict = PaymentVerdict::accept;
  std::string bankReference;  ///< required of returnMoney
  std::string note;
  std::optional<std::int64_t> expectedVersion{};  ///< that was decided about; nothing: whatever is there
};
struct CompleteRefundRequest {
  RequestContext context;
  Uuid id;
  std::string bankReference;
};
struct CancelRefundRequest {
  RequestContext context;
  Uuid id;
  std::string reason;
};
/// Has the bank asked about a payment, soon.
struct AskAboutPaymentRequest : IdRequest {};
struct ReconcileRequest {
  RequestContext context;
  std::string day;  ///< in Jakarta, `yyyy-MM-dd`; empty: yesterday
};
struct ResolveItemRequest {
  RequestContext context;
  Uuid id;
  std::string note;
  std::string bankReference;
};
struct ReplayNoticeRequest : IdRequest {};

}  // namespace ks

CAF_BEGIN_TYPE_ID_BLOCK(kPaymentAdministration, caf::first_custom_type_id + 2400)
CAF_ADD_TYPE_ID(kPaymentAdministration, (ks::DecidePaymentRequest))
CAF_ADD_TYPE_ID(kPaymentAdministration, (ks::CompleteRefundRequest))
CAF_ADD_TYPE_ID(kPaymentAdministration, (ks::CancelRefundRequest))
CAF_ADD_TYPE_ID(kPaymentAdministration, (ks::AskAboutPaymentRequest))
CAF_ADD_TYPE_ID(kPaymentAdministration, (ks::ReconcileRequest))
CAF_ADD_TYPE_ID(kPaymentAdministration, (ks::ResolveItemRequest))
CAF_ADD_TYPE_ID(kPaymentAdministration, (ks::ReplayNoticeRequest))
CAF_ADD_TYPE_ID(kPaymentAdministration, (ks::ReconciliationRun))
CAF_ADD_TYPE_ID(kPaymentAdministration, (ks::ReconciliationItem))
CAF_ADD_TYPE_ID(kPaymentAdministration, (ks::BankNoticeRecord))
CAF_END_TYPE_ID_BLOCK(kPaymentAdministration)

namespace ks {

using PaymentAdministrationActor = caf::typed_actor<
    // paymentNotFound; conflict: there is nothing to decide.
    caf::result<PaymentRecord>(DecidePaymentRequest),
    // notFound; conflict: it has ended. Of `manual` refunds, and of those whose outcome is unknown.
    caf::result<RefundRecord>(CompleteRefundRequest),
    // notFound; conflict: it has ended, or the bank has it.
    caf::result<RefundRecord>(CancelRefundRequest),
    // paymentNotFound. The payment as it is now.
    caf::result<PaymentRecord>(AskAboutPaymentRequest),
    // outOfRange: the day has not begun; invalidFormat. The run, which waits. Of today until now.
    caf::result<ReconciliationRun>(ReconcileRequest),
    // notFound; conflict: it is resolved; required: an orphan has no bank reference.
    caf::result<ReconciliationItem>(ResolveItemRequest),
    // notFound.
    caf::result<BankNoticeRecord>(ReplayNoticeRequest)>;

}  // namespace ks
