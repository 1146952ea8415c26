#pragma once
#include <string>

#include "http/routes/payment/paymentSchemas.hpp"
#include "messages/payment/paymentAdministrationMessages.hpp"

// Inputs and outputs of the routes of refunds.
namespace ks {

EnumNames<RefundMode> namesFor(Of<RefundMode> of);
EnumNames<RefundStatus> namesFor(Of<RefundStatus> of);

ObjectSchema<CreateRefundRequest> schemaFor(Of<CreateRefundRequest> of);
ObjectSchema<RefundRecord> schemaFor(Of<RefundRecord> of);

/// Refunds of one payment.
struct RefundsOfPayment : PageQuery {};
ObjectSchema<RefundsOfPayment> schemaFor(Of<RefundsOfPayment> of);

struct AdminRefundQuery : ListRefundsRequest {};
ObjectSchema<AdminRefundQuery> schemaFor(Of<AdminRefundQuery> of);
/// With what customers and merchants need not know.
struct AdminRefund : RefundRecord {};
ObjectSchema<AdminRefund> schemaFor(Of<AdminRefund> of);
/// A refund as a line of a file.
struct RefundLine : RefundRecord {};
ObjectSchema<RefundLine> schemaFor(Of<RefundLine> of);

ObjectSchema<CompleteRefundRequest> schemaFor(Of<CompleteRefundRequest> of);
ObjectSchema<CancelRefundRequest> schemaFor(Of<CancelRefundRequest> of);

/// The bank's reference of a payout, of who made it.
[[nodiscard]] FieldRules bankReferenceRules();

}  // namespace ks
