#include "test/contract/persistence/payment/paymentFixture.hpp"

#include <algorithm>

namespace ks::contract {

PaymentStorage::PaymentStorage(StorageKind kind) : TestStorage(kind) {
  if (kind == StorageKind::postgres) {
    deletePayments();
  }
}

void deletePayments() {
  runSql(
      "SET session_replication_role = replica; "
      "TRUNCATE payments, payment_idempotency_keys, bank_calls, bank_notices, reconciliation_runs CASCADE");
}

CreatePayment newCreation(const Uuid& createdBy, const std::string& merchantRef) {
  CreatePayment creation;
  auto& payment = creation.payment;
  payment.id = freshId();
  payment.userId = createdBy;
  payment.createdBy = createdBy;
  payment.merchantRef = merchantRef;
  payment.amount = {kPaymentMinor, Currency::idr};
  payment.description = "Order " + merchantRef;
  payment.customerName = "Sari";
  payment.gatewayRef = payment.id.toString();
  std::erase(payment.gatewayRef, '-');
  payment.vaNumber = "77777";
  payment.createdAt = startTime();
  payment.updatedAt = startTime();
  payment.expiresAt = startTime() + std::chrono::hours{24};
  creation.idempotency = {createdBy.toString(), "key " + merchantRef, Bytes(32, 7)};
  creation.lockedUntil = startTime() + std::chrono::seconds{60};
  creation.leaseUntil = startTime() + std::chrono::seconds{45};
  creation.actor = "user";
  creation.cause = createdBy.toString();
  creation.audit.id = freshId();
  creation.audit.at = startTime();
  creation.audit.actorType = "user";
  creation.audit.action = "payment.create";
  creation.audit.targetType = "payment";
  creation.audit.targetId = payment.id.toString();
  return creation;
}

CreatePayment sentAgain(const CreatePayment& creation) {
  auto again = creation;
  again.payment.id = freshId();
  again.payment.gatewayRef = again.payment.id.toString();
  std::erase(again.payment.gatewayRef, '-');
  again.audit.id = freshId();
  return again;
}

CreatedPayment created(StorageEngineInterface& engine, const CreatePayment& creation) {
  auto made = valueOf(engine, creation);
  if (made.outcome != CreatePaymentOutcome::created) {
    throw std::runtime_error("the payment was not created");
  }
  return made;
}

ChangePayment changeTo(const PaymentRecord& read, PaymentStatus status, const std::string& event) {
  ChangePayment change;
  change.after = read;
  change.after.status = status;
  change.event.type = event;
  change.event.from = read.status;
  change.event.to = status;
  change.event.actor = "bank";
  change.event.cause = "call";
  change.event.detail = "said so";
  change.now = startTime() + std::chrono::minutes{1};
  return change;
}

ChangePayment paidBy(const PaymentRecord& read, const std::string& reference) {
  auto change = changeTo(read, PaymentStatus::paid, "money");
  change.after.paidAt = startTime() + std::chrono::seconds{30};
  change.after.paidReference = reference;
  change.after.paidMinor = read.amount.minor;
  change.movement = LedgerMovement{"credit:" + read.id.toString() + ":" + reference, "credit",
                                   "bank:bri:clearing", "merchant:payable", read.amount.minor};
  return change;
}

RefundRecord newRefund(const PaymentRecord& payment, std::int64_t minor, RefundMode mode) {
  RefundRecord refund;
  refund.id = freshId();
  refund.paymentId = payment.id;
  refund.amount = {minor, Currency::idr};
  refund.reason = "Sent back";
  refund.mode = mode;
  refund.reference = refund.id.toString();
  std::erase(refund.reference, '-');
  refund.createdBy = payment.createdBy;
  refund.idempotency = {payment.createdBy.toString(), "refund " + refund.id.toString(), Bytes(32, 9)};
  refund.createdAt = startTime() + std::chrono::minutes{2};
  refund.updatedAt = refund.createdAt;
  return refund;
}

ChangePayment refundAsked(const PaymentRecord& read, const RefundRecord& refund) {
  auto change = changeTo(read, read.status, "refund_asked");
  change.after.refundingMinor += refund.amount.minor;
  change.movement = LedgerMovement{"refund:" + refund.id.toString(), "refund", "merchant:payable",
                                   "refunds:in_transit", refund.amount.minor};
  change.refund = refund;
  return change;
}

ChangePayment refundEnded(const PaymentRecord& read, RefundRecord refund, RefundStatus status) {
  const bool done = status == RefundStatus::succeeded;
  const auto minor = refund.amount.minor;
  auto change = changeTo(read, read.status, done ? "refund_done" : "refund_failed");
  change.after.refundingMinor -= minor;
  change.after.refundedMinor += done ? minor : 0;
  if (done) {
    change.after.status = change.after.refundedMinor == read.paidMinor ? PaymentStatus::refunded
                                                                       : PaymentStatus::partiallyRefunded;
  }
  change.movement =
      LedgerMovement{change.event.type + ":" + refund.id.toString(), change.event.type, "refunds:in_transit",
                     done ? "bank:bri:clearing" : "merchant:payable", minor};
  refund.status = status;
  (done ? refund.bankReference : refund.error) = done ? "PAYOUT" : "no such account";
  refund.updatedAt = startTime() + std::chrono::minutes{3};
  change.refund = std::move(refund);
  return change;
}

PaymentRecord paidPayment(StorageEngineInterface& engine, const std::string& merchantRef) {
  const auto made = created(engine, newCreation(freshId(), merchantRef));
  auto change = paidBy(made.payment, "R " + merchantRef);
  change.finished = made.work;
  return changed(engine, change);
}

PaymentRecord changed(StorageEngineInterface& engine, const ChangePayment& change) {
  auto outcome = valueOf(engine, change);
  if (outcome.outcome != ChangePaymentOutcome::changed) {
    throw std::runtime_error("the payment was not changed");
  }
  return std::move(outcome.payment);
}

std::optional<PaymentRecord> found(StorageEngineInterface& engine, const Uuid& id) {
  return valueOf(engine, FindPayment{id});
}

std::vector<PaymentEventRecord> eventsOf(StorageEngineInterface& engine, const Uuid& id) {
  return valueOf(engine, ListPaymentEvents{id}).value();
}

std::vector<PaymentWork> claimedWork(StorageEngineInterface& engine, TimePoint now, TimePoint leaseUntil) {
  return valueOf(engine, ClaimPaymentWork{100, now, leaseUntil});
}

std::string kindsOf(const std::vector<PaymentWork>& work) {
  std::vector<std::string> kinds;
  kinds.reserve(work.size());
  for (const auto& each : work) {
    kinds.emplace_back(paymentWorkName(each.kind));
  }
  std::sort(kinds.begin(), kinds.end());
  std::string text;
  for (const auto& kind : kinds) {
    text += (text.empty() ? "" : " ") + kind;
  }
  return text;
}

std::string textOf(const PaymentRecord& payment) {
  std::string text;
  const auto add = [&text](const char* name, const std::string& value) {
    text.append(name).append("=").append(value).append("\n");
  };
  const auto timeText = [](TimePoint time) { return std::to_string(time.time_since_epoch().count()); };
  add("id", payment.id.toString());
  add("userId", payment.userId.toString());
  add("createdBy", payment.createdBy.toString());
  add("merchantRef", payment.merchantRef);
  add("method", paymentMethodName(payment.method));
  add("amount", formatMoney(payment.amount));
  add("description", payment.description);
  add("customerName", payment.customerName);
  add("status", paymentStatusName(payment.status));
  add("gatewayState", gatewayStateName(payment.gatewayState));
  add("gatewayRef", payment.gatewayRef);
  add("bankRef", payment.bankRef);
  add("vaNumber", payment.vaNumber);
  add("qrContent", payment.qrContent);
  add("expiresAt", timeText(payment.expiresAt));
  add("paidAt", payment.paidAt ? timeText(*payment.paidAt) : "");
  add("paidReference", payment.paidReference);
  add("paidMinor", std::to_string(payment.paidMinor));
  add("suspenseMinor", std::to_string(payment.suspenseMinor));
  add("refundedMinor", std::to_string(payment.refundedMinor));
  add("refundingMinor", std::to_string(payment.refundingMinor));
  add("late", payment.late ? "yes" : "no");
  add("version", std::to_string(payment.version));
  add("createdAt", timeText(payment.createdAt));
  add("updatedAt", timeText(payment.updatedAt));
  return text;
}

std::string textOf(const PaymentEventRecord& event) {
  return std::to_string(event.seq) + " " + event.type + " " + paymentStatusName(event.from) + ">" +
         paymentStatusName(event.to) + " " + event.actor + "/" + event.cause + "/" + event.detail + " at " +
         std::to_string((event.at - startTime()).count());
}

std::string textOf(const RefundRecord& refund) {
  const auto timeText = [](TimePoint time) { return std::to_string((time - startTime()).count()); };
  std::string text;
  for (const auto& value :
       {refund.id.toString(), refund.paymentId.toString(), formatMoney(refund.amount), refund.reason,
        std::string(refundModeName(refund.mode)), std::string(refundStatusName(refund.status)),
        refund.reference, refund.bankReference, refund.error, refund.createdBy.toString(),
        refund.idempotency.scope, refund.idempotency.key,
        std::string(refund.idempotency.fingerprint.begin(), refund.idempotency.fingerprint.end()),
        timeText(refund.createdAt), timeText(refund.updatedAt)}) {
    text.append(value).append("\n");
  }
  return text;
}

}  // namespace ks::contract
