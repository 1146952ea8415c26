#pragma once
#include <optional>

#include "messages/payment/paymentRecords.hpp"
#include "persistence/sql/sqlRows.hpp"

/// The columns of a PaymentRecord, read by readPayment(), from `p`.
#define KS_PAYMENT_COLUMNS                                                                    \
  "p.id, p.user_id, p.created_by, p.merchant_ref, p.method, p.amount_minor, p.description, "  \
  "p.customer_name, p.status, p.gateway_state, p.gateway_ref, p.bank_ref, p.va_number, "      \
  "p.qr_content, p.expires_at, p.paid_at, p.paid_reference, p.paid_minor, p.suspense_minor, " \
  "p.refunded_minor, p.refunding_minor, p.late, p.version, p.created_at, p.updated_at"

namespace ks {

/// Throws SqlReadError on a name that is none.
template <class Value>
Value knownName(const std::optional<Value>& value, const char* what) {
  if (!value) {
    throw SqlReadError(what);
  }
  return *value;
}

/// KS_PAYMENT_COLUMNS, from `column` on.
[[nodiscard]] PaymentRecord readPayment(const SqlRow& row, int column);

}  // namespace ks
