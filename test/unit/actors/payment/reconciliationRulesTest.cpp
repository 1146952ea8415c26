#include "actors/payment/reconciliationRules.hpp"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <set>

#include "core/payment/jakartaTime.hpp"
#include "core/text/timeText.hpp"
#include "test/unit/actors/payment/paymentFacts.hpp"

namespace ks {
namespace {

using namespace paymentFacts;

TimePoint timeOf(const char* text) { return parseTime(text).value(); }

BankCredit creditOf(std::int64_t minor) {
  return {.reference = "R1", .amount = {minor, Currency::idr}, .at = startOfPayment(), .vaNumber = "7777712"};
}

MatchedCredit knownAs(PaymentStatus status, std::optional<std::int64_t> booked = {}) {
  return {.payment = paymentIn(status, GatewayState::open), .bookedMinor = booked};
}

BankAnswer answerOf(BankOutcome outcome, BankState state) {
  BankAnswer answer;
  answer.outcome = outcome;
  answer.state = state;
  return answer;
}

}  // namespace

TEST_CASE("reconciliation: a window ends with its slot and stays in its day in Jakarta", "[payment]") {
  const auto windowAt = [](const char* now) {
    return dueReconciliations(timeOf(now), std::chrono::minutes{15}).front();
  };
  const auto noon = windowAt("2026-11-30T12:07:31Z");
  CHECK(noon.slot == "window:" + formatTime(timeOf("2026-11-30T12:00:00Z")));
  CHECK(noon.from == timeOf("2026-11-30T10:45:00Z"));
  CHECK(noon.to == timeOf("2026-11-30T11:59:59Z"));
  const auto early = windowAt("2026-11-30T17:31:00Z");  // 00:31 in Jakarta
  CHECK(early.from == timeOf("2026-11-30T17:00:00Z"));
  CHECK(early.to == timeOf("2026-11-30T17:29:59Z"));
  const auto midnight = windowAt("2026-11-30T17:00:00Z");
  CHECK(midnight.from == timeOf("2026-11-30T15:45:00Z"));
  CHECK(midnight.to == timeOf("2026-11-30T16:59:59Z"));
  CHECK(jakartaDay(midnight.from) == jakartaDay(midnight.to));
}

TEST_CASE("reconciliation: windows of one day leave no second out", "[payment]") {
  const auto every = GENERATE(std::chrono::seconds{60}, std::chrono::seconds{900}, std::chrono::seconds{3600},
                              std::chrono::seconds{1000});
  const auto day = timeOf("2026-11-29T17:00:00Z");
  TimePoint covered = day;
  for (TimePoint now = day; now < day + std::chrono::hours{25}; now += every) {
    const auto run = dueReconciliations(now, every).front();
    CHECK(jakartaDay(run.from) == jakartaDay(run.to));
    if (run.to >= covered) {
      REQUIRE(run.from <= covered);
      covered = run.to + std::chrono::seconds{1};
    }
  }
  CHECK(covered >= day + std::chrono::hours{24});
}

TEST_CASE("reconciliation: days have their run from two in the morning in Jakarta", "[payment]") {
  const auto daysAt = [](const char* now) {
    std::vector<std::string> slots;
    for (const auto& run : dueReconciliations(timeOf(now), std::chrono::minutes{15})) {
      if (run.kind == ReconciliationKind::day) {
        CHECK(run.to - run.from == std::chrono::hours{24} - std::chrono::seconds{1});
        CHECK(run.slot == "day:" + jakartaDay(run.from));
        slots.push_back(run.slot);
      }
    }
    return slots;
  };
  CHECK(daysAt("2026-11-29T18:59:59Z").front() == "day:2026-11-28");
  const auto ready = daysAt("2026-11-29T19:00:00Z");
  CHECK(ready.front() == "day:2026-11-29");
  CHECK(ready.size() == 7);
  CHECK(std::set<std::string>(ready.begin(), ready.end()).size() == 7);
  CHECK(dueReconciliations(timeOf("2026-11-29T19:00:00Z"), std::chrono::seconds{0}).empty());
}

TEST_CASE("reconciliation: what is booked matches, in whatever state its payment is", "[payment]") {
  for (const auto status : kEveryStatus) {
    const auto verdict = judgeCredit(creditOf(kAmount), knownAs(status, kAmount), false);
    CHECK(verdict.matches);
    CHECK_FALSE(verdict.booksNow);
    CHECK_FALSE(verdict.item);
  }
}

TEST_CASE("reconciliation: what is not booked is booked, and is a difference of its kind", "[payment]") {
  const auto judged = [](PaymentStatus status, std::int64_t minor, bool reviewLate = false) {
    const auto verdict = judgeCredit(creditOf(minor), knownAs(status), reviewLate);
    CHECK_FALSE(verdict.matches);
    CHECK(verdict.booksNow);
    REQUIRE(verdict.item);
    CHECK(verdict.item->bankMinor == minor);
    CHECK(verdict.item->bookedMinor == 0);
    return verdict.item.value();
  };
  const auto healed = judged(PaymentStatus::pending, kAmount);
  CHECK(healed.what == ReconciliationClass::missingNotification);
  CHECK(healed.status == ReconciliationItemStatus::healed);
  CHECK(judged(PaymentStatus::expired, kAmount).what == ReconciliationClass::missingNotification);
  CHECK(judged(PaymentStatus::expired, kAmount, true).what == ReconciliationClass::amountMismatch);
  const auto other = judged(PaymentStatus::pending, kAmount + 100);
  CHECK(other.what == ReconciliationClass::amountMismatch);
  CHECK(other.status == ReconciliationItemStatus::open);
  CHECK(judged(PaymentStatus::paid, kAmount).what == ReconciliationClass::duplicateCredit);
  CHECK(judged(PaymentStatus::review, kAmount).what == ReconciliationClass::duplicateCredit);
}

TEST_CASE("reconciliation: another amount under a known reference is never booked again", "[payment]") {
  const auto verdict = judgeCredit(creditOf(kAmount), knownAs(PaymentStatus::paid, kAmount * 100), false);
  CHECK_FALSE(verdict.matches);
  CHECK_FALSE(verdict.booksNow);
  CHECK(verdict.item->what == ReconciliationClass::amountMismatch);
  CHECK(verdict.item->bookedMinor == kAmount * 100);
}

TEST_CASE("reconciliation: a second payment that waits is a difference, whoever has booked it", "[payment]") {
  auto known = knownAs(PaymentStatus::paid, kAmount);
  known.payment->paidReference = "the first";
  known.payment->suspenseMinor = kAmount;
  const auto verdict = judgeCredit(creditOf(kAmount), known, false);
  CHECK_FALSE(verdict.matches);
  CHECK_FALSE(verdict.booksNow);
  REQUIRE(verdict.item);
  CHECK(verdict.item->what == ReconciliationClass::duplicateCredit);
  CHECK(verdict.item->status == ReconciliationItemStatus::open);
  CHECK(verdict.item->bookedMinor == kAmount);
  known.payment->paidReference = creditOf(kAmount).reference;  // the first one itself
  CHECK(judgeCredit(creditOf(kAmount), known, false).matches);
  known.payment->paidReference = "the first";
  known.payment->suspenseMinor = 0;  // decided
  CHECK(judgeCredit(creditOf(kAmount), known, false).matches);
}

TEST_CASE("reconciliation: money of no payment is an orphan", "[payment]") {
  const auto verdict = judgeCredit(creditOf(kAmount), {}, false);
  CHECK_FALSE(verdict.booksNow);
  REQUIRE(verdict.item);
  CHECK(verdict.item->what == ReconciliationClass::orphanCredit);
  CHECK(verdict.item->paymentId.isNil());
  CHECK(verdict.item->vaNumber == "7777712");
}

TEST_CASE("reconciliation: what is paid here and not at the bank is told, not undone", "[payment]") {
  auto payment = paymentIn(PaymentStatus::paid, GatewayState::closed);
  CHECK_FALSE(judgePaid(payment, answerOf(BankOutcome::ok, BankState::paid), 0)->item);
  CHECK_FALSE(judgePaid(payment, answerOf(BankOutcome::unknown, BankState::unpaid), 0));
  CHECK_FALSE(judgePaid(payment, answerOf(BankOutcome::ok, BankState::none), 0));
  for (const auto state : {BankState::unpaid, BankState::missing, BankState::ended}) {
    const auto verdict = judgePaid(payment, answerOf(BankOutcome::refused, state), 0);
    REQUIRE(verdict);
    REQUIRE(verdict->item);
    CHECK(verdict->item->what == ReconciliationClass::paidHereNotAtBank);
    CHECK(verdict->item->reference == payment.paidReference);
    CHECK(verdict->item->bookedMinor == kAmount);
  }
  const auto refunded = answerOf(BankOutcome::ok, BankState::refunded);
  CHECK(judgePaid(payment, refunded, 0)->item->what == ReconciliationClass::reversedAtBank);
  payment.refundedMinor = kAmount;  // by hand: the bank knows nothing of it
  CHECK(judgePaid(payment, refunded, 0)->item->what == ReconciliationClass::reversedAtBank);
  CHECK(judgePaid(payment, refunded, kAmount - 100)->item->what == ReconciliationClass::reversedAtBank);
  CHECK_FALSE(judgePaid(payment, refunded, kAmount)->item);
  payment.paidMinor = 2 * kAmount;  // a second payment was accepted
  CHECK_FALSE(judgePaid(payment, refunded, kAmount)->item);
}

}  // namespace ks
