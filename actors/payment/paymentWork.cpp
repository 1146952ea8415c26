#include <algorithm>
#include <utility>

#include "actors/payment/bankQuestion.hpp"
#include "actors/payment/paymentActor.hpp"
#include "actors/platform/storageJob.hpp"
#include "core/failPoint.hpp"
#include "core/logging/logging.hpp"
#include "core/payment/jakartaTime.hpp"

namespace ks {
namespace {

constexpr std::size_t kMostUnderWay = 32;
/// Longer than the calls of one piece of work can take.
constexpr std::chrono::seconds kWorkLease{60};
/// Days of reports that are looked through for one payment.
constexpr int kMostReportDays = 7;
constexpr int kLastHour = -1;

}  // namespace

void PaymentState::lookForWork() {
  if (looking_ || *underWay_ >= kMostUnderWay) {
    return;
  }
  looking_ = true;
  const auto now = deps_.environment.clock.now();
  const auto room = kMostUnderWay - *underWay_;
  storeOwn(
      self, deps_.storageTimeout, deps_.storage,
      ClaimPaymentWork{static_cast<std::uint32_t>(room), now, now + kWorkLease},
      [this, room](std::vector<PaymentWork>& claimed) {
        looking_ = false;
        backlog_ = claimed.size() == room;
        for (auto& item : claimed) {
          work(item);
        }
      },
      [this](const Fault& fault) {
        looking_ = false;
        probe_->note(fault);
      });
}

void PaymentState::workEnded() {
  constexpr std::size_t kWorthALook = kMostUnderWay / 4;
  if (backlog_ && kMostUnderWay - *underWay_ >= kWorthALook) {
    lookForWork();
  }
}

void PaymentState::work(PaymentWork& item) {
  failPoint("payment.work.claimed");
  const PaymentTask task{item.held, placeIn(underWay_)};
  const auto& payment = item.payment;
  switch (item.kind) {
    case PaymentWorkKind::create:
      return workOnCreate(payment, task);
    case PaymentWorkKind::ask:
      return workOnAsk(payment, task);
    case PaymentWorkKind::remove:
      return workOnRemove(payment, task);
    case PaymentWorkKind::refund:
      return workOnRefund(payment, task);
  }
}

// A payment that ended meanwhile may still have an account at the bank; then it is found and closed.
void PaymentState::workOnCreate(const PaymentRecord& payment, const PaymentTask& task) {
  const bool account = payment.method == PaymentMethod::briVa;
  if (payment.gatewayState == GatewayState::open ||
      (payment.gatewayState == GatewayState::closed && !account)) {
    return settle(task, std::nullopt, {});
  }
  const auto now = deps_.environment.clock.now();
  const bool wanted = payment.status == PaymentStatus::created;
  const bool overdue = now >= payment.expiresAt;
  const TimePoint end = payment.expiresAt + deps_.policy.rules.grace;
  if (payment.method == PaymentMethod::briQris) {
    if (wanted && !overdue) {
      return giveToBank(payment, task, nullptr);
    }
    if (wanted && now < end) {
      return settle(task, end, "it was not made in time");
    }
    // Nobody has seen what an unanswered try may have made.
    return changes_.apply(
        payment, application({.kind = overdue && wanted ? PaymentFactKind::unpaid : PaymentFactKind::refused,
                              .actor = "system",
                              .detail = "the code was never made"},
                             task));
  }
  if (!wanted || overdue) {
    return askBank(
        payment, BankOperation::find, deps_.policy.bankLimit,
        [this, payment, task, wanted, end](BankAnswer& answer) {
          const bool there = answer.state == BankState::unpaid || answer.state == BankState::paid;
          const bool definite =
              there || answer.state == BankState::missing || answer.state == BankState::ended;
          if (answer.outcome == BankOutcome::unknown || !definite) {
            return putOff(task, answer.message);
          }
          if (!there && wanted && deps_.environment.clock.now() < end) {
            return settle(task, end, "it was not made in time");
          }
          const auto kind = there    ? PaymentFactKind::opened
                            : wanted ? PaymentFactKind::unpaid
                                     : PaymentFactKind::refused;
          changes_.apply(
              payment,
              application({.kind = kind, .vaNumber = answer.vaNumber, .detail = answer.message}, task));
        });
  }
  if (task.held.attempts <= 1) {
    return giveToBank(payment, task, nullptr);  // nobody has tried before
  }
  lookForAccount(payment, task, nullptr, true);
}

void PaymentState::workOnAsk(const PaymentRecord& payment, const PaymentTask& task) {
  if (payment.method == PaymentMethod::briQris && payment.bankRef.empty()) {
    if (payment.status != PaymentStatus::created) {
      return settle(task, std::nullopt, {});
    }
    // Money was announced before the bank's answer with its reference had arrived. That answer plans a question too, and
    // the earlier one counts, whoever holds this work by then.
    const PlannedWork soon{PaymentWorkKind::ask, deps_.environment.clock.now() + bankRetryDelay(1)};
    return storeOwn(
        self, deps_.storageTimeout, deps_.storage, PlanPaymentWork{payment.id, soon},
        [task](bool& /*there*/) {}, [this, task](const Fault& fault) { probe_->note(fault); });
  }
  askBank(payment, BankOperation::status, deps_.policy.bankLimit,
          [this, payment, task](BankAnswer& answer) { statusKnown(payment, task, answer); });
}

void PaymentState::statusKnown(const PaymentRecord& payment, const PaymentTask& task,
                               const BankAnswer& answer) {
  auto fact = factOfStatus(answer);
  const bool hasMoney = payment.paidMinor > 0 || payment.suspenseMinor > 0;
  if (!fact && answer.outcome != BankOutcome::unknown && answer.state == BankState::paid) {
    if (hasMoney) {
      return settle(task, std::nullopt, {});
    }
    return payment.method == PaymentMethod::briVa ? findInReport(payment, task, kLastHour)
                                                  : putOff(task, "paid, but the bank did not say how much");
  }
  if (answer.outcome == BankOutcome::ok && answer.state == BankState::refunded) {
    logWarning("payment.refundedAtBank", "The bank has given the money of a payment back",
               {{"payment", payment.id.toString()}});
    if (hasMoney) {
      return settle(task, std::nullopt, {});
    }
    fact = PaymentFact{.kind = PaymentFactKind::unpaid, .detail = "paid and given back by the bank"};
  }
  if (!fact) {
    return putOff(task, answer.message);
  }
  const auto now = deps_.environment.clock.now();
  const bool waits = payment.status == PaymentStatus::created || payment.status == PaymentStatus::pending;
  const TimePoint end = payment.expiresAt + deps_.policy.rules.grace;
  // Nobody can withdraw a code: however its payment ended, it is asked for while it can be paid.
  const bool lives = payment.method == PaymentMethod::briQris && !hasMoney && now < end + kQrLife;
  if (fact->kind != PaymentFactKind::money && ((waits && now < end) || lives)) {
    settle(task, nextPaymentQuestion(payment, task.held.attempts, now, deps_.policy.rules), {});
    return changes_.apply(payment, application(std::move(*fact), {}));
  }
  changes_.apply(payment, application(std::move(*fact), task));
}

// The bank says that an account was paid, but not how much. Its report does: that of the last hour (kLastHour instead of
// days), for it was most likely paid just now, then those of whole days.
void PaymentState::findInReport(const PaymentRecord& payment, const PaymentTask& task, int daysAgo) {
  const auto now = deps_.environment.clock.now();
  const TimePoint today = jakartaDayStart(now);
  const bool lastHour = daysAgo == kLastHour;
  const TimePoint from =
      lastHour ? std::max<TimePoint>(today, now - std::chrono::hours{1}) : today - std::chrono::days{daysAgo};
  if (daysAgo > kMostReportDays || from + std::chrono::days{1} <= payment.createdAt) {
    logWarning("payment.amountUnknown", "The bank calls a payment paid, and no report says how much",
               {{"payment", payment.id.toString()}});
    return putOff(task, "paid, but no report says how much");
  }
  auto order = bankOrderOf(payment, BankOperation::report);
  order.from = from;
  order.to = std::min(now, from + std::chrono::days{1} - std::chrono::seconds{1});
  askBank(
      payment.id, std::move(order), deps_.policy.bankLimit,
      [this, payment, task, daysAgo](BankAnswer& answer) {
        if (answer.outcome != BankOutcome::ok) {
          return putOff(task, answer.message);
        }
        const auto row = std::find_if(answer.report.begin(), answer.report.end(), [&](const BankCredit& one) {
          return one.vaNumber == payment.vaNumber &&
                 (one.gatewayRef.empty() || one.gatewayRef == payment.gatewayRef);
        });
        if (row == answer.report.end()) {
          return findInReport(payment, task, daysAgo + 1);
        }
        changes_.apply(payment, application({.kind = PaymentFactKind::money,
                                             .credit = *row,
                                             .cause = row->reference,
                                             .detail = formatMoney(row->amount) + " by the bank's report"},
                                            task));
      });
}

void PaymentState::workOnRemove(const PaymentRecord& payment, const PaymentTask& task) {
  const bool ended = payment.status != PaymentStatus::created && payment.status != PaymentStatus::pending;
  if (payment.gatewayState == GatewayState::closed || (ended && payment.paidMinor > 0)) {
    return settle(task, std::nullopt, {});
  }
  if (payment.method == PaymentMethod::briQris) {
    // A code cannot be removed; one that was never made needs not be.
    return changes_.apply(payment, application({.kind = PaymentFactKind::removed, .actor = "system"}, task));
  }
  askBank(payment, BankOperation::remove, deps_.policy.bankLimit, [this, payment, task](BankAnswer& answer) {
    if (answer.outcome == BankOutcome::unknown) {
      return putOff(task, answer.message);
    }
    if (answer.state == BankState::paid) {
      storeOwn(
          self, deps_.storageTimeout, deps_.storage,
          PlanPaymentWork{payment.id, {PaymentWorkKind::ask, deps_.environment.clock.now()}},
          [this, task](bool& /*there*/) { settle(task, std::nullopt, "it was paid"); },
          [this, task](const Fault& fault) { probe_->note(fault); });
      return;
    }
    if (answer.state != BankState::ended && answer.state != BankState::missing) {
      return putOff(task, answer.message);
    }
    changes_.apply(payment, application({.kind = PaymentFactKind::removed,
                                         .wasOpen = payment.gatewayState == GatewayState::open,
                                         .actor = "system",
                                         .detail = answer.message},
                                        task));
  });
}

}  // namespace ks
