#include <utility>

#include "actors/payment/bankQuestion.hpp"
#include "actors/payment/paymentActor.hpp"
#include "actors/platform/storageJob.hpp"
#include "core/failPoint.hpp"
#include "core/logging/logging.hpp"

// Refunds that the bank pays. Our reference of a refund is the same at each try, so the bank pays it once.
namespace ks {
namespace {

BankOrder refundOrderOf(const PaymentRecord& payment, const RefundRecord& refund, BankOperation operation) {
  auto order = bankOrderOf(payment, operation);
  order.refundReference = refund.reference;
  order.refundAmount = refund.amount;
  order.reason = refund.reason;
  return order;
}

PaymentFact refundFact(PaymentFactKind kind, const RefundRecord& refund, const std::string& detail) {
  PaymentFact fact{.kind = kind, .cause = refund.id.toString(), .detail = detail};
  fact.refund = refund;
  return fact;
}

PaymentFact refundDoneFact(RefundRecord refund, const BankAnswer& answer) {
  refund.bankReference = answer.refundReference.empty() ? refund.reference : answer.refundReference;
  return refundFact(PaymentFactKind::refundDone, refund, refund.bankReference);
}

}  // namespace

void PaymentState::workOnRefund(const PaymentRecord& payment, const PaymentTask& task) {
  storeOwn(
      self, deps_.storageTimeout, deps_.storage, FindOpenRefund{payment.id},
      [this, payment, task](std::optional<RefundRecord>& found) {
        if (!found) {
          return settle(task, std::nullopt, {});
        }
        if (found->status != RefundStatus::requested) {
          return sendRefund(payment, task, *found, true);
        }
        // Stored before it is sent: what may have been sent is never taken as refused without asking.
        auto how = application(refundFact(PaymentFactKind::refundSent, *found, {}), {});
        how->fact.actor = "system";
        how->again = [this, task](PaymentRecord& moved) { workOnRefund(moved, task); };
        how->done = [this, task, refund = *found](PaymentRecord& stored, bool /*changed*/) {
          failPoint("refund.noted");
          auto sent = refund;
          sent.status = RefundStatus::unknown;
          sendRefund(stored, task, sent, false);
        };
        changes_.apply(payment, how);
      },
      [this, task](const Fault& fault) { probe_->note(fault); });
}

void PaymentState::sendRefund(const PaymentRecord& payment, const PaymentTask& task,
                              const RefundRecord& refund, bool again) {
  askBank(payment.id, refundOrderOf(payment, refund, BankOperation::refund), deps_.policy.bankLimit,
          [this, payment, task, refund, again](BankAnswer& answer) {
            if (answer.outcome == BankOutcome::ok && answer.state == BankState::refunded) {
              return refundKnown(payment, task, refundDoneFact(refund, answer));
            }
            const auto said = describedAnswer(answer);
            if (answer.outcome != BankOutcome::refused || answer.again) {
              return putOff(task, said);
            }
            const bool taken = answer.state == BankState::duplicate;
            if (again || taken) {
              return findRefund(payment, task, refund, said, taken);
            }
            refundKnown(payment, task, refundFact(PaymentFactKind::refundFailed, refund, said));
          });
}

void PaymentState::findRefund(const PaymentRecord& payment, const PaymentTask& task,
                              const RefundRecord& refund, const std::string& refusal, bool taken) {
  askBank(payment.id, refundOrderOf(payment, refund, BankOperation::findRefund), deps_.policy.bankLimit,
          [this, payment, task, refund, refusal, taken](BankAnswer& answer) {
            if (answer.outcome == BankOutcome::ok && answer.state == BankState::refunded) {
              return refundKnown(payment, task, refundDoneFact(refund, answer));
            }
            if (answer.outcome == BankOutcome::ok && answer.state == BankState::missing && !taken) {
              return refundKnown(payment, task, refundFact(PaymentFactKind::refundFailed, refund, refusal));
            }
            putOff(task, refusal + "; " + describedAnswer(answer));
          });
}

// The payment may have changed while the bank was asked; the refund is read again with it, for an administrator may
// have ended it.
void PaymentState::refundKnown(const PaymentRecord& payment, const PaymentTask& task, PaymentFact fact) {
  const auto refundId = fact.refund->id;
  const auto bankReference = fact.refund->bankReference;
  auto how = application(std::move(fact), {});
  how->done = [this, task, refundId, known = std::weak_ptr(how)](PaymentRecord& /*payment*/, bool changed) {
    const auto& ended = *known.lock()->fact.refund;
    if (!changed && known.lock()->fact.kind == PaymentFactKind::refundDone &&
        ended.status == RefundStatus::failed) {
      logLine(LogLevel::error, LogType::error, "payment.refundPaidAfterFailure",
              "The bank has paid a refund that counts as failed here: the money has left",
              {{"refund", refundId.toString()}, {"reference", ended.reference}});
    }
    settle(task, deps_.environment.clock.now(), {});
  };
  how->again = [this, known = std::weak_ptr(how), task, refundId, bankReference](PaymentRecord& moved) {
    const auto same = known.lock();
    storeOwn(
        self, deps_.storageTimeout, deps_.storage, FindRefund{refundId},
        [this, same, moved, bankReference](std::optional<RefundRecord>& refund) {
          if (!refund) {
            return same->failed(makeFault(ErrorCode::internal, "a refund is not there any more"));
          }
          refund->bankReference = bankReference;
          same->fact.refund = std::move(*refund);
          changes_.apply(moved, same);
        },
        [this, task](const Fault& fault) { probe_->note(fault); });
  };
  changes_.apply(payment, how);
}

}  // namespace ks
