#pragma once
#include "messages/payment/paymentMessages.hpp"
#include "messages/payment/refundOperations.hpp"

// Requests about money that goes back.
namespace ks {

struct CreateRefundRequest {
  RequestContext context;
  Uuid id;                     ///< of the payment
  std::string idempotencyKey;  ///< of the header: 1 to 255 printable ASCII characters
  Money amount;
  std::string reason;
};
struct CreateRefundAnswer {
  RefundRecord refund;
  bool replayed = false;
};
struct FindRefundRequest : IdRequest {};
struct ListRefundsRequest : RefundQuery {
  RequestContext context;
};

}  // namespace ks

CAF_BEGIN_TYPE_ID_BLOCK(kRefunds, caf::first_custom_type_id + 900)
CAF_ADD_TYPE_ID(kRefunds, (ks::CreateRefundRequest))
CAF_ADD_TYPE_ID(kRefunds, (ks::CreateRefundAnswer))
CAF_ADD_TYPE_ID(kRefunds, (ks::FindRefundRequest))
CAF_ADD_TYPE_ID(kRefunds, (ks::ListRefundsRequest))
CAF_ADD_TYPE_ID(kRefunds, (ks::RefundRecord))
CAF_ADD_TYPE_ID(kRefunds, (ks::RefundPage))
CAF_END_TYPE_ID_BLOCK(kRefunds)

namespace ks {

/// Refunds (both processes). A person reads those of the own payments; machines and administrators all. Who may ask
/// for one the route decides.
using RefundActor = caf::typed_actor<
    // paymentNotFound, notRefundable, refundExceedsBalance, amountNotWhole, idempotencyMismatch. Committed when it
    // answers, always `requested`: the amount is set aside, and who pays it out does it later.
    caf::result<CreateRefundAnswer>(CreateRefundRequest),
    // notFound.
    caf::result<RefundRecord>(FindRefundRequest),
    // cursorInvalid; paymentNotFound if one is named.
    caf::result<RefundPage>(ListRefundsRequest)>;

/// Compares with the bank's report (public process). Of all processes one does a run.
using ReconciliationActor = caf::typed_actor<caf::result<void>(TickAtom)>;

}  // namespace ks
