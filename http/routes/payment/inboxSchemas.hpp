#pragma once
#include "http/routes/payment/paymentSchemas.hpp"
#include "messages/payment/reconciliationOperations.hpp"

// Inputs and outputs of the routes of the inbox: the bank's calls.
namespace ks {

ObjectSchema<ListBankNotices> schemaFor(Of<ListBankNotices> of);
/// Without the bank's password for us.
ObjectSchema<BankNoticeRecord> schemaFor(Of<BankNoticeRecord> of);

}  // namespace ks
