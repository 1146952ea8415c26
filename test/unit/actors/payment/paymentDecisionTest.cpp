#include "actors/payment/paymentDecision.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <catch2/generators/catch_generators_range.hpp>

#include "core/invariant.hpp"
#include "test/unit/actors/payment/paymentFacts.hpp"

// The table of transitions, row by row. What holds for every order of facts: paymentDecisionPropertiesTest.cpp.
namespace ks {
namespace {

using namespace paymentFacts;

PaymentDecision decide(const PaymentRecord& payment, const PaymentFact& fact,
                       TimePoint now = startOfPayment() + std::chrono::minutes{1},
                       const PaymentRules& rules = {}) {
  return decidePayment(payment, fact, now, rules);
}

PaymentRecord newPayment(PaymentMethod method = PaymentMethod::briVa) {
  return paymentIn(PaymentStatus::created, GatewayState::asked, method);
}

TimePoint expiryOf(const PaymentRecord& payment) { return payment.expiresAt + PaymentRules{}.grace; }

void checkUnchanged(const PaymentDecision& decision, const PaymentRecord& before) {
  CHECK_FALSE(decision.changes);
  CHECK_FALSE(decision.movement);
  CHECK_FALSE(decision.work);
  CHECK_FALSE(decision.tellsMerchant);
  CHECK(decision.after.status == before.status);
  CHECK(decision.after.gatewayState == before.gatewayState);
  CHECK(decision.after.paidMinor == before.paidMinor);
  CHECK(decision.after.suspenseMinor == before.suspenseMinor);
}

}  // namespace

TEST_CASE("decision: a created payment whose account the bank has is pending and is asked for", "[payment]") {
  auto payment = newPayment();
  payment.gatewayState = GENERATE(GatewayState::asked, GatewayState::unknown);
  payment.vaNumber = "777771234567890";
  auto fact = factOf(PaymentFactKind::opened);
  fact.qrContent = "00020101";
  fact.bankRef = "B1";
  const auto decision = decide(payment, fact);
  CHECK(decision.changes);
  CHECK(decision.event == "gateway_open");
  CHECK(decision.after.status == PaymentStatus::pending);
  CHECK(decision.after.gatewayState == GatewayState::open);
  CHECK(decision.after.vaNumber == "777771234567890");  // the bank did not say another
  CHECK(decision.after.qrContent == "00020101");
  CHECK(decision.after.bankRef == "B1");
  CHECK(decision.tellsMerchant);
  CHECK_FALSE(decision.movement);
  REQUIRE(decision.work);
  CHECK(decision.work->kind == PaymentWorkKind::ask);
  CHECK(decision.work->at == startOfPayment() + std::chrono::minutes{2});
  fact.vaNumber = "777770000000001";
  CHECK(decide(payment, fact).after.vaNumber == "777770000000001");
}

TEST_CASE("decision: a code has the reference that it was made with, whatever was begun since", "[payment]") {
  auto payment = paymentIn(PaymentStatus::created, GatewayState::unknown, PaymentMethod::briQris);
  payment.gatewayRef = "0000000000000000000000000000000b";
  auto fact = factOf(PaymentFactKind::opened);
  fact.bankRef = "B1";
  fact.newReference = "0000000000000000000000000000000a";
  CHECK(decide(payment, fact).after.gatewayRef == fact.newReference);
}

TEST_CASE("decision: an account that opens after the payment ended is closed again, a code is asked for",
          "[payment]") {
  const auto status = GENERATE(PaymentStatus::expired, PaymentStatus::cancelled, PaymentStatus::failed);
  const auto method = GENERATE(PaymentMethod::briVa, PaymentMethod::briQris);
  const auto gateway = GENERATE(GatewayState::asked, GatewayState::unknown, GatewayState::closed);
  const auto decision = decide(paymentIn(status, gateway, method), factOf(PaymentFactKind::opened));
  CHECK(decision.changes);
  CHECK(decision.after.status == status);
  CHECK(decision.after.gatewayState == GatewayState::open);
  CHECK_FALSE(decision.tellsMerchant);
  REQUIRE(decision.work);
  CHECK(decision.work->kind ==
        (method == PaymentMethod::briVa ? PaymentWorkKind::remove : PaymentWorkKind::ask));
  if (method == PaymentMethod::briVa) {
    const auto removed = decide(decision.after, factOf(PaymentFactKind::removed));
    CHECK(removed.event == "gateway_closed");
    CHECK(removed.after.status == status);
    CHECK(removed.after.gatewayState == GatewayState::closed);
    CHECK_FALSE(removed.tellsMerchant);
    checkUnchanged(decide(removed.after, factOf(PaymentFactKind::removed)), removed.after);
  }
}

TEST_CASE("decision: that the account exists changes nothing where it is known", "[payment]") {
  for (const auto status : kEveryStatus) {
    const auto payment = paymentIn(status, GatewayState::open);
    checkUnchanged(decide(payment, factOf(PaymentFactKind::opened)), payment);
  }
}

TEST_CASE("decision: a definite refusal fails a created payment", "[payment]") {
  auto payment = newPayment();
  payment.gatewayState = GENERATE(GatewayState::asked, GatewayState::unknown);
  const auto decision = decide(payment, factOf(PaymentFactKind::refused));
  CHECK(decision.event == "gateway_refused");
  CHECK(decision.after.status == PaymentStatus::failed);
  CHECK(decision.after.gatewayState == GatewayState::closed);
  CHECK(decision.tellsMerchant);
  CHECK_FALSE(decision.work);
}

TEST_CASE("decision: a refusal that comes late fails nothing else", "[payment]") {
  for (const auto status : kEveryStatus) {
    if (status == PaymentStatus::created) {
      continue;
    }
    CAPTURE(paymentStatusName(status));
    const auto decision = decide(paymentIn(status, GatewayState::unknown), factOf(PaymentFactKind::refused));
    CHECK(decision.after.status == status);
    CHECK(decision.after.gatewayState == GatewayState::closed);
    CHECK_FALSE(decision.tellsMerchant);
    const auto open = paymentIn(status, GatewayState::open);
    checkUnchanged(decide(open, factOf(PaymentFactKind::refused)), open);
  }
}

TEST_CASE("decision: no definite answer leaves a payment created, with an unknown account", "[payment]") {
  const auto payment = newPayment();
  const auto decision = decide(payment, factOf(PaymentFactKind::unclear));
  CHECK(decision.event == "gateway_unknown");
  CHECK(decision.after.status == PaymentStatus::created);
  CHECK(decision.after.gatewayState == GatewayState::unknown);
  CHECK(decision.after.gatewayRef == payment.gatewayRef);
  CHECK_FALSE(decision.tellsMerchant);
  CHECK_FALSE(decision.work);
  checkUnchanged(decide(decision.after, factOf(PaymentFactKind::unclear)), decision.after);
  auto renamed = factOf(PaymentFactKind::unclear);
  renamed.newReference = "0000000000000000000000000000000a";
  const auto again = decide(decision.after, renamed);
  CHECK(again.changes);
  CHECK(again.after.gatewayRef == renamed.newReference);
  for (const auto known : {GatewayState::open, GatewayState::closed}) {
    const auto settled = paymentIn(PaymentStatus::pending, known);
    checkUnchanged(decide(settled, renamed), settled);
  }
}

TEST_CASE("decision: the whole amount pays a payment that waits", "[payment]") {
  const auto status = GENERATE(PaymentStatus::created, PaymentStatus::pending);
  const auto decision = decide(paymentIn(status, GatewayState::unknown), moneyFact("R1", kAmount));
  CHECK(decision.event == "money");
  CHECK(decision.after.status == PaymentStatus::paid);
  CHECK(decision.after.paidMinor == kAmount);
  CHECK(decision.after.suspenseMinor == 0);
  CHECK(decision.after.paidReference == "R1");
  CHECK(decision.after.paidAt == startOfPayment() + std::chrono::minutes{10});
  CHECK_FALSE(decision.after.late);
  CHECK(decision.tellsMerchant);
  REQUIRE(decision.movement);
  CHECK(decision.movement->key == "credit:" + decision.after.id.toString() + ":R1");
  CHECK(decision.movement->kind == "credit");
  CHECK(decision.movement->debit == "bank:bri:clearing");
  CHECK(decision.movement->credit == "merchant:payable");
  CHECK(decision.movement->minor == kAmount);
}

TEST_CASE("decision: another amount is booked aside and looked at", "[payment]") {
  const auto status = GENERATE(PaymentStatus::created, PaymentStatus::pending);
  const auto minor = GENERATE(std::int64_t{1}, kAmount - 1, kAmount + 1);
  const auto decision = decide(paymentIn(status, GatewayState::open), moneyFact("R1", minor));
  CHECK(decision.event == "money");
  CHECK(decision.after.status == PaymentStatus::review);
  CHECK(decision.after.paidMinor == 0);
  CHECK_FALSE(decision.after.paidAt);
  CHECK(decision.after.suspenseMinor == minor);
  CHECK(decision.tellsMerchant);
  REQUIRE(decision.movement);
  CHECK(decision.movement->credit == "suspense:unmatched");
  CHECK(decision.movement->minor == minor);
}

TEST_CASE("decision: money after the end is late, and paid or looked at as the rules say", "[payment]") {
  const auto status = GENERATE(PaymentStatus::expired, PaymentStatus::cancelled, PaymentStatus::failed);
  const auto payment = paymentIn(status, GatewayState::closed);
  const auto paid = decide(payment, moneyFact("R1", kAmount));
  CHECK(paid.after.status == PaymentStatus::paid);
  CHECK(paid.after.late);
  CHECK(paid.after.paidMinor == kAmount);
  const auto looked =
      decide(payment, moneyFact("R1", kAmount), startOfPayment(), {.grace = {}, .reviewLate = true});
  CHECK(looked.after.status == PaymentStatus::review);
  CHECK(looked.after.late);
  CHECK(looked.after.paidMinor == 0);
  CHECK(looked.after.suspenseMinor == kAmount);
  for (const bool reviewLate : {false, true}) {
    const auto wrong = decide(payment, moneyFact("R1", kAmount - 100), startOfPayment(),
                              {.grace = {}, .reviewLate = reviewLate});
    CHECK(wrong.after.status == PaymentStatus::review);
    CHECK(wrong.after.late);
    CHECK(wrong.after.suspenseMinor == kAmount - 100);
  }
}

TEST_CASE("decision: more money on a payment that has some is extra", "[payment]") {
  for (const auto status : kEveryStatus) {
    const auto payment = paymentIn(status, GatewayState::open);
    if (!isPaid(status) && status != PaymentStatus::review) {
      continue;
    }
    CAPTURE(paymentStatusName(status));
    const auto decision = decide(payment, moneyFact("SECOND", kAmount));
    CHECK(decision.event == "extra_money");
    CHECK(decision.after.status == status);
    CHECK(decision.after.paidMinor == payment.paidMinor);
    CHECK(decision.after.paidReference == payment.paidReference);
    CHECK(decision.after.suspenseMinor == payment.suspenseMinor + kAmount);
    CHECK_FALSE(decision.after.late);
    CHECK(decision.tellsMerchant);
    REQUIRE(decision.movement);
    CHECK(decision.movement->credit == "suspense:unmatched");
    const auto same = moneyFact("FIRST", kAmount);
    if (isPaid(status)) {
      checkUnchanged(decide(payment, same), payment);
    }
  }
}

TEST_CASE("decision: money that the bank gives back unless it is awaited is booked only then", "[payment]") {
  for (const auto status : kEveryStatus) {
    for (const auto minor : {kAmount, kAmount - 100}) {
      CAPTURE(paymentStatusName(status), minor);
      const auto payment = paymentIn(status, GatewayState::open);
      auto fact = moneyFact("R1", minor);
      fact.onlyIfAwaited = true;
      const auto decision = decide(payment, fact);
      if (minor == kAmount && (status == PaymentStatus::created || status == PaymentStatus::pending)) {
        CHECK(decision.after.status == PaymentStatus::paid);
        CHECK(decision.after.paidReference == "R1");
        CHECK(decision.movement);
      } else {
        checkUnchanged(decision, payment);
      }
    }
  }
}

TEST_CASE("decision: unpaid after expiry and grace is expired, before that nothing", "[payment]") {
  const auto status = GENERATE(PaymentStatus::created, PaymentStatus::pending);
  const auto payment = paymentIn(status, GatewayState::open);
  const auto unpaid = factOf(PaymentFactKind::unpaid);
  for (const auto early : {payment.createdAt, payment.expiresAt, expiryOf(payment) - Milliseconds{1}}) {
    checkUnchanged(decide(payment, unpaid, early), payment);
  }
  const auto decision = decide(payment, unpaid, expiryOf(payment));
  CHECK(decision.event == "expired");
  CHECK(decision.after.status == PaymentStatus::expired);
  CHECK(decision.after.gatewayState == GatewayState::closed);
  CHECK(decision.tellsMerchant);
  CHECK_FALSE(decision.movement);
}

TEST_CASE("decision: what the bank said of an account before it was made removes nothing", "[payment]") {
  auto fact = factOf(PaymentFactKind::removed);
  fact.wasOpen = false;
  const auto made = paymentIn(PaymentStatus::pending, GatewayState::open);
  const auto decision = decide(made, fact);
  CHECK(decision.after.status == PaymentStatus::pending);
  CHECK(decision.after.gatewayState == GatewayState::open);
  REQUIRE(decision.work);
  CHECK(decision.work->kind == PaymentWorkKind::remove);
  CHECK(decide(paymentIn(PaymentStatus::created, GatewayState::unknown), fact).after.status ==
        PaymentStatus::cancelled);
}

TEST_CASE("decision: a wish to cancel an account waits for the bank", "[payment]") {
  const auto status = GENERATE(PaymentStatus::created, PaymentStatus::pending);
  const auto gateway = GENERATE(GatewayState::asked, GatewayState::unknown, GatewayState::open);
  const auto now = startOfPayment() + std::chrono::minutes{3};
  const auto wish = decide(paymentIn(status, gateway), factOf(PaymentFactKind::cancelWished), now);
  CHECK(wish.event == "cancel_asked");
  CHECK(wish.after.status == status);
  CHECK_FALSE(wish.refusal);
  CHECK(wish.tellsMerchant);
  REQUIRE(wish.work);
  CHECK(wish.work->kind == PaymentWorkKind::remove);
  // An open account is removed by the request itself, before the work begins.
  CHECK(wish.work->at == (gateway == GatewayState::open ? now + std::chrono::seconds{15} : now));
  const auto removed = decide(wish.after, factOf(PaymentFactKind::removed), now);
  CHECK(removed.event == "cancelled");
  CHECK(removed.after.status == PaymentStatus::cancelled);
  CHECK(removed.after.gatewayState == GatewayState::closed);
  CHECK(removed.tellsMerchant);
}

TEST_CASE("decision: a code that is shown cannot be removed and is cancelled at once", "[payment]") {
  const auto shown = paymentIn(PaymentStatus::pending, GatewayState::open, PaymentMethod::briQris);
  const auto decision = decide(shown, factOf(PaymentFactKind::cancelWished));
  CHECK(decision.event == "cancelled");
  CHECK(decision.after.status == PaymentStatus::cancelled);
  CHECK_FALSE(decision.work);
  const auto asked = newPayment(PaymentMethod::briQris);
  const auto wish = decide(asked, factOf(PaymentFactKind::cancelWished));
  CHECK(wish.after.status == PaymentStatus::created);
  REQUIRE(wish.work);
  CHECK(wish.work->kind == PaymentWorkKind::remove);
}

TEST_CASE("decision: what has ended or has money is not cancelled", "[payment]") {
  for (const auto status : kEveryStatus) {
    if (status == PaymentStatus::created || status == PaymentStatus::pending) {
      continue;
    }
    CAPTURE(paymentStatusName(status));
    const auto payment = paymentIn(status, GatewayState::open);
    const auto wish = decide(payment, factOf(PaymentFactKind::cancelWished));
    REQUIRE(wish.refusal);
    CHECK(wish.refusal->code == ErrorCode::notCancellable);
    checkUnchanged(wish, payment);
    CHECK(decide(payment, factOf(PaymentFactKind::removed)).after.status == status);
    checkUnchanged(decide(payment, factOf(PaymentFactKind::unpaid), expiryOf(payment)), payment);
  }
}

TEST_CASE("decision: money without an amount or a reference is no fact", "[payment]") {
  abortOnBrokenInvariant(false);
  const auto payment = paymentIn(PaymentStatus::pending, GatewayState::open);
  CHECK_THROWS_AS(decide(payment, factOf(PaymentFactKind::money)), InvariantBroken);
  CHECK_THROWS_AS(decide(payment, moneyFact("", kAmount)), InvariantBroken);
  CHECK_THROWS_AS(decide(payment, moneyFact("R1", 0)), InvariantBroken);
  CHECK_THROWS_AS(decide(payment, moneyFact("R1", -1)), InvariantBroken);
  auto full = payment;
  full.suspenseMinor = kMostMinor;
  CHECK_THROWS_AS(decide(full, moneyFact("R1", 1)), InvariantBroken);
  abortOnBrokenInvariant(true);
}

}  // namespace ks
