#include "test/simulation/payment/paymentOracle.hpp"

#include <algorithm>
#include <set>
#include <string>

#include "persistence/memory/ledgerRules.hpp"
#include "test/simulation/payment/moneyOracle.hpp"

namespace ks::sim {
namespace {

/// Written down apart from the code.
bool mayBecome(PaymentStatus from, PaymentStatus to) {
  static const std::map<PaymentStatus, std::set<PaymentStatus>> moves{
      {PaymentStatus::created,
       {PaymentStatus::pending, PaymentStatus::paid, PaymentStatus::review, PaymentStatus::failed,
        PaymentStatus::expired, PaymentStatus::cancelled}},
      {PaymentStatus::pending,
       {PaymentStatus::paid, PaymentStatus::review, PaymentStatus::expired, PaymentStatus::cancelled}},
      {PaymentStatus::expired, {PaymentStatus::paid, PaymentStatus::review}},
      {PaymentStatus::cancelled, {PaymentStatus::paid, PaymentStatus::review}},
      {PaymentStatus::failed, {PaymentStatus::paid, PaymentStatus::review}},
      {PaymentStatus::review, {PaymentStatus::paid, PaymentStatus::refunded}},
      {PaymentStatus::paid,
       {PaymentStatus::partiallyRefunded, PaymentStatus::refunded, PaymentStatus::reversed}},
      {PaymentStatus::partiallyRefunded, {PaymentStatus::refunded, PaymentStatus::reversed}},
      // More money came after all of it was given back, and was accepted.
      {PaymentStatus::refunded, {PaymentStatus::paid, PaymentStatus::partiallyRefunded}}};
  const auto found = moves.find(from);
  return from == to || (found != moves.end() && found->second.contains(to));
}

/// With money that is the merchant's, or was.
bool wasPaid(PaymentStatus status) {
  return status == PaymentStatus::paid || status == PaymentStatus::partiallyRefunded ||
         status == PaymentStatus::refunded || status == PaymentStatus::reversed;
}

bool waitsForMoney(const PaymentRecord& payment) {
  return payment.status == PaymentStatus::created || payment.status == PaymentStatus::pending;
}

/// The history of a payment leads, step by step, to what is stored of it.
void checkHistory(PaymentWorld& world, const PaymentRecord& payment) {
  const auto& events = world.database->paymentEvents[payment.id];
  auto status = PaymentStatus::created;
  std::int64_t seq = 0;
  for (const auto& event : events) {
    if (event.seq != ++seq || event.from != status) {
      world.ledger.violate("the events of " + payment.merchantRef + " have a gap");
    }
    if (!mayBecome(event.from, event.to)) {
      world.ledger.violate(payment.merchantRef + " went from " + paymentStatusName(event.from) + " to " +
                           paymentStatusName(event.to) + " by " + event.type);
    }
    if (event.to == PaymentStatus::failed && event.from != PaymentStatus::failed &&
        !world.bank->hasRefused(payment.description)) {
      world.ledger.violate(payment.merchantRef + " failed, but the bank never refused it");
    }
    status = event.to;
  }
  if (status != payment.status || seq != payment.version) {
    world.ledger.violate("the events of " + payment.merchantRef + " do not lead to what is stored");
  }
}

/// Whether an event since this version gave back what waited.
bool wasReturnedSince(PaymentWorld& world, const PaymentRecord& payment, std::int64_t version) {
  const auto& events = world.database->paymentEvents[payment.id];
  return std::any_of(events.begin(), events.end(), [version](const PaymentEventRecord& event) {
    return event.seq > version && event.type == "returned";
  });
}

/// What is set aside and paid back is the sum of the refunds, and never more than was paid.
void checkRefundSums(PaymentWorld& world, const PaymentRecord& payment) {
  std::int64_t refunding = 0;
  std::int64_t refunded = 0;
  for (const auto& [id, refund] : world.database->refunds) {
    if (refund.paymentId == payment.id) {
      refunding += memoryRules::isOpenRefund(refund) ? refund.amount.minor : 0;
      refunded += refund.status == RefundStatus::succeeded ? refund.amount.minor : 0;
    }
  }
  if (refunding != payment.refundingMinor || refunded != payment.refundedMinor) {
    world.ledger.violate(payment.merchantRef + " has refunds of " + std::to_string(refunding) + " open and " +
                         std::to_string(refunded) + " paid, but " + std::to_string(payment.refundingMinor) +
                         " and " + std::to_string(payment.refundedMinor) + " are noted");
  }
  if (refunding + refunded > payment.paidMinor) {
    world.ledger.violate(payment.merchantRef + " has more refunds than money");
  }
}

/// A key has one payment; what a merchant was told is this payment.
void checkKeys(PaymentWorld& world, const std::vector<PaymentClientState*>& merchants) {
  std::map<std::string, int> byReference;
  for (const auto& [id, payment] : world.database->payments) {
    ++byReference[payment.merchantRef];
  }
  for (const auto* merchant : merchants) {
    for (const auto& order : merchant->orders) {
      const auto made = byReference[order.request.merchantRef];
      if (made > 1 || (made == 0 && order.answer)) {
        world.ledger.violate("the key of " + order.request.merchantRef + " has " + std::to_string(made) +
                             " payments");
      }
    }
  }
  std::set<Uuid> ofKeys;
  for (const auto& [name, key] : world.database->paymentKeys) {
    if (!ofKeys.insert(key.paymentId).second) {
      world.ledger.violate("a payment has two keys");
    }
  }
  if (ofKeys.size() != world.database->payments.size()) {
    world.ledger.violate("a payment has no key");
  }
}

}  // namespace

void StepBooks::check(PaymentWorld& world) {
  for (const auto& [id, payment] : world.database->payments) {
    auto& before = seen_[id];
    if (before.version == payment.version) {
      continue;
    }
    const auto money = payment.paidMinor + payment.suspenseMinor;
    if (payment.version < before.version || payment.paidMinor < before.paid ||
        (money < before.money && !wasReturnedSince(world, payment, before.version))) {
      world.ledger.violate(payment.merchantRef + " has lost money or changes");
    }
    if (before.wasPaid && !wasPaid(payment.status)) {
      world.ledger.violate(payment.merchantRef + " was paid and is " + paymentStatusName(payment.status));
    }
    checkRefundSums(world, payment);
    before = {payment.version, money, payment.paidMinor, wasPaid(payment.status)};
  }
  for (std::size_t i = 0; i < 2; ++i) {
    if (!world.process(i).gaveUp.empty()) {
      world.ledger.violate("a supervisor gave up within its budget: " + world.process(i).gaveUp);
    }
  }
  if (!world.bank->complaint().empty()) {
    world.ledger.violate("the bank complains: " + world.bank->complaint());
  }
}

void checkPaymentsSettled(PaymentWorld& world) {
  for (const auto& [id, payment] : world.database->payments) {
    if (waitsForMoney(payment)) {
      world.ledger.violate(payment.merchantRef + " is " + paymentStatusName(payment.status) + ", " +
                           gatewayStateName(payment.gatewayState) + ", although its time is long over");
    }
    const bool seen = payment.method == PaymentMethod::briQris || world.bank->isOpen(payment.vaNumber, true);
    for (const auto& money : world.bank->receivedFor(payment.description)) {
      if (payment.status == PaymentStatus::expired && seen && money.credit.at < payment.expiresAt) {
        world.ledger.violate(payment.merchantRef + " expired, but was paid in time by " +
                             money.credit.reference);
      }
    }
  }
  for (const auto& [id, refund] : world.database->refunds) {
    if (refund.mode == RefundMode::api && memoryRules::isOpenRefund(refund)) {
      world.ledger.violate("the refund " + id.toString() + " is " + refundStatusName(refund.status) +
                           " although the bank answers");
    }
  }
  for (const auto& [id, work] : world.database->paymentWork) {
    world.ledger.violate(std::string{"work is left over: "} + paymentWorkName(work.kind) + " of " +
                         world.database->payments.at(work.paymentId).merchantRef + ", " + work.error);
  }
}

void checkPaymentsAtEnd(PaymentWorld& world, const std::vector<PaymentClientState*>& merchants) {
  for (const auto& [id, payment] : world.database->payments) {
    checkHistory(world, payment);
  }
  checkBooks(world);
  checkKeys(world, merchants);
  std::uint64_t restarts = 0;
  for (std::size_t i = 0; i < 2; ++i) {
    for (const auto& child : world.process(i).children) {
      restarts += world.process(i).directory.probe(child.name, "")->snapshot().restarts();
    }
  }
  if (restarts > world.killed) {
    world.ledger.violate("actors died that nobody killed");
  }
}

}  // namespace ks::sim
