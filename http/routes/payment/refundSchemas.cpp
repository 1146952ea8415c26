#include "http/routes/payment/refundSchemas.hpp"

#include <utility>

#include "http/routes/account/accountFields.hpp"
#include "http/routes/payment/enumNamesOf.hpp"

namespace ks {
namespace {

constexpr std::size_t kLongestReason = 200;
constexpr const char* kReasonExample = "\"Returned goods\"";

template <class Refund>
ObjectSchema<Refund> refundFields(std::string name, std::string description) {
  return ObjectSchema<Refund>(std::move(name), std::move(description))
      .field("id", &Refund::id)
      .field("payment_id", &Refund::paymentId)
      .field("amount", &Refund::amount)
      .field("reason", &Refund::reason, rules().example(kReasonExample))
      .field("mode", &Refund::mode,
             rules().describe("api: the bank is asked to pay it; manual: a person pays it out"))
      .field("status", &Refund::status,
             rules().describe("requested: its amount is set aside; unknown: the bank did not answer "
                              "definitely and is asked again; succeeded and failed are final"))
      .field("bank_reference", &Refund::bankReference,
             rules().orNull().describe("of the payout, once it succeeded"))
      .field("error", &Refund::error, rules().orNull().describe("why it is unknown or failed"))
      .field("created_at", &Refund::createdAt)
      .field("updated_at", &Refund::updatedAt);
}

}  // namespace

EnumNames<RefundMode> namesFor(Of<RefundMode> /*of*/) {
  return enumNamesOf({RefundMode::api, RefundMode::manual}, &refundModeName);
}

EnumNames<RefundStatus> namesFor(Of<RefundStatus> /*of*/) {
  return enumNamesOf(
      {RefundStatus::requested, RefundStatus::unknown, RefundStatus::succeeded, RefundStatus::failed},
      &refundStatusName);
}

FieldRules bankReferenceRules() {
  return referenceRules().describe("the bank's, of the payout").example("\"TRF-20260203-0017\"");
}

ObjectSchema<CreateRefundRequest> schemaFor(Of<CreateRefundRequest> /*of*/) {
  using Request = CreateRefundRequest;
  return ObjectSchema<Request>("RefundInput", "What is to be paid back, and why")
      .field("amount", &Request::amount,
             rules().describe("in whole rupiah, at most what was paid and is neither refunded nor set aside"))
      .field("reason", &Request::reason,
             shownNameRules(1, kLongestReason).describe("also for the bank").example(kReasonExample));
}

ObjectSchema<RefundRecord> schemaFor(Of<RefundRecord> /*of*/) {
  return refundFields<RefundRecord>("Refund", "Money of a payment that goes back to the customer");
}

ObjectSchema<RefundsOfPayment> schemaFor(Of<RefundsOfPayment> /*of*/) {
  return pageFields(ObjectSchema<RefundsOfPayment>("RefundsOfPaymentQuery"), 200);
}

ObjectSchema<AdminRefundQuery> schemaFor(Of<AdminRefundQuery> /*of*/) {
  using Query = AdminRefundQuery;
  return pageFields(ObjectSchema<Query>("AdminRefundQuery")
                        .field("payment_id", &Query::paymentId)
                        .field("status", &Query::status)
                        .field("mode", &Query::mode),
                    200);
}

ObjectSchema<AdminRefund> schemaFor(Of<AdminRefund> /*of*/) {
  return refundFields<AdminRefund>("AdminRefund", "A refund as administrators see it")
      .field("created_by", &AdminRefund::createdBy, rules().describe("user or key"))
      .field("reference", &AdminRefund::reference,
             rules().describe("ours at the bank, the same at each try"));
}

ObjectSchema<RefundLine> schemaFor(Of<RefundLine> /*of*/) {
  using Line = RefundLine;
  return ObjectSchema<Line>("RefundLine", "A refund as a line of a file")
      .field("id", &Line::id)
      .field("created_at", &Line::createdAt)
      .field("payment_id", &Line::paymentId)
      .field("status", &Line::status)
      .field("mode", &Line::mode)
      .computed("amount", [](const Line& line) { return formatMoney(line.amount); })
      .computed("currency", [](const Line& line) { return std::string(currencyCode(line.amount.currency)); })
      .field("reason", &Line::reason)
      .field("bank_reference", &Line::bankReference)
      .field("error", &Line::error)
      .field("created_by", &Line::createdBy)
      .field("reference", &Line::reference)
      .field("updated_at", &Line::updatedAt);
}

ObjectSchema<CompleteRefundRequest> schemaFor(Of<CompleteRefundRequest> /*of*/) {
  return ObjectSchema<CompleteRefundRequest>("RefundCompletion", "How a refund was paid out")
      .field("bank_reference", &CompleteRefundRequest::bankReference, bankReferenceRules());
}

ObjectSchema<CancelRefundRequest> schemaFor(Of<CancelRefundRequest> /*of*/) {
  return ObjectSchema<CancelRefundRequest>("RefundCancellation", "Why a refund is given up")
      .field("reason", &CancelRefundRequest::reason,
             shownNameRules(1, kLongestReason).example("\"Asked for by mistake\""));
}

}  // namespace ks
