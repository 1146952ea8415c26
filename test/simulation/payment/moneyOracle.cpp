#include "test/simulation/payment/moneyOracle.hpp"

#include <algorithm>
#include <optional>
#include <set>

namespace ks::sim {
namespace {

constexpr const char* kClearingAccount = "bank:bri:clearing";
constexpr const char* kPayableAccount = "merchant:payable";
constexpr const char* kInTransitAccount = "refunds:in_transit";
constexpr const char* kSuspenseAccount = "suspense:unmatched";

std::int64_t entryOf(const MemoryDatabase::LedgerTransaction& transaction, const char* account) {
  const auto entry = transaction.entries.find(account);
  return entry == transaction.entries.end() ? 0 : entry->second;
}

/// Debit of this account less its credit; nothing: there is no such transaction.
std::optional<std::int64_t> booked(const PaymentWorld& world, const std::string& key, const char* account) {
  const auto found = world.database->ledger.find(key);
  return found == world.database->ledger.end() ? std::nullopt
                                               : std::optional(entryOf(found->second, account));
}

/// The same of all transactions whose keys begin so.
std::int64_t bookedInAll(const PaymentWorld& world, const std::string& prefix, const char* account) {
  std::int64_t total = 0;
  const auto& ledger = world.database->ledger;
  for (auto place = ledger.lower_bound(prefix); place != ledger.end() && place->first.starts_with(prefix);
       ++place) {
    total += entryOf(place->second, account);
  }
  return total;
}

std::size_t countKeys(const PaymentWorld& world, const std::string& prefix) {
  return static_cast<std::size_t>(
      std::count_if(world.database->ledger.begin(), world.database->ledger.end(),
                    [&prefix](const auto& entry) { return entry.first.starts_with(prefix); }));
}

bool hasEvent(const PaymentWorld& world, const PaymentRecord& payment, const char* type) {
  const auto& events = world.database->paymentEvents.at(payment.id);
  return std::any_of(events.begin(), events.end(),
                     [type](const PaymentEventRecord& event) { return event.type == type; });
}

/// Each credit of the bank is booked once, with its amount.
void checkCredits(PaymentWorld& world, const PaymentRecord& payment) {
  const auto id = payment.id.toString();
  std::int64_t received = 0;
  for (const auto& money : world.bank->receivedFor(payment.description)) {
    received += money.credit.amount.minor;
    if (booked(world, "credit:" + id + ":" + money.credit.reference, kClearingAccount) !=
        money.credit.amount.minor) {
      world.ledger.violate("the credit " + money.credit.reference + " of " + payment.merchantRef +
                           " is not booked with its amount");
    }
  }
  const auto here =
      payment.paidMinor + payment.suspenseMinor + bookedInAll(world, "return:" + id + ":", kSuspenseAccount);
  if (here != received) {
    world.ledger.violate(payment.merchantRef + " has " + std::to_string(here) + ", the bank has " +
                         std::to_string(received));
  }
  const bool withMoney = payment.status == PaymentStatus::paid || payment.status == PaymentStatus::review ||
                         payment.status == PaymentStatus::partiallyRefunded ||
                         payment.status == PaymentStatus::refunded ||
                         payment.status == PaymentStatus::reversed;
  if (withMoney != (received > 0)) {
    world.ledger.violate(payment.merchantRef + " has " + std::to_string(received) + " at the bank and is " +
                         paymentStatusName(payment.status));
  }
  if (payment.status == PaymentStatus::paid && payment.paidMinor != payment.amount.minor &&
      !hasEvent(world, payment, "accepted")) {
    world.ledger.violate(payment.merchantRef + " is paid, but not with its amount");
  }
  if (payment.status == PaymentStatus::refunded && payment.refundedMinor != payment.paidMinor) {
    world.ledger.violate(payment.merchantRef + " is refunded, but not all of it");
  }
  if ((payment.status == PaymentStatus::reversed) != world.bank->hasTakenBack(payment.description)) {
    world.ledger.violate(payment.merchantRef + " is " + paymentStatusName(payment.status) +
                         ", which is not what the bank did");
  }
}

/// A refund is set aside once and ends once.
void checkRefund(PaymentWorld& world, const RefundRecord& refund) {
  const auto id = refund.id.toString();
  const auto minor = refund.amount.minor;
  const bool done = refund.status == RefundStatus::succeeded;
  const bool failed = refund.status == RefundStatus::failed;
  const auto only = [minor](bool holds, std::int64_t sign) {
    return holds ? std::optional(sign * minor) : std::nullopt;
  };
  if (booked(world, "refund:" + id, kInTransitAccount) != only(true, -1) ||
      booked(world, "refund_done:" + id, kInTransitAccount) != only(done, 1) ||
      booked(world, "refund_failed:" + id, kInTransitAccount) != only(failed, 1)) {
    world.ledger.violate("the movements of the refund " + id + " are not those of one that " +
                         refundStatusName(refund.status));
  }
  if (done == refund.bankReference.empty()) {
    world.ledger.violate("the refund " + id + " has the wrong reference of the bank");
  }
  const auto& paid = world.bank->refunds();
  const auto atBank = paid.find(refund.reference);
  if (refund.mode == RefundMode::api && done != (atBank != paid.end())) {
    world.ledger.violate("the refund " + id + " " + refundStatusName(refund.status) +
                         ", which is not what the bank did");
  }
  if (atBank != paid.end() &&
      (atBank->second.minor != minor ||
       atBank->second.bankRef != world.database->payments.at(refund.paymentId).bankRef)) {
    world.ledger.violate("the bank has paid the refund " + id + " otherwise");
  }
}

/// What the bank has given back is a refund of ours.
void checkRefundsOfBank(PaymentWorld& world) {
  std::map<std::string, int> ours;
  for (const auto& [id, refund] : world.database->refunds) {
    checkRefund(world, refund);
    ++ours[refund.reference];
  }
  for (const auto& [reference, refund] : world.bank->refunds()) {
    if (ours[reference] != 1) {
      world.ledger.violate("the bank has paid a refund that nobody asked for: " + reference);
    }
  }
}

/// A notice is in the inbox, answered, only with its money.
void checkNotices(PaymentWorld& world) {
  for (const auto& [name, row] : world.database->bankNotices) {
    const auto key = "credit:" + row.received.paymentId.toString() + ":" + row.received.dedupKey;
    if (!row.answer || !booked(world, key, kClearingAccount)) {
      world.ledger.violate("the notice of " + row.received.dedupKey + " has no answer or no money");
    }
  }
}

/// Money that belongs to no payment is booked once, and given back once if somebody decided it.
std::int64_t checkOrphans(PaymentWorld& world) {
  std::int64_t waiting = 0;
  std::size_t orphans = 0;
  for (const auto& money : world.bank->receivedFor({})) {
    const auto minor = money.credit.amount.minor;
    const auto& reference = money.credit.reference;
    ++orphans;
    const auto returned = booked(world, "orphan_return:" + reference, kSuspenseAccount);
    if (booked(world, "orphan:" + reference, kClearingAccount) != minor ||
        returned.value_or(minor) != minor) {
      world.ledger.violate("the orphan " + reference + " is not booked with its amount");
    }
    waiting += returned ? 0 : minor;
  }
  if (countKeys(world, "orphan:") != orphans) {
    world.ledger.violate("there are more orphans in the ledger than at the bank");
  }
  return waiting;
}

}  // namespace

void checkBooks(PaymentWorld& world) {
  std::map<std::string, std::int64_t> balances;
  std::int64_t all = 0;
  for (const auto& [key, transaction] : world.database->ledger) {
    std::int64_t total = 0;
    for (const auto& [account, minor] : transaction.entries) {
      total += minor;
      balances[account] += minor;
    }
    all += total;
    if (total != 0) {
      world.ledger.violate("the ledger transaction " + key + " does not add up to zero");
    }
  }
  std::int64_t payable = 0;
  std::int64_t suspense = 0;
  std::int64_t inTransit = 0;
  for (const auto& [id, payment] : world.database->payments) {
    checkCredits(world, payment);
    suspense += payment.suspenseMinor;
    inTransit += payment.refundingMinor;
    payable += payment.status == PaymentStatus::reversed
                   ? 0
                   : payment.paidMinor - payment.refundedMinor - payment.refundingMinor;
  }
  checkRefundsOfBank(world);
  checkNotices(world);
  suspense += checkOrphans(world);
  const auto orphans = world.bank->receivedFor({}).size();
  if (countKeys(world, "credit:") != world.bank->received().size() - orphans) {
    world.ledger.violate("the ledger has credits that the bank has not");
  }
  const auto expect = [&](const char* account, std::int64_t minor) {
    if (balances[account] != minor) {
      world.ledger.violate(std::string{account} + " has " + std::to_string(balances[account]) +
                           " and should have " + std::to_string(minor));
    }
  };
  expect(kClearingAccount, world.bank->balance());
  expect(kPayableAccount, -payable);
  expect(kInTransitAccount, -inTransit);
  expect(kSuspenseAccount, -suspense);
  if (all != 0) {
    world.ledger.violate("the ledger does not add up to zero");
  }
}

void checkReconciled(PaymentWorld& world, TimePoint since) {
  const auto& database = *world.database;
  std::map<std::string, int> orphans;
  std::map<Uuid, int> missed;
  for (const auto& [id, item] : database.reconciliationItems) {
    if (item.what == ReconciliationClass::orphanCredit) {
      ++orphans[item.reference];
    }
    const bool gone = item.what == ReconciliationClass::paidHereNotAtBank ||
                      item.what == ReconciliationClass::reversedAtBank;
    if (!gone || item.seenAt < since) {
      continue;
    }
    ++missed[item.paymentId];
    const auto& payment = database.payments.at(item.paymentId);
    // Of a code that was paid twice the bank tells as if it had been paid once.
    const bool twice = world.bank->receivedFor(payment.description).size() > 1 && payment.refundedMinor > 0;
    if (!world.bank->hasTakenBack(payment.description) && !twice) {
      world.ledger.violate(payment.merchantRef + " is said to be " + reconciliationClassName(item.what) +
                           ", but the bank has its money");
    }
  }
  for (const auto& [id, payment] : database.payments) {
    if (world.bank->hasTakenBack(payment.description) && missed[id] == 0) {
      world.ledger.violate("nobody has found that the bank took the money of " + payment.merchantRef +
                           " back");
    }
  }
  for (const auto& money : world.bank->receivedFor({})) {
    if (orphans[money.credit.reference] != 1) {
      world.ledger.violate("the orphan " + money.credit.reference + " was not found");
    }
  }
  for (const auto& [id, planned] : database.reconciliationRuns) {
    if (planned.run.status == ReconciliationStatus::failed) {
      world.ledger.violate("the run " + planned.run.slot + " was given up: " + planned.run.error);
    }
  }
}

void checkWindows(PaymentWorld& world, TimePoint until) {
  constexpr std::chrono::minutes kSlot{15};
  constexpr std::chrono::minutes kPlanned{5};
  constexpr std::chrono::seconds kSecond{1};
  auto first = until;
  for (const auto& [id, payment] : world.database->payments) {
    first = std::min(first, payment.createdAt);
  }
  std::set<TimePoint> planned;
  for (const auto& [id, each] : world.database->reconciliationRuns) {
    if (each.run.kind == ReconciliationKind::window) {
      planned.insert(each.run.to + kSecond);
    }
  }
  const auto before = first.time_since_epoch() % kSlot;
  for (auto slot = first - before + kSlot; slot + kPlanned < until; slot += kSlot) {
    if (slot > first + 2 * kSecond && !planned.contains(slot)) {
      world.ledger.violate("a quarter of an hour was not compared with the bank");
    }
  }
}

BookedState BookedState::of(const PaymentWorld& world) {
  BookedState state;
  for (const auto& [id, payment] : world.database->payments) {
    state.versions[id.toString()] = payment.version;
  }
  for (const auto& [id, item] : world.database->reconciliationItems) {
    state.versions[id.toString()] = static_cast<std::int64_t>(item.status);
  }
  state.movements = world.database->ledger.size();
  return state;
}

}  // namespace ks::sim
