#pragma once
#include <optional>
#include <string>
#include <vector>

#include "http/routing/listAnswer.hpp"
#include "http/schema/objectSchema.hpp"
#include "messages/payment/paymentMessages.hpp"

// Inputs and outputs of the payment routes.
namespace ks {

/// A reference of somebody else's books: printable ASCII, no space around it.
[[nodiscard]] FieldRules referenceRules();

/// For computed(): null where there is no such thing.
template <class Row>
[[nodiscard]] auto idUnlessNil(Uuid Row::*id) {
  return [id](const Row& row) { return (row.*id).isNil() ? std::nullopt : std::optional(row.*id); };
}

EnumNames<Currency> namesFor(Of<Currency> of);
EnumNames<PaymentMethod> namesFor(Of<PaymentMethod> of);
EnumNames<PaymentStatus> namesFor(Of<PaymentStatus> of);
EnumNames<GatewayState> namesFor(Of<GatewayState> of);

/// `{"value": "10000.00", "currency": "IDR"}`. The value is text both ways: a number would be read as binary
/// floating point by somebody.
ObjectSchema<Money> schemaFor(Of<Money> of);

ObjectSchema<CreatePaymentRequest> schemaFor(Of<CreatePaymentRequest> of);
ObjectSchema<ListPaymentsRequest> schemaFor(Of<ListPaymentsRequest> of);

/// How a virtual account is paid.
struct VirtualAccountOutput {
  std::string number;
  TimePoint expiresAt;
};
ObjectSchema<VirtualAccountOutput> schemaFor(Of<VirtualAccountOutput> of);
/// How a QR code is paid.
struct QrOutput {
  std::string content;
  TimePoint expiresAt;
};
ObjectSchema<QrOutput> schemaFor(Of<QrOutput> of);
ObjectSchema<PaymentRecord> schemaFor(Of<PaymentRecord> of);
/// With what customers and merchants need not know.
struct AdminPayment : PaymentRecord {};
ObjectSchema<AdminPayment> schemaFor(Of<AdminPayment> of);
/// Without who did it and why: administrators write there for each other, and the bank's texts are not the payer's.
ObjectSchema<PaymentEventRecord> schemaFor(Of<PaymentEventRecord> of);
struct AdminPaymentEvent : PaymentEventRecord {};
ObjectSchema<AdminPaymentEvent> schemaFor(Of<AdminPaymentEvent> of);
[[nodiscard]] std::vector<AdminPaymentEvent> adminEventsOf(std::vector<PaymentEventRecord> events);

/// A method that payments can be created with here.
struct OfferedMethod {
  PaymentMethod method = PaymentMethod::briVa;
  Money least;
  Money most;
};
ObjectSchema<OfferedMethod> schemaFor(Of<OfferedMethod> of);

}  // namespace ks
