#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "core/invariant.hpp"
#include "persistence/memory/ledgerRules.hpp"
#include "persistence/memory/memoryCalls.hpp"
#include "persistence/memory/memoryRules.hpp"
#include "persistence/memory/paymentWorkRules.hpp"

namespace ks {
namespace {

constexpr std::uint64_t kCustomerStep = 7'368'787'811;
constexpr std::uint64_t kCustomerNumbers = 10'000'000'000;
constexpr std::size_t kCustomerDigits = 10;
constexpr std::array<std::string_view, 4> kLedgerAccounts{"bank:bri:clearing", "merchant:payable",
                                                          "refunds:in_transit", "suspense:unmatched"};

/// Counted up and scattered over all numbers of ten digits, each once.
std::string takeCustomerNumber(MemoryDatabase& database) {
  database.lastCustomerNumber = (database.lastCustomerNumber + kCustomerStep) % kCustomerNumbers;
  const auto digits = std::to_string(database.lastCustomerNumber);
  return std::string(kCustomerDigits - digits.size(), '0') + digits;
}

/// Whether another payment has what the unique indexes let only one have.
bool hasNumbersOfAnother(const MemoryDatabase& database, const PaymentRecord& payment) {
  return std::any_of(database.payments.begin(), database.payments.end(), [&](const auto& entry) {
    const auto& other = entry.second;
    return other.id != payment.id && (other.gatewayRef == payment.gatewayRef ||
                                      (!payment.vaNumber.empty() && other.vaNumber == payment.vaNumber));
  });
}

bool hasMerchantRefOfAnother(const MemoryDatabase& database, const PaymentRecord& payment) {
  return std::any_of(database.payments.begin(), database.payments.end(), [&](const auto& entry) {
    return entry.second.createdBy == payment.createdBy && entry.second.merchantRef == payment.merchantRef;
  });
}

CreatedPayment repeatedCreation(const MemoryDatabase& database, MemoryDatabase::PaymentKey& key,
                                const CreatePayment& creation) {
  if (key.fingerprint != creation.idempotency.fingerprint) {
    return {CreatePaymentOutcome::otherRequest, {}, {}};
  }
  if (!key.answer && key.lockedUntil <= creation.payment.createdAt) {
    key.answer = database.payments.at(key.paymentId);
  }
  if (!key.answer) {
    return {CreatePaymentOutcome::inProgress, {}, {}};
  }
  return {CreatePaymentOutcome::replayed, *key.answer, {}};
}

/// The CHECK constraints of the table.
void ensurePaymentHolds(const PaymentRecord& payment) {
  const bool paid = payment.status == PaymentStatus::paid ||
                    payment.status == PaymentStatus::partiallyRefunded ||
                    payment.status == PaymentStatus::reversed;
  ensure(!paid || payment.paidMinor > 0, "a paid payment has money");
  ensure((payment.paidMinor > 0) == payment.paidAt.has_value(), "money of a payment has a time");
  ensure(payment.paidMinor >= 0 && payment.suspenseMinor >= 0, "a payment has no negative money");
  ensure(payment.refundedMinor >= 0 && payment.refundingMinor >= 0 &&
             payment.refundedMinor + payment.refundingMinor <= payment.paidMinor,
         "no more is refunded than was paid");
}

bool hasReferencesOfAnotherRefund(const MemoryDatabase& database, const RefundRecord& refund) {
  return std::any_of(database.refunds.begin(), database.refunds.end(), [&](const auto& entry) {
    const auto& other = entry.second;
    return other.reference == refund.reference || (other.idempotency.scope == refund.idempotency.scope &&
                                                   other.idempotency.key == refund.idempotency.key);
  });
}

/// A new one, or what has become of a known one.
void storeRefund(MemoryDatabase& database, const RefundRecord& refund) {
  ensure(refund.amount.minor > 0, "a refund is of more than nothing");
  ensure(database.payments.contains(refund.paymentId), "a refund is of a payment");
  auto& stored = database.refunds.try_emplace(refund.id, refund).first->second;
  stored.status = refund.status;
  stored.bankReference = refund.bankReference;
  stored.error = refund.error;
  stored.updatedAt = refund.updatedAt;
}

/// Whether the inbox has the notice, or the day its external id.
bool isKnownNotice(const MemoryDatabase& database, const ReceiveBankNotice& notice) {
  return std::any_of(database.bankNotices.begin(), database.bankNotices.end(), [&](const auto& entry) {
    const auto& other = entry.second.received;
    return other.service == notice.service &&
           (other.dedupKey == notice.dedupKey ||
            (other.day == notice.day && other.externalId == notice.externalId));
  });
}

void storeAnswered(MemoryDatabase& database, const AnsweredBankNotice& told, const Uuid& paymentId,
                   TimePoint now) {
  MemoryDatabase::BankNoticeRow row{told.notice, told.notice.id, now, told.answer, now};
  row.received.paymentId = paymentId;
  row.received.now = now;
  database.bankNotices.emplace(std::pair(told.notice.service, told.notice.dedupKey), std::move(row));
}

bool isLedgerAccount(const std::string& code) {
  return std::find(kLedgerAccounts.begin(), kLedgerAccounts.end(), code) != kLedgerAccounts.end();
}

void answerKeys(MemoryDatabase& database, const PaymentRecord& payment) {
  for (auto& [name, key] : database.paymentKeys) {
    if (key.paymentId == payment.id && !key.answer) {
      key.answer = payment;
    }
  }
}

}  // namespace

void memoryRules::bookMovement(MemoryDatabase& database, const Uuid& paymentId,
                               const LedgerMovement& movement, TimePoint at) {
  MemoryDatabase::LedgerTransaction transaction{paymentId, movement.kind, at};
  transaction.entries[movement.debit] += movement.minor;
  transaction.entries[movement.credit] -= movement.minor;
  std::int64_t total = 0;
  for (const auto& [account, minor] : transaction.entries) {
    ensure(isLedgerAccount(account), "an entry is of an account of the ledger");
    ensure(minor != 0, "an entry of the ledger moves something");
    total += minor;
  }
  ensure(total == 0 && transaction.entries.size() >= 2, "a ledger transaction adds up to zero");
  database.ledger.emplace(movement.key, std::move(transaction));
}

Result<CreatedPayment> runInMemory(MemoryDatabase& database, const CreatePayment& creation) {
  const auto& idempotency = creation.idempotency;
  const std::pair name(idempotency.scope, idempotency.key);
  auto payment = creation.payment;
  const auto known = database.paymentKeys.find(name);
  if (known != database.paymentKeys.end() && known->second.paymentId != payment.id) {
    return repeatedCreation(database, known->second, creation);
  }
  const auto open = std::count_if(database.payments.begin(), database.payments.end(), [&](const auto& entry) {
    return entry.second.userId == payment.userId &&
           (entry.second.status == PaymentStatus::created || entry.second.status == PaymentStatus::pending);
  });
  if (known == database.paymentKeys.end() && creation.mostOpen > 0 &&
      static_cast<std::size_t>(open) >= creation.mostOpen) {
    return CreatedPayment{CreatePaymentOutcome::tooManyOpen, {}, {}};
  }
  if (database.payments.contains(payment.id) || hasNumbersOfAnother(database, payment)) {
    return makeFault(ErrorCode::conflict, "the payment or its reference exists");
  }
  if (hasMerchantRefOfAnother(database, payment)) {
    return CreatedPayment{CreatePaymentOutcome::merchantRefTaken, {}, {}};
  }
  const auto now = payment.createdAt;
  payment.status = PaymentStatus::created;
  payment.gatewayState = GatewayState::asked;
  payment.version = 1;
  payment.updatedAt = now;
  if (!payment.vaNumber.empty()) {
    payment.vaNumber += takeCustomerNumber(database);
  }
  database.payments.emplace(payment.id, payment);
  database.paymentEvents[payment.id].push_back({1,
                                                "created",
                                                PaymentStatus::created,
                                                PaymentStatus::created,
                                                creation.actor,
                                                creation.cause,
                                                {},
                                                now});
  auto& key = database.paymentKeys
                  .emplace(name, MemoryDatabase::PaymentKey{idempotency.fingerprint, payment.id,
                                                            creation.lockedUntil})
                  .first->second;
  if (creation.answered) {
    key.answer = payment;
  }
  const auto work = ++database.lastPaymentWork;
  const std::uint32_t attempts = creation.leaseUntil ? 1 : 0;
  database.paymentWork.emplace(
      work, MemoryDatabase::PlannedPaymentWork{payment.id, PaymentWorkKind::create,
                                               creation.leaseUntil.value_or(now), attempts});
  memoryRules::noteAudit(database, creation.audit);
  return CreatedPayment{CreatePaymentOutcome::created, std::move(payment),
                        creation.leaseUntil ? HeldWork{work, attempts} : HeldWork{}};
}

Result<ChangedPayment> runInMemory(MemoryDatabase& database, const ChangePayment& change) {
  const auto& after = change.after;
  const auto found = database.payments.find(after.id);
  if (found == database.payments.end()) {
    return ErrorCode::paymentNotFound;
  }
  auto& payment = found->second;
  if (change.movement && database.ledger.contains(change.movement->key)) {
    return ChangedPayment{ChangePaymentOutcome::booked, payment};
  }
  if (payment.version != after.version) {
    return ChangedPayment{ChangePaymentOutcome::moved, payment};
  }
  if (hasNumbersOfAnother(database, after)) {
    return makeFault(ErrorCode::conflict, "another payment has the account or the reference");
  }
  if (change.refund && !database.refunds.contains(change.refund->id) &&
      hasReferencesOfAnotherRefund(database, *change.refund)) {
    return makeFault(ErrorCode::conflict, "another refund has the key or the reference");
  }
  if (change.notice && isKnownNotice(database, change.notice->notice)) {
    return ChangedPayment{ChangePaymentOutcome::noticeKnown, {}};
  }
  ensurePaymentHolds(after);
  if (change.movement) {
    memoryRules::bookMovement(database, payment.id, *change.movement, change.now);
  }
  auto changed = after;  // but what a payment was created with stays
  changed.userId = payment.userId;
  changed.createdBy = payment.createdBy;
  changed.merchantRef = payment.merchantRef;
  changed.method = payment.method;
  changed.amount = payment.amount;
  changed.description = payment.description;
  changed.customerName = payment.customerName;
  changed.createdAt = payment.createdAt;
  changed.updatedAt = change.now;
  ++changed.version;
  payment = std::move(changed);
  auto event = change.event;
  event.seq = payment.version;
  event.to = payment.status;
  event.at = change.now;
  database.paymentEvents[payment.id].push_back(std::move(event));
  if (change.refund) {
    storeRefund(database, *change.refund);
  }
  if (const auto held = memoryRules::heldPaymentWork(database, change.finished);
      held != database.paymentWork.end() && held->second.paymentId == payment.id) {
    database.paymentWork.erase(held);
  }
  if (change.work) {
    memoryRules::planPaymentWork(database, payment.id, *change.work);
  }
  if (change.notice) {
    storeAnswered(database, *change.notice, payment.id, change.now);
  }
  if (change.answersKey) {
    answerKeys(database, payment);
  }
  memoryRules::noteAudit(database, change.audit);
  return ChangedPayment{ChangePaymentOutcome::changed, payment};
}

Result<std::optional<PaymentRecord>> runInMemory(MemoryDatabase& database, const AnswerCreation& creation) {
  using Out = std::optional<PaymentRecord>;
  if (const auto payment = database.payments.find(creation.paymentId); payment != database.payments.end()) {
    answerKeys(database, payment->second);
  }
  for (const auto& [name, key] : database.paymentKeys) {
    if (key.paymentId == creation.paymentId) {
      return Out(key.answer);
    }
  }
  return Out();
}

}  // namespace ks
