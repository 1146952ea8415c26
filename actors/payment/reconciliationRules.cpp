#include "actors/payment/reconciliationRules.hpp"

#include <algorithm>
#include <utility>

#include "core/payment/jakartaTime.hpp"
#include "core/text/timeText.hpp"

namespace ks {
namespace {

/// A window reaches back over more than one slot, so that what a slot missed the next one finds.
constexpr std::chrono::minutes kWindow{75};
/// The bank's books of a day are complete.
constexpr std::chrono::hours kDayIsReady{2};
constexpr int kMostDaysBack = 7;
constexpr std::chrono::seconds kSecond{1};

ReconciliationRun windowOf(TimePoint slot) {
  ReconciliationRun run;
  run.kind = ReconciliationKind::window;
  run.slot = "window:" + formatTime(slot);
  run.to = slot - kSecond;
  run.from = std::max<TimePoint>(slot - kWindow, jakartaDayStart(run.to));
  return run;
}

ReconciliationRun dayRunOf(TimePoint dayStart) {
  ReconciliationRun run;
  run.kind = ReconciliationKind::day;
  run.slot = "day:" + jakartaDay(dayStart);
  run.from = dayStart;
  run.to = dayStart + std::chrono::days{1} - kSecond;
  return run;
}

ReconciliationItem itemOf(ReconciliationClass what, std::string reference) {
  ReconciliationItem item;
  item.what = what;
  item.reference = std::move(reference);
  return item;
}

ReconciliationItem itemOfPaid(ReconciliationClass what, const PaymentRecord& payment, std::string detail) {
  auto item = itemOf(what, payment.paidReference);
  item.paymentId = payment.id;
  item.vaNumber = payment.vaNumber;
  item.bookedMinor = payment.paidMinor;
  item.detail = std::move(detail);
  return item;
}

/// Whether the payment is paid by just this money.
bool settlesPayment(const PaymentRecord& payment, const BankCredit& credit, bool reviewLate) {
  const bool waits = payment.status == PaymentStatus::created || payment.status == PaymentStatus::pending;
  const bool ended = payment.status == PaymentStatus::expired || payment.status == PaymentStatus::cancelled ||
                     payment.status == PaymentStatus::failed;
  return credit.amount == payment.amount && (waits || (ended && !reviewLate));
}

}  // namespace

std::vector<ReconciliationRun> dueReconciliations(TimePoint now, std::chrono::seconds every) {
  std::vector<ReconciliationRun> due;
  if (every.count() <= 0) {
    return due;
  }
  const auto sinceEpoch = std::chrono::duration_cast<std::chrono::seconds>(now.time_since_epoch());
  due.push_back(windowOf(TimePoint{sinceEpoch - sinceEpoch % every}));
  const TimePoint today = jakartaDayStart(now);
  const int newest = now < today + kDayIsReady ? 2 : 1;
  for (int back = newest; back < newest + kMostDaysBack; ++back) {
    due.push_back(dayRunOf(today - std::chrono::days{back}));
  }
  return due;
}

CreditVerdict judgeCredit(const BankCredit& credit, const MatchedCredit& known, bool reviewLate) {
  CreditVerdict verdict;
  const bool booked = known.payment && known.bookedMinor == credit.amount.minor;
  // More than was to be paid, which waits for a decision, whoever told of it.
  const bool waits = booked && known.payment->paidMinor > 0 && known.payment->suspenseMinor > 0 &&
                     known.payment->paidReference != credit.reference;
  if (booked && !waits) {
    verdict.matches = true;
    return verdict;
  }
  auto item = itemOf(ReconciliationClass::orphanCredit, credit.reference);
  item.vaNumber = credit.vaNumber;
  item.bankMinor = credit.amount.minor;
  if (!known.payment) {
    item.detail = "no payment has this account";
  } else {
    const auto& payment = *known.payment;
    item.paymentId = payment.id;
    item.bookedMinor = known.bookedMinor.value_or(0);
    verdict.booksNow = !known.bookedMinor;
    if (waits) {
      item.what = ReconciliationClass::duplicateCredit;
      item.detail = "the payment was paid before; this waits for a decision";
    } else if (known.bookedMinor) {
      item.what = ReconciliationClass::amountMismatch;
      item.detail = "another amount is booked for this reference";
    } else if (settlesPayment(payment, credit, reviewLate)) {
      item.what = ReconciliationClass::missingNotification;
      item.status = ReconciliationItemStatus::healed;
      item.detail = "booked by the bank's report";
    } else if (payment.paidMinor > 0 || payment.suspenseMinor > 0) {
      item.what = ReconciliationClass::duplicateCredit;
      item.detail = "the payment has money already; this waits for a decision";
    } else {
      item.what = ReconciliationClass::amountMismatch;
      item.detail = "the payment is " + std::string(paymentStatusName(payment.status)) + ", of " +
                    formatMoney(payment.amount) + "; this waits for a decision";
    }
  }
  verdict.item = std::move(item);
  return verdict;
}

ReconciliationItem unclearCredit(std::string reference, std::string detail) {
  auto item = itemOf(ReconciliationClass::unclearCredit, std::move(reference));
  item.detail = std::move(detail);
  return item;
}

std::optional<PaidVerdict> judgePaid(const PaymentRecord& payment, const BankAnswer& answer,
                                     std::int64_t refundedByBank) {
  if (answer.outcome == BankOutcome::unknown) {
    return std::nullopt;
  }
  switch (answer.state) {
    case BankState::paid:
      return PaidVerdict{};
    case BankState::refunded:
      // What the code was paid with; an administrator may have accepted more since. What a person has paid back, the bank
      // knows nothing of.
      if (refundedByBank >= payment.amount.minor) {
        return PaidVerdict{};
      }
      return PaidVerdict{itemOfPaid(ReconciliationClass::reversedAtBank, payment,
                                    "the bank has given the money back; here it is not refunded")};
    case BankState::unpaid:
    case BankState::missing:
    case BankState::ended:
      return PaidVerdict{
          itemOfPaid(ReconciliationClass::paidHereNotAtBank, payment,
                     "the bank says that it is not paid: " + answer.code + " " + answer.message)};
    case BankState::none:
    case BankState::duplicate:
      break;
  }
  return std::nullopt;
}

}  // namespace ks
