#pragma once
#include <string>

#include "http/routes/payment/refundSchemas.hpp"

// Inputs and outputs of decisions about payments and of the reconciliation with the bank.
namespace ks {

EnumNames<PaymentVerdict> namesFor(Of<PaymentVerdict> of);
EnumNames<ReconciliationKind> namesFor(Of<ReconciliationKind> of);
EnumNames<ReconciliationStatus> namesFor(Of<ReconciliationStatus> of);
EnumNames<ReconciliationClass> namesFor(Of<ReconciliationClass> of);
EnumNames<ReconciliationItemStatus> namesFor(Of<ReconciliationItemStatus> of);

ObjectSchema<DecidePaymentRequest> schemaFor(Of<DecidePaymentRequest> of);

ObjectSchema<ReconcileRequest> schemaFor(Of<ReconcileRequest> of);
ObjectSchema<ListReconciliationRuns> schemaFor(Of<ListReconciliationRuns> of);
ObjectSchema<ReconciliationCounts> schemaFor(Of<ReconciliationCounts> of);
ObjectSchema<ReconciliationRun> schemaFor(Of<ReconciliationRun> of);

ObjectSchema<ListReconciliationItems> schemaFor(Of<ListReconciliationItems> of);
ObjectSchema<ReconciliationItem> schemaFor(Of<ReconciliationItem> of);
/// A difference as a line of a file.
struct ReconciliationLine : ReconciliationItem {};
ObjectSchema<ReconciliationLine> schemaFor(Of<ReconciliationLine> of);
ObjectSchema<ResolveItemRequest> schemaFor(Of<ResolveItemRequest> of);

}  // namespace ks
