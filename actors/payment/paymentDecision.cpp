#include "actors/payment/paymentDecision.hpp"

#include <algorithm>
#include <array>

#include "core/invariant.hpp"

namespace ks {
namespace {

constexpr const char* kClearing = "bank:bri:clearing";
constexpr const char* kPayable = "merchant:payable";
constexpr const char* kSuspense = "suspense:unmatched";

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
    auto refused = unchanged(payment);
    refused.refusal = ErrorCode::notCancellable;
    return refused;
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

}  // namespace

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
  }
  return unchanged(payment);
}

}  // namespace ks
