#pragma once
#include <cstdint>
#include <optional>
#include <string>

#include "http/routes/payment/paymentSchemas.hpp"
#include "messages/payment/ledgerOperations.hpp"

// Inputs and outputs of what administrators read of payments and of the ledger.
namespace ks {

struct AdminPaymentQuery : PaymentQuery {};
ObjectSchema<AdminPaymentQuery> schemaFor(Of<AdminPaymentQuery> of);

/// A payment as a line of a file: amounts are columns of their own, in one currency.
struct PaymentLine : PaymentRecord {};
ObjectSchema<PaymentLine> schemaFor(Of<PaymentLine> of);

/// As Money; of a sum, which may be more than an amount ever is.
struct LedgerMoney {
  std::uint64_t minor = 0;
  Currency currency = Currency::idr;
};
ObjectSchema<LedgerMoney> schemaFor(Of<LedgerMoney> of);

// Bookkeepers write amounts without a sign, on one of two sides: every account and entry has `debit` or `credit`,
// and the other is null.
ObjectSchema<LedgerAccountRecord> schemaFor(Of<LedgerAccountRecord> of);
ObjectSchema<LedgerAccounts> schemaFor(Of<LedgerAccounts> of);
ObjectSchema<LedgerEntryRecord> schemaFor(Of<LedgerEntryRecord> of);
ObjectSchema<ListLedgerEntries> schemaFor(Of<ListLedgerEntries> of);

/// An entry as a line of a file.
struct LedgerLine : LedgerEntryRecord {};
ObjectSchema<LedgerLine> schemaFor(Of<LedgerLine> of);

}  // namespace ks
