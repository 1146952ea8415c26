#include <catch2/catch_test_macros.hpp>

#include "actors/payment/paymentActor.hpp"

// What the actor makes of the bank's answers.
namespace ks {
namespace {

BankAnswer answerOf(BankOutcome outcome, BankState state) {
  BankAnswer answer;
  answer.outcome = outcome;
  answer.state = state;
  answer.code = "2002600";
  answer.message = "Successful";
  return answer;
}

}  // namespace

TEST_CASE("a status that the bank does not say definitely is no fact", "[payment]") {
  for (const auto state : {BankState::none, BankState::missing, BankState::unpaid, BankState::paid,
                           BankState::duplicate, BankState::ended}) {
    auto answer = answerOf(BankOutcome::unknown, state);
    answer.credit = BankCredit{"R1", {100, Currency::idr}, {}};
    CHECK_FALSE(factOfStatus(answer));
  }
  for (const auto outcome : {BankOutcome::ok, BankOutcome::refused}) {
    CHECK_FALSE(factOfStatus(answerOf(outcome, BankState::none)));
    CHECK_FALSE(factOfStatus(answerOf(outcome, BankState::duplicate)));
    CHECK_FALSE(factOfStatus(answerOf(outcome, BankState::paid)));  // but how much?
  }
}

TEST_CASE("the bank's status is a fact: money, or none", "[payment]") {
  for (const auto outcome : {BankOutcome::ok, BankOutcome::refused}) {
    for (const auto state : {BankState::missing, BankState::unpaid, BankState::ended}) {
      const auto fact = factOfStatus(answerOf(outcome, state));
      REQUIRE(fact);
      CHECK(fact->kind == PaymentFactKind::unpaid);
      CHECK(fact->detail == "2002600 Successful");
      CHECK(fact->actor == "bank");
      CHECK_FALSE(fact->credit);
    }
    auto paid = answerOf(outcome, BankState::paid);
    paid.credit = BankCredit{"R1", {1'234'500, Currency::idr}, TimePoint{Milliseconds{5}}};
    const auto fact = factOfStatus(paid);
    REQUIRE(fact);
    CHECK(fact->kind == PaymentFactKind::money);
    REQUIRE(fact->credit);
    CHECK(fact->credit->reference == "R1");
    CHECK(fact->credit->amount.minor == 1'234'500);
    CHECK(fact->credit->at == TimePoint{Milliseconds{5}});
    CHECK(fact->cause == "R1");
    CHECK(fact->detail == "12345.00");
  }
}

TEST_CASE("the bank is asked again after 2 s, twice that, and so on up to 5 minutes", "[payment]") {
  using std::chrono::milliseconds;
  CHECK(bankRetryDelay(0) == milliseconds{2000});
  CHECK(bankRetryDelay(1) == milliseconds{2000});
  CHECK(bankRetryDelay(2) == milliseconds{4000});
  CHECK(bankRetryDelay(3) == milliseconds{8000});
  CHECK(bankRetryDelay(8) == milliseconds{256'000});
  CHECK(bankRetryDelay(9) == milliseconds{300'000});
  CHECK(bankRetryDelay(4'000'000'000U) == milliseconds{300'000});
}

}  // namespace ks
