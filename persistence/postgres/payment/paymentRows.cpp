#include "persistence/postgres/payment/paymentRows.hpp"

namespace ks {

PaymentRecord readPayment(const SqlRow& row, int column) {
  PaymentRecord payment;
  payment.id = row.uuid(column++);
  payment.userId = row.optionalUuid(column++).value_or(Uuid{});
  payment.createdBy = row.uuid(column++);
  payment.merchantRef = row.text(column++);
  payment.method = knownName(paymentMethodFrom(row.text(column++)), "unknown method of a payment");
  payment.amount.minor = row.int64(column++);
  payment.description = row.text(column++);
  payment.customerName = row.text(column++);
  payment.status = knownName(paymentStatusFrom(row.text(column++)), "unknown status of a payment");
  payment.gatewayState =
      knownName(gatewayStateFrom(row.text(column++)), "unknown gateway state of a payment");
  payment.gatewayRef = row.text(column++);
  payment.bankRef = row.textOrEmpty(column++);
  payment.vaNumber = row.textOrEmpty(column++);
  payment.qrContent = row.textOrEmpty(column++);
  payment.expiresAt = row.time(column++);
  payment.paidAt = row.optionalTime(column++);
  payment.paidReference = row.textOrEmpty(column++);
  payment.paidMinor = row.int64(column++);
  payment.suspenseMinor = row.int64(column++);
  payment.refundedMinor = row.int64(column++);
  payment.refundingMinor = row.int64(column++);
  payment.late = row.boolean(column++);
  payment.version = row.int64(column++);
  payment.createdAt = row.time(column++);
  payment.updatedAt = row.time(column++);
  return payment;
}

}  // namespace ks
