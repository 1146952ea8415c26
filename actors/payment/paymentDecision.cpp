#include "actors/payment/paymentDecision.hpp"

#include <algorithm>
#include <array>

#include "core/invariant.hpp"

namespace ks {
namespace {

constexpr const char* kClearing = "bank:bri:clearing";
constexpr const char* kPayable = "merchant:payable";
constexpr const char* kSuspense = "suspense:unmatched";
constexpr const char* kInTransit = "refunds:in_transit";

/// The request that cancels asks the bank itself; the work is for one that ends before the bank has answered.
constexpr std::chrono::seconds kRequestRemoves{15};

bool canStillBePaid(PaymentStatus status) {
  return status == PaymentStatus::created || status == PaymentStatus::pending;
}

/// Ended without money.
bool endedUnpaid(PaymentStatus status) {
  return status == PaymentStatus::expired || status == PaymentStatus::cancelled ||
         status == PaymentStatus::failed;
}

PaymentDecision unchanged(const PaymentRecord& payment) { return {.after = payment, .event = {}}; }

PaymentDecision changedTo(const PaymentRecord& payment, PaymentStatus status, const char* event) {
  PaymentDecision decision{.changes = true, .after = payment, .event = event};
  decision.after.status = status;
  decision.tellsMerchant = status != payment.status;
  return decision;
}

PaymentDecision refused(const PaymentRecord& payment, Fault why) {
  auto decision = unchanged(payment);
  decision.refusal = std::move(why);
  return decision;
}

PaymentDecision opened(const PaymentRecord& payment, const PaymentFact& fact, TimePoint now,
                       const PaymentRules& rules) {
  if (payment.gatewayState == GatewayState::open) {
    return unchanged(payment);
  }
  const bool waits = payment.status == PaymentStatus::created;
  auto decision = changedTo(payment, waits ? PaymentStatus::pending : payment.status, "gateway_open");
  auto& after = decision.after;
  after.gatewayState = GatewayState::open;
  after.vaNumber = fact.vaNumber.empty() ? payment.vaNumber : fact.vaNumber;
  after.qrContent = fact.qrContent.empty() ? payment.qrContent : fact.qrContent;
  after.bankRef = fact.bankRef.empty() ? payment.bankRef : fact.bankRef;
  after.gatewayRef = fact.newReference.empty() ? payment.gatewayRef : fact.newReference;
  if (waits) {
    decision.work = PlannedWork{PaymentWorkKind::ask, nextPaymentQuestion(after, 0, now, rules)};
  } else if (endedUnpaid(payment.status)) {
    // Nobody can withdraw a code: it is asked for while it can be paid.
    decision.work = PlannedWork{
        payment.method == PaymentMethod::briVa ? PaymentWorkKind::remove : PaymentWorkKind::ask, now};
  }
  return decision;
}

PaymentDecision moneyCame(const PaymentRecord& payment, const PaymentFact& fact, const PaymentRules& rules) {
  ensure(fact.credit.has_value(), "a fact of money says how much");
  const auto& credit = *fact.credit;
  ensure(!credit.reference.empty() && credit.amount.minor > 0,
         "money has a reference and is more than nothing");
  if (credit.reference == payment.paidReference) {
    return unchanged(payment);
  }
  const bool fits = credit.amount == payment.amount;
  const bool waited = canStillBePaid(payment.status);
  const bool late = endedUnpaid(payment.status);
  if (fact.onlyIfAwaited && !(fits && waited)) {
    return unchanged(payment);
  }
  LedgerMovement movement{creditKey(payment.id, credit.reference), "credit", kClearing, kSuspense,
                          credit.amount.minor};
  PaymentDecision decision;
  if (fits && (waited || (late && !rules.reviewLate))) {
    decision = changedTo(payment, PaymentStatus::paid, "money");
    decision.after.paidAt = credit.at;
    decision.after.paidReference = credit.reference;
    decision.after.paidMinor = credit.amount.minor;
    decision.after.late = late;
    movement.credit = kPayable;
  } else {
    decision = changedTo(payment, waited || late ? PaymentStatus::review : payment.status,
                         waited || late ? "money" : "extra_money");
    decision.after.suspenseMinor =
        addMoney({payment.suspenseMinor, payment.amount.currency}, credit.amount).minor;
    decision.after.late = payment.late || late;
  }
  decision.tellsMerchant = true;
  decision.movement = movement;
  return decision;
}

PaymentDecision cancelWished(const PaymentRecord& payment, TimePoint now) {
  if (!canStillBePaid(payment.status)) {
    return refused(payment, makeFault(ErrorCode::notCancellable));
  }
  if (payment.method == PaymentMethod::briQris && payment.gatewayState == GatewayState::open) {
    return changedTo(payment, PaymentStatus::cancelled, "cancelled");
  }
  auto decision = changedTo(payment, payment.status, "cancel_asked");
  decision.tellsMerchant = true;
  const bool atOnce = payment.gatewayState == GatewayState::open;
  decision.work = PlannedWork{PaymentWorkKind::remove, atOnce ? now + kRequestRemoves : now};
  return decision;
}

bool isOpen(const RefundRecord& refund) {
  return refund.status == RefundStatus::requested || refund.status == RefundStatus::unknown;
}

PaymentDecision withRefund(PaymentDecision decision, RefundRecord refund, RefundStatus status,
                           const std::string& error, TimePoint now) {
  refund.status = status;
  refund.error = error;
  refund.updatedAt = now;
  decision.refund = std::move(refund);
  decision.tellsMerchant = true;
  return decision;
}

PaymentDecision refundWished(const PaymentRecord& payment, const PaymentFact& fact, TimePoint now) {
  const auto& refund = *fact.refund;
  if (payment.status != PaymentStatus::paid && payment.status != PaymentStatus::partiallyRefunded) {
    return refused(payment, makeFault(ErrorCode::notRefundable));
  }
  if (refund.amount.minor > refundableMinor(payment)) {
    return refused(payment,
                   fieldFault(ErrorCode::refundExceedsBalance, "amount.value",
                              "At most " + formatMoney({refundableMinor(payment), payment.amount.currency}) +
                                  " can still be refunded"));
  }
  auto decision = withRefund(changedTo(payment, payment.status, "refund_asked"), refund,
                             RefundStatus::requested, {}, now);
  decision.refund->updatedAt = refund.createdAt;  // as it is answered
  decision.after.refundingMinor += refund.amount.minor;
  decision.movement =
      LedgerMovement{"refund:" + refund.id.toString(), "refund", kPayable, kInTransit, refund.amount.minor};
  if (refund.mode == RefundMode::api) {
    decision.work = PlannedWork{PaymentWorkKind::refund, now};
  }
  return decision;
}

PaymentDecision refundEnded(const PaymentRecord& payment, const PaymentFact& fact, TimePoint now) {
  const auto& refund = *fact.refund;
  if (!isOpen(refund)) {
    return unchanged(payment);
  }
  const auto minor = refund.amount.minor;
  ensure(payment.refundingMinor >= minor, "the amount of an open refund is set aside");
  const auto id = refund.id.toString();
  if (fact.kind == PaymentFactKind::refundFailed) {
    auto decision = withRefund(changedTo(payment, payment.status, "refund_failed"), refund,
                               RefundStatus::failed, fact.detail, now);
    decision.after.refundingMinor -= minor;
    decision.movement = LedgerMovement{"refund_failed:" + id, "refund_failed", kInTransit, kPayable, minor};
    return decision;
  }
  ensure(payment.status == PaymentStatus::paid || payment.status == PaymentStatus::partiallyRefunded,
         "only a paid payment has an open refund");
  const bool all = payment.refundedMinor + minor == payment.paidMinor;
  const auto status = all ? PaymentStatus::refunded : PaymentStatus::partiallyRefunded;
  auto decision =
      withRefund(changedTo(payment, status, "refund_done"), refund, RefundStatus::succeeded, {}, now);
  decision.after.refundingMinor -= minor;
  decision.after.refundedMinor += minor;
  decision.movement = LedgerMovement{"refund_done:" + id, "refund_done", kInTransit, kClearing, minor};
  return decision;
}

PaymentDecision refundSent(const PaymentRecord& payment, const PaymentFact& fact, TimePoint now) {
  if (fact.refund->status != RefundStatus::requested) {
    return unchanged(payment);
  }
  auto decision = withRefund(changedTo(payment, payment.status, "refund_sent"), *fact.refund,
                             RefundStatus::unknown, {}, now);
  decision.tellsMerchant = false;
  return decision;
}

/// What waits in the suspense account goes to the merchant or back.
PaymentDecision suspenseDecided(const PaymentRecord& payment, bool accept, TimePoint now) {
  if (payment.suspenseMinor == 0) {
    return refused(payment,
                   messageFault(ErrorCode::conflict, "No money of this payment waits for a decision"));
  }
  if (accept && payment.status == PaymentStatus::reversed) {
    return refused(payment, messageFault(ErrorCode::conflict,
                                         "The bank took the money of this payment back; what came since "
                                         "can only be returned"));
  }
  const bool review = payment.status == PaymentStatus::review;
  const auto version = ":" + payment.id.toString() + ":" + std::to_string(payment.version);
  const auto minor = payment.suspenseMinor;
  if (!accept) {
    auto decision = changedTo(payment, review ? PaymentStatus::refunded : payment.status, "returned");
    decision.after.suspenseMinor = 0;
    decision.movement = LedgerMovement{"return" + version, "return", kSuspense, kClearing, minor};
    decision.tellsMerchant = true;
    return decision;
  }
  auto status = payment.status;
  if (review) {
    status = PaymentStatus::paid;
  } else if (payment.status == PaymentStatus::refunded) {
    status = payment.paidMinor > 0 ? PaymentStatus::partiallyRefunded : PaymentStatus::paid;
  }
  auto decision = changedTo(payment, status, "accepted");
  decision.after.suspenseMinor = 0;
  decision.after.paidMinor =
      addMoney({payment.paidMinor, payment.amount.currency}, {minor, payment.amount.currency}).minor;
  decision.after.paidAt = payment.paidAt.value_or(now);
  decision.movement = LedgerMovement{"accept" + version, "accept", kSuspense, kPayable, minor};
  decision.tellsMerchant = true;
  return decision;
}

PaymentDecision reversalSeen(const PaymentRecord& payment, const PaymentFact& fact) {
  // Paid back by hand: the bank knows nothing of it, and took the money all the same.
  const bool byHand = payment.status == PaymentStatus::refunded && payment.paidMinor > fact.refundedByBank;
  if (payment.status != PaymentStatus::paid && payment.status != PaymentStatus::partiallyRefunded &&
      !byHand) {
    return refused(payment, messageFault(ErrorCode::conflict, "Only a payment that is paid can be reversed"));
  }
  if (payment.refundingMinor > 0) {
    return refused(payment,
                   messageFault(ErrorCode::conflict,
                                "A refund of this payment has not ended; complete or cancel it first"));
  }
  // The bank takes back what it has given and not refunded itself, whatever was paid out by hand.
  ensure(fact.refundedByBank >= 0 && fact.refundedByBank <= payment.refundedMinor,
         "the bank refunds no more than was refunded");
  auto decision = changedTo(payment, PaymentStatus::reversed, "reversed");
  decision.movement = LedgerMovement{"reversal:" + payment.id.toString(), "reversal", kPayable, kClearing,
                                     payment.paidMinor - fact.refundedByBank};
  return decision;
}

}  // namespace

std::int64_t refundableMinor(const PaymentRecord& payment) noexcept {
  return payment.paidMinor - payment.refundedMinor - payment.refundingMinor;
}

std::string creditKey(const Uuid& paymentId, const std::string& reference) {
  return "credit:" + paymentId.toString() + ":" + reference;
}

TimePoint nextPaymentQuestion(const PaymentRecord& payment, std::uint32_t asked, TimePoint now,
                              const PaymentRules& rules) {
  constexpr std::array<std::chrono::minutes, 5> kWaits{std::chrono::minutes{1}, std::chrono::minutes{5},
                                                       std::chrono::minutes{15}, std::chrono::minutes{30},
                                                       std::chrono::minutes{60}};
  const auto wait = kWaits[std::min<std::size_t>(asked, kWaits.size() - 1)];
  const TimePoint next = now + wait;
  const TimePoint end = payment.expiresAt + rules.grace;
  return now < end ? std::min(next, end) : next;
}

PaymentDecision decidePayment(const PaymentRecord& payment, const PaymentFact& fact, TimePoint now,
                              const PaymentRules& rules) {
  switch (fact.kind) {
    case PaymentFactKind::opened:
      return opened(payment, fact, now, rules);
    case PaymentFactKind::refused: {
      if (payment.gatewayState == GatewayState::open || payment.gatewayState == GatewayState::closed) {
        return unchanged(payment);
      }
      auto decision = changedTo(
          payment, payment.status == PaymentStatus::created ? PaymentStatus::failed : payment.status,
          "gateway_refused");
      decision.after.gatewayState = GatewayState::closed;
      return decision;
    }
    case PaymentFactKind::unclear: {
      if (payment.gatewayState == GatewayState::open || payment.gatewayState == GatewayState::closed ||
          (payment.gatewayState == GatewayState::unknown && fact.newReference.empty())) {
        return unchanged(payment);
      }
      auto decision = changedTo(payment, payment.status, "gateway_unknown");
      decision.after.gatewayState = GatewayState::unknown;
      if (!fact.newReference.empty()) {
        decision.after.gatewayRef = fact.newReference;
      }
      return decision;
    }
    case PaymentFactKind::unpaid: {
      if (!canStillBePaid(payment.status) || now < payment.expiresAt + rules.grace) {
        return unchanged(payment);
      }
      auto decision = changedTo(payment, PaymentStatus::expired, "expired");
      decision.after.gatewayState = GatewayState::closed;
      return decision;
    }
    case PaymentFactKind::money:
      return moneyCame(payment, fact, rules);
    case PaymentFactKind::cancelWished:
      return cancelWished(payment, now);
    case PaymentFactKind::removed: {
      const bool waits = canStillBePaid(payment.status);
      if (payment.gatewayState == GatewayState::open && !fact.wasOpen &&
          payment.method == PaymentMethod::briVa) {
        auto again = changedTo(payment, payment.status, "cancel_asked");  // it was made meanwhile
        again.work = PlannedWork{PaymentWorkKind::remove, now};
        return again;
      }
      if (!waits && payment.gatewayState == GatewayState::closed) {
        return unchanged(payment);
      }
      auto decision = changedTo(payment, waits ? PaymentStatus::cancelled : payment.status,
                                waits ? "cancelled" : "gateway_closed");
      decision.after.gatewayState = GatewayState::closed;
      return decision;
    }
    case PaymentFactKind::refundWished:
    case PaymentFactKind::refundSent:
    case PaymentFactKind::refundDone:
    case PaymentFactKind::refundFailed:
      ensure(fact.refund && fact.refund->paymentId == payment.id,
             "a fact of a refund has one of the payment");
      return fact.kind == PaymentFactKind::refundWished ? refundWished(payment, fact, now)
             : fact.kind == PaymentFactKind::refundSent ? refundSent(payment, fact, now)
                                                        : refundEnded(payment, fact, now);
    case PaymentFactKind::accepted:
    case PaymentFactKind::returned:
      return suspenseDecided(payment, fact.kind == PaymentFactKind::accepted, now);
    case PaymentFactKind::reversed:
      return reversalSeen(payment, fact);
  }
  return unchanged(payment);
}

}  // namespace ks
