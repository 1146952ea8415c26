#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <random>

#include "actors/payment/paymentDecision.hpp"
#include "core/invariant.hpp"
#include "test/unit/actors/payment/paymentFacts.hpp"

// Money that goes back: refunds, and what administrators decide.
namespace ks {
namespace {

using namespace paymentFacts;

constexpr std::int64_t kPart = kAmount / 4;

TimePoint soon() { return startOfPayment() + std::chrono::minutes{30}; }

RefundRecord refundOf(const PaymentRecord& payment, std::uint8_t number, std::int64_t minor,
                      RefundMode mode = RefundMode::manual) {
  RefundRecord refund;
  refund.id.bytes[0] = 0xAB;
  refund.id.bytes[15] = number;
  refund.paymentId = payment.id;
  refund.amount = {minor, Currency::idr};
  refund.mode = mode;
  return refund;
}

PaymentFact refundFactOf(PaymentFactKind kind, const RefundRecord& refund) {
  auto fact = factOf(kind);
  fact.refund = refund;
  return fact;
}

PaymentDecision decideRefund(const PaymentRecord& payment, PaymentFactKind kind, const RefundRecord& refund) {
  return decidePayment(payment, refundFactOf(kind, refund), soon(), {});
}

void checkMovement(const PaymentDecision& decision, const std::string& debit, const std::string& credit,
                   std::int64_t minor) {
  REQUIRE(decision.movement);
  CHECK(decision.movement->debit == debit);
  CHECK(decision.movement->credit == credit);
  CHECK(decision.movement->minor == minor);
}

PaymentRecord paidPayment() { return paymentIn(PaymentStatus::paid, GatewayState::closed); }

}  // namespace

TEST_CASE("refund: its amount is set aside at once, and is work where the bank pays it", "[payment]") {
  const auto payment = paidPayment();
  const auto mode = GENERATE(RefundMode::api, RefundMode::manual);
  const auto decision =
      decideRefund(payment, PaymentFactKind::refundWished, refundOf(payment, 1, kPart, mode));
  CHECK(decision.event == "refund_asked");
  CHECK(decision.after.status == PaymentStatus::paid);
  CHECK(decision.after.refundingMinor == kPart);
  CHECK(decision.after.refundedMinor == 0);
  CHECK(decision.tellsMerchant);
  checkMovement(decision, "merchant:payable", "refunds:in_transit", kPart);
  REQUIRE(decision.refund);
  CHECK(decision.refund->status == RefundStatus::requested);
  CHECK((decision.work && decision.work->kind == PaymentWorkKind::refund) == (mode == RefundMode::api));
}

TEST_CASE("refund: no more than what is left, and only of what is paid", "[payment]") {
  auto payment = paidPayment();
  payment.refundedMinor = kPart;
  payment.refundingMinor = kPart;
  CHECK(refundableMinor(payment) == 2 * kPart);
  const auto most = decideRefund(payment, PaymentFactKind::refundWished, refundOf(payment, 1, 2 * kPart));
  CHECK_FALSE(most.refusal);
  const auto more = decideRefund(payment, PaymentFactKind::refundWished, refundOf(payment, 1, 2 * kPart + 1));
  REQUIRE(more.refusal);
  CHECK(more.refusal->code == ErrorCode::refundExceedsBalance);
  CHECK_FALSE(more.changes);
  for (const auto status : kEveryStatus) {
    CAPTURE(paymentStatusName(status));
    const auto any = paymentIn(status, GatewayState::open);
    const auto decision = decideRefund(any, PaymentFactKind::refundWished, refundOf(any, 1, 100));
    const bool may = status == PaymentStatus::paid || status == PaymentStatus::partiallyRefunded;
    CHECK(decision.changes == may);
    if (!may) {
      REQUIRE(decision.refusal);
      CHECK(decision.refusal->code == ErrorCode::notRefundable);
    }
  }
}

TEST_CASE("refund: paid in parts until all is refunded", "[payment]") {
  auto payment = paidPayment();
  payment.refundingMinor = kAmount;
  const auto part =
      decideRefund(payment, PaymentFactKind::refundDone, refundOf(payment, 1, kPart, RefundMode::api));
  CHECK(part.event == "refund_done");
  CHECK(part.after.status == PaymentStatus::partiallyRefunded);
  CHECK(part.refund->status == RefundStatus::succeeded);
  checkMovement(part, "refunds:in_transit", "bank:bri:clearing", kPart);
  const auto rest =
      decideRefund(part.after, PaymentFactKind::refundDone, refundOf(payment, 2, kAmount - kPart));
  CHECK(rest.after.status == PaymentStatus::refunded);
  CHECK(rest.after.refundedMinor == kAmount);
  CHECK(rest.after.refundingMinor == 0);
  CHECK(rest.tellsMerchant);
}

TEST_CASE("refund: what failed is free again", "[payment]") {
  auto payment = paidPayment();
  payment.refundingMinor = kPart;
  auto fact = refundFactOf(PaymentFactKind::refundFailed, refundOf(payment, 1, kPart));
  fact.detail = "the customer's account is closed";
  const auto decision = decidePayment(payment, fact, soon(), {});
  CHECK(decision.after.refundingMinor == 0);
  CHECK(decision.after.refundedMinor == 0);
  CHECK(decision.after.status == PaymentStatus::paid);
  CHECK(decision.refund->status == RefundStatus::failed);
  CHECK(decision.refund->error == fact.detail);
  checkMovement(decision, "refunds:in_transit", "merchant:payable", kPart);
}

TEST_CASE("refund: one that has ended does not end again", "[payment]") {
  auto payment = paidPayment();
  payment.refundingMinor = kPart;
  auto refund = refundOf(payment, 1, kPart);
  refund.status = GENERATE(RefundStatus::succeeded, RefundStatus::failed);
  for (const auto kind :
       {PaymentFactKind::refundDone, PaymentFactKind::refundFailed, PaymentFactKind::refundSent}) {
    CHECK_FALSE(decideRefund(payment, kind, refund).changes);
  }
}

TEST_CASE("refund: sent is told to nobody, and only once", "[payment]") {
  auto payment = paidPayment();
  payment.refundingMinor = kPart;
  auto refund = refundOf(payment, 1, kPart, RefundMode::api);
  const auto sent = decideRefund(payment, PaymentFactKind::refundSent, refund);
  CHECK(sent.changes);
  CHECK(sent.refund->status == RefundStatus::unknown);
  CHECK_FALSE(sent.tellsMerchant);
  CHECK_FALSE(sent.movement);
  CHECK_FALSE(decideRefund(payment, PaymentFactKind::refundSent, *sent.refund).changes);
}

TEST_CASE("refund: never of another payment, and never more than is set aside", "[payment]") {
  auto payment = paidPayment();
  auto other = refundOf(payment, 1, kPart);
  other.paymentId = Uuid{};
  abortOnBrokenInvariant(false);
  CHECK_THROWS_AS(decideRefund(payment, PaymentFactKind::refundWished, other), InvariantBroken);
  CHECK_THROWS_AS(decideRefund(payment, PaymentFactKind::refundDone, refundOf(payment, 1, kPart)),
                  InvariantBroken);
  abortOnBrokenInvariant(true);
}

TEST_CASE("decision: money under review is accepted or returned", "[payment]") {
  const auto payment = paymentIn(PaymentStatus::review, GatewayState::closed);
  const auto accepted = decidePayment(payment, factOf(PaymentFactKind::accepted), soon(), {});
  CHECK(accepted.after.status == PaymentStatus::paid);
  CHECK(accepted.after.paidMinor == payment.suspenseMinor);
  CHECK(accepted.after.suspenseMinor == 0);
  CHECK(accepted.after.paidAt == soon());
  checkMovement(accepted, "suspense:unmatched", "merchant:payable", payment.suspenseMinor);
  const auto returned = decidePayment(payment, factOf(PaymentFactKind::returned), soon(), {});
  CHECK(returned.after.status == PaymentStatus::refunded);
  CHECK(returned.after.paidMinor == 0);
  CHECK_FALSE(returned.after.paidAt);
  checkMovement(returned, "suspense:unmatched", "bank:bri:clearing", payment.suspenseMinor);
}

TEST_CASE("decision: without money that waits there is nothing to decide", "[payment]") {
  for (const auto status : kEveryStatus) {
    auto payment = paymentIn(status, GatewayState::open);
    payment.suspenseMinor = 0;
    for (const auto kind : {PaymentFactKind::accepted, PaymentFactKind::returned}) {
      const auto decision = decidePayment(payment, factOf(kind), soon(), {});
      REQUIRE(decision.refusal);
      CHECK(decision.refusal->code == ErrorCode::conflict);
    }
  }
}

TEST_CASE("decision: a second payment of a refunded one can be accepted, of a reversed one not",
          "[payment]") {
  auto payment = paymentIn(PaymentStatus::refunded, GatewayState::closed);
  payment.refundedMinor = kAmount;
  payment.suspenseMinor = kPart;
  const auto accepted = decidePayment(payment, factOf(PaymentFactKind::accepted), soon(), {});
  CHECK(accepted.after.status == PaymentStatus::partiallyRefunded);
  CHECK(refundableMinor(accepted.after) == kPart);
  payment.status = PaymentStatus::reversed;
  CHECK(decidePayment(payment, factOf(PaymentFactKind::accepted), soon(), {}).refusal);
  CHECK_FALSE(decidePayment(payment, factOf(PaymentFactKind::returned), soon(), {}).refusal);
}

TEST_CASE("decision: a reversal takes what the bank has given, and waits for refunds under way",
          "[payment]") {
  const auto byBank = GENERATE(std::int64_t{0}, kPart);
  auto payment = paidPayment();
  payment.refundedMinor = kPart;
  payment.status = PaymentStatus::partiallyRefunded;
  auto fact = factOf(PaymentFactKind::reversed);
  fact.refundedByBank = byBank;
  const auto reversed = decidePayment(payment, fact, soon(), {});
  CHECK(reversed.after.status == PaymentStatus::reversed);
  checkMovement(reversed, "merchant:payable", "bank:bri:clearing", kAmount - byBank);
  payment.refundingMinor = 100;
  CHECK(decidePayment(payment, factOf(PaymentFactKind::reversed), soon(), {}).refusal);
  auto byHand = paidPayment();
  byHand.status = PaymentStatus::refunded;
  byHand.refundedMinor = kAmount;
  CHECK(decidePayment(byHand, factOf(PaymentFactKind::reversed), soon(), {}).after.status ==
        PaymentStatus::reversed);
  fact.refundedByBank = kAmount;
  CHECK(decidePayment(byHand, fact, soon(), {}).refusal);
  for (const auto status : kEveryStatus) {
    if (status != PaymentStatus::paid && status != PaymentStatus::partiallyRefunded &&
        status != PaymentStatus::refunded) {
      CHECK(
          decidePayment(paymentIn(status, GatewayState::open), factOf(PaymentFactKind::reversed), soon(), {})
              .refusal);
    }
  }
}

TEST_CASE("decision: the accounts hold for every order of money, refunds and decisions", "[payment]") {
  for (unsigned seed = 0; seed < 3000; ++seed) {
    std::mt19937 random{seed};
    PaymentBooks books{.payment = paymentIn(PaymentStatus::pending, GatewayState::open)};
    std::vector<RefundRecord> refunds;
    std::int64_t arrived = 0;
    std::int64_t left = 0;  // the bank
    for (int step = 0; step < 24; ++step) {
      const auto before = books.payment;
      const auto pick = random() % 8;
      auto fact = factOf(PaymentFactKind::unpaid);
      if (pick < 2) {
        const auto minor = random() % 3 == 0 ? kPart : kAmount;
        fact = moneyFact("R" + std::to_string(random() % 4), minor);
      } else if (pick < 4) {
        const auto number = static_cast<std::uint8_t>(refunds.size() + 1);
        fact =
            refundFactOf(PaymentFactKind::refundWished,
                         refundOf(before, number, static_cast<std::int64_t>(1 + random() % (kAmount / 2))));
      } else if (pick < 6 && !refunds.empty()) {
        const auto kind = random() % 3 == 0 ? PaymentFactKind::refundFailed : PaymentFactKind::refundDone;
        fact = refundFactOf(kind, refunds[random() % refunds.size()]);
      } else if (pick == 6) {
        fact = factOf(random() % 2 == 0 ? PaymentFactKind::accepted : PaymentFactKind::returned);
      } else if (pick == 7 && random() % 4 == 0) {
        fact = factOf(PaymentFactKind::reversed);
      }
      const auto known = books.ledger.size();
      const auto decision = books.apply(fact, soon());
      CAPTURE(seed, step, decision.event);
      if (decision.refund && decision.changes) {
        const auto same = std::find_if(refunds.begin(), refunds.end(), [&](const RefundRecord& one) {
          return one.id == decision.refund->id;
        });
        if (same == refunds.end()) {
          refunds.push_back(*decision.refund);
        } else {
          *same = *decision.refund;
        }
      }
      if (books.ledger.size() > known) {
        arrived += decision.movement->debit == "bank:bri:clearing" ? decision.movement->minor : 0;
        left += decision.movement->credit == "bank:bri:clearing" ? decision.movement->minor : 0;
      }
      const auto& payment = books.payment;
      const bool reversed = payment.status == PaymentStatus::reversed;
      REQUIRE(payment.refundedMinor + payment.refundingMinor <= payment.paidMinor);
      REQUIRE(books.booked("merchant:payable") ==
              (reversed ? payment.refundedMinor : -refundableMinor(payment)));
      REQUIRE(books.booked("refunds:in_transit") == -payment.refundingMinor);
      REQUIRE(books.booked("suspense:unmatched") == -payment.suspenseMinor);
      REQUIRE(books.booked("bank:bri:clearing") == arrived - left);
      REQUIRE((payment.status == PaymentStatus::refunded) <= (payment.refundedMinor == payment.paidMinor));
    }
  }
}

}  // namespace ks
