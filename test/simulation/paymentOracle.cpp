#include "test/simulation/paymentOracle.hpp"

#include <algorithm>
#include <set>
#include <string>

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
      {PaymentStatus::failed, {PaymentStatus::paid, PaymentStatus::review}}};
  const auto found = moves.find(from);
  return from == to || (found != moves.end() && found->second.contains(to));
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

/// Each credit of the bank is booked once, with its amount, and nothing else is.
void checkMoney(PaymentWorld& world, const PaymentRecord& payment) {
  std::int64_t received = 0;
  for (const auto& [credit, description] : world.bank->receivedFor(payment.description)) {
    received += credit.amount.minor;
    const auto booked =
        world.database->ledger.find("credit:" + payment.id.toString() + ":" + credit.reference);
    if (booked == world.database->ledger.end()) {
      world.ledger.violate("the credit " + credit.reference + " of " + payment.merchantRef +
                           " is not booked");
    } else if (booked->second.entries["bank:bri:clearing"] != credit.amount.minor) {
      world.ledger.violate("the credit " + credit.reference + " is booked with another amount");
    }
  }
  if (payment.paidMinor + payment.suspenseMinor != received) {
    world.ledger.violate(payment.merchantRef + " has " +
                         std::to_string(payment.paidMinor + payment.suspenseMinor) + ", the bank has " +
                         std::to_string(received));
  }
  if (received > 0 && payment.status != PaymentStatus::paid && payment.status != PaymentStatus::review) {
    world.ledger.violate(payment.merchantRef + " has money and is " + paymentStatusName(payment.status));
  }
  if (payment.status == PaymentStatus::paid && payment.paidMinor != payment.amount.minor) {
    world.ledger.violate(payment.merchantRef + " is paid, but not with its amount");
  }
}

void checkLedger(PaymentWorld& world) {
  std::map<std::string, std::int64_t> balances;
  for (const auto& [key, transaction] : world.database->ledger) {
    std::int64_t total = 0;
    for (const auto& [account, minor] : transaction.entries) {
      total += minor;
      balances[account] += minor;
    }
    if (total != 0) {
      world.ledger.violate("the ledger transaction " + key + " does not add up to zero");
    }
  }
  std::int64_t received = 0;
  std::int64_t paid = 0;
  std::int64_t suspense = 0;
  for (const auto& [credit, description] : world.bank->received()) {
    received += credit.amount.minor;
  }
  for (const auto& [id, payment] : world.database->payments) {
    paid += payment.paidMinor;
    suspense += payment.suspenseMinor;
  }
  if (world.database->ledger.size() != world.bank->received().size()) {
    world.ledger.violate(std::to_string(world.bank->received().size()) + " credits at the bank are " +
                         std::to_string(world.database->ledger.size()) + " in the ledger");
  }
  if (balances["bank:bri:clearing"] != received || balances["merchant:payable"] != -paid ||
      balances["suspense:unmatched"] != -suspense) {
    world.ledger.violate("the balances of the ledger are not those of the bank and the payments");
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
    const auto money = payment.paidMinor + payment.suspenseMinor;
    if (payment.version < before.version || money < before.money) {
      world.ledger.violate(payment.merchantRef + " has lost money or changes");
    }
    if (before.paid && payment.status != PaymentStatus::paid) {
      world.ledger.violate(payment.merchantRef + " was paid and is " + paymentStatusName(payment.status));
    }
    before = {payment.version, money, payment.status == PaymentStatus::paid};
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
    for (const auto& [credit, description] : world.bank->receivedFor(payment.description)) {
      if (payment.status == PaymentStatus::expired && seen && credit.at < payment.expiresAt) {
        world.ledger.violate(payment.merchantRef + " expired, but was paid in time by " + credit.reference);
      }
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
    checkMoney(world, payment);
  }
  checkLedger(world);
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
