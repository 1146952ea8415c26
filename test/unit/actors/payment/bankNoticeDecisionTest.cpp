#include <catch2/catch_test_macros.hpp>

#include "actors/payment/bankNoticeActor.hpp"
#include "test/unit/actors/payment/paymentFacts.hpp"

// What decides about money that the bank gives back when it is refused.
namespace ks {

using namespace paymentFacts;

TEST_CASE("bank notice: a customer may pay what waits for money, until it expires", "[payment]") {
  CHECK(whyNotPayable(std::nullopt, startOfPayment()) == BankNoticeCase::unknownPayment);
  for (const auto status : kEveryStatus) {
    INFO(paymentStatusName(status));
    const auto payment = paymentIn(status, GatewayState::open);
    const auto before = whyNotPayable(payment, payment.expiresAt - Milliseconds{1});
    const auto after = whyNotPayable(payment, payment.expiresAt);
    if (status == PaymentStatus::created || status == PaymentStatus::pending) {
      CHECK_FALSE(before);
      CHECK(after == BankNoticeCase::ended);
      continue;
    }
    CHECK(before == after);
    if (status == PaymentStatus::failed) {
      CHECK(before == BankNoticeCase::unknownPayment);
    } else if (status == PaymentStatus::expired || status == PaymentStatus::cancelled) {
      CHECK(before == BankNoticeCase::ended);
    } else {
      CHECK(before == BankNoticeCase::alreadyPaid);
    }
  }
}

TEST_CASE("decision: money that the bank gives back unless it is wanted is booked only where it fits",
          "[payment]") {
  for (const auto status : kEveryStatus) {
    INFO(paymentStatusName(status));
    const auto payment = paymentIn(status, GatewayState::open);
    const bool waits = status == PaymentStatus::created || status == PaymentStatus::pending;
    for (const std::int64_t minor : {kAmount, kAmount - 100}) {
      auto fact = factOf(PaymentFactKind::money);
      fact.credit = BankCredit{.reference = "SECOND", .amount = {.minor = minor}, .at = startOfPayment()};
      fact.onlyIfAwaited = true;
      const auto decision = decidePayment(payment, fact, startOfPayment(), {});
      const bool booked = waits && minor == kAmount;
      CHECK(decision.changes == booked);
      CHECK(decision.movement.has_value() == booked);
      CHECK(decision.after.paidReference == (booked ? "SECOND" : payment.paidReference));
      CHECK(decision.after.suspenseMinor == payment.suspenseMinor);
      fact.onlyIfAwaited = false;
      CHECK(decidePayment(payment, fact, startOfPayment(), {}).movement);
    }
  }
}

}  // namespace ks
