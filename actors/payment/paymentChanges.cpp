#include "actors/payment/paymentChanges.hpp"

#include <utility>

#include "actors/runtime/auditNote.hpp"
#include "actors/runtime/guarded.hpp"
#include "core/failPoint.hpp"
#include "core/logging/logging.hpp"

namespace ks {
namespace {

/// Above the requests that a process takes at once: all of them may change one payment.
constexpr int kMostRounds = 100;

}  // namespace

PaymentChanges::PaymentChanges(const ActorEnvironment& environment, const PaymentRules& rules, Store store,
                               Finish finish)
    : environment_(environment), rules_(rules), store_(std::move(store)), finish_(std::move(finish)) {}

AuditEvent PaymentChanges::auditOfChange(const std::string& what, const ChangePayment& change,
                                         const PaymentApplication& how) const {
  const auto& after = change.after;
  const auto amountOf = [&after](std::int64_t minor) { return formatMoney({minor, after.amount.currency}); };
  auto event = auditOf(environment_, how.context, "payment." + what);
  if (!how.context.principal) {
    event.actorType = how.fact.actor == kOperator ? kOperator : "system";
  }
  event.targetType = "payment";
  event.targetId = after.id.toString();
  event.after = {{"merchant_ref", after.merchantRef},
                 {"status", std::string{paymentStatusName(after.status)}},
                 {"amount", formatMoney(after.amount)},
                 {"paid", amountOf(after.paidMinor)},
                 {"unmatched", amountOf(after.suspenseMinor)},
                 {"refunded", amountOf(after.refundedMinor)},
                 {"refunding", amountOf(after.refundingMinor)},
                 {"currency", std::string{currencyCode(after.amount.currency)}},
                 {"late", after.late}};
  if (change.refund) {
    event.after.emplace_back("refund", change.refund->id.toString());
    event.after.emplace_back("refund_amount", formatMoney(change.refund->amount));
    event.after.emplace_back("refund_status", std::string{refundStatusName(change.refund->status)});
  }
  return event;
}

void PaymentChanges::apply(const PaymentRecord& payment, const PaymentApplicationPtr& how) const {
  PaymentDecision decision;
  try {
    decision = decidePayment(payment, how->fact, environment_.clock.now(), rules_);
  } catch (const std::exception& broken) {
    return how->failed(detail::faultOfException(broken));
  }
  if (decision.refusal) {
    return how->failed(std::move(*decision.refusal));
  }
  if (!decision.changes) {
    return unchanged(payment, how);
  }
  store(payment, decision, how);
}

void PaymentChanges::unchanged(const PaymentRecord& payment, const PaymentApplicationPtr& how) const {
  if (how->finishes.held.id != 0) {
    finish_(how->finishes);
  }
  auto same = payment;
  how->done(same, false);
}

void PaymentChanges::store(const PaymentRecord& before, PaymentDecision& decision,
                           const PaymentApplicationPtr& how) const {
  ChangePayment change;
  change.after = std::move(decision.after);
  change.event.type = decision.event;
  change.event.from = before.status;
  change.event.to = change.after.status;
  change.event.actor = how->fact.actor;
  change.event.cause = how->fact.cause;
  change.event.detail = how->fact.detail;
  change.movement = std::move(decision.movement);
  change.refund = std::move(decision.refund);
  change.work = decision.work;
  change.notice = how->notice;
  change.finished = how->finishes.held;
  change.answersKey = how->answersKey;
  change.now = environment_.clock.now();
  if (decision.tellsMerchant) {
    const bool stays = before.status == change.after.status;  // more money, or a wish
    change.audit =
        auditOfChange(stays ? change.event.type : paymentStatusName(change.after.status), change, *how);
  }
  failPoint("payment.change.deciding");
  store_(
      std::move(change), [this, how](ChangedPayment& outcome) { applied(how, outcome); },
      [how](Fault fault) { how->failed(std::move(fault)); });
}

void PaymentChanges::applied(const PaymentApplicationPtr& how, ChangedPayment& outcome) const {
  auto& payment = outcome.payment;
  switch (outcome.outcome) {
    case ChangePaymentOutcome::changed:
      failPoint("payment.change.stored");
      logInfo("payment.changed", "A payment changed",
              {{"payment", payment.id.toString()},
               {"status", std::string{paymentStatusName(payment.status)}},
               {"version", payment.version}});
      return how->done(payment, true);
    case ChangePaymentOutcome::booked:
    case ChangePaymentOutcome::noticeKnown:
      return unchanged(payment, how);
    case ChangePaymentOutcome::moved:
      if (++how->rounds >= kMostRounds) {
        return how->failed(makeFault(ErrorCode::internal, "payment " + payment.id.toString() +
                                                              " changed again each time it was decided"));
      }
      return how->again ? how->again(payment) : apply(payment, how);
  }
}

}  // namespace ks
