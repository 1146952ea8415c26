#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <set>

#include "actors/payment/paymentDecision.hpp"
#include "test/unit/actors/payment/paymentFacts.hpp"

// What holds for every status, every fact and every order of facts.
namespace ks {
namespace {

using namespace paymentFacts;

using Moves = std::map<PaymentStatus, std::set<PaymentStatus>>;

/// What a status may become by a fact of the bank or a wish; written down apart from the code.
const Moves& legalMoves() {
  using S = PaymentStatus;
  static const Moves moves{
      {S::created, {S::created, S::pending, S::paid, S::review, S::failed, S::expired, S::cancelled}},
      {S::pending, {S::pending, S::paid, S::review, S::expired, S::cancelled}},
      {S::expired, {S::expired, S::paid, S::review}},
      {S::cancelled, {S::cancelled, S::paid, S::review}},
      {S::failed, {S::failed, S::paid, S::review}},
      {S::paid, {S::paid}},
      {S::partiallyRefunded, {S::partiallyRefunded}},
      {S::refunded, {S::refunded}},
      {S::reversed, {S::reversed}},
      {S::review, {S::review}}};
  return moves;
}

std::vector<PaymentFact> everyFact() {
  std::vector<PaymentFact> facts;
  for (const auto kind : {PaymentFactKind::opened, PaymentFactKind::refused, PaymentFactKind::unclear,
                          PaymentFactKind::unpaid, PaymentFactKind::cancelWished, PaymentFactKind::removed}) {
    facts.push_back(factOf(kind));
  }
  facts.push_back(factOf(PaymentFactKind::unclear));
  facts.back().newReference = "0000000000000000000000000000000a";
  for (const auto minor : {std::int64_t{1}, kAmount, kAmount * 2}) {
    for (const char* reference : {"FIRST", "OTHER"}) {
      facts.push_back(moneyFact(reference, minor));
      facts.push_back(facts.back());
      facts.back().onlyIfAwaited = true;
    }
  }
  return facts;
}

/// Empty: the decision keeps the rules of money.
std::string brokenBy(const PaymentRecord& before, const PaymentDecision& decision) {
  const auto& after = decision.after;
  const auto moved = decision.movement ? decision.movement->minor : 0;
  if (!legalMoves().at(before.status).contains(after.status)) {
    return std::string{"from "} + paymentStatusName(before.status) + " to " + paymentStatusName(after.status);
  }
  if (after.paidMinor < before.paidMinor || after.suspenseMinor < before.suspenseMinor) {
    return "money is taken back";
  }
  if (after.paidMinor + after.suspenseMinor != before.paidMinor + before.suspenseMinor + moved) {
    return "the ledger does not say what the payment says";
  }
  if (decision.movement &&
      (decision.movement->credit == "merchant:payable") != (after.paidMinor > before.paidMinor)) {
    return "the money is booked to the wrong account";
  }
  if (isPaid(after.status) && !isPaid(before.status) && after.paidMinor != after.amount.minor) {
    return "paid without the whole amount";
  }
  if ((after.paidMinor > 0) != after.paidAt.has_value()) {
    return "money without a time";
  }
  if (!decision.changes && (decision.movement || decision.work || decision.tellsMerchant)) {
    return "something follows from no change";
  }
  if (decision.changes && decision.event.empty()) {
    return "a change without an event";
  }
  return after.amount == before.amount && after.version == before.version && after.id == before.id
             ? ""
             : "what a decision must not touch";
}

enum class Step : std::uint8_t { opened, unclear, money, unpaid, cancelled, refused };
constexpr std::array<Step, 6> kSteps{Step::opened, Step::unclear,   Step::money,
                                     Step::unpaid, Step::cancelled, Step::refused};

std::vector<TimedFact> factsOf(Step step, PaymentMethod method) {
  const auto soon = startOfPayment() + std::chrono::minutes{1};
  switch (step) {
    case Step::opened:
      return {{factOf(PaymentFactKind::opened), soon}};
    case Step::unclear: {
      auto fact = factOf(PaymentFactKind::unclear);
      fact.newReference = method == PaymentMethod::briQris ? "0000000000000000000000000000000a" : "";
      return {{fact, soon}};
    }
    case Step::money:
      return {{moneyFact("R1", kAmount), soon}};
    case Step::unpaid:
      return {{factOf(PaymentFactKind::unpaid), startOfPayment() + std::chrono::hours{2}}};
    case Step::cancelled:
      return {{factOf(PaymentFactKind::cancelWished), soon}, {factOf(PaymentFactKind::removed), soon}};
    case Step::refused:
      return {{factOf(PaymentFactKind::refused), soon}};
  }
  return {};
}

/// Plays facts in this order; empty: after each one the books hold.
std::string playedTo(PaymentBooks& books, const std::vector<TimedFact>& facts) {
  std::map<std::string, std::int64_t> arrived;
  std::int64_t total = 0;
  for (const auto& [fact, at] : facts) {
    if (fact.credit && arrived.emplace(fact.credit->reference, fact.credit->amount.minor).second) {
      total += fact.credit->amount.minor;
    }
    const auto before = books.payment;
    const auto decision = books.apply(fact, at);
    if (auto broken = brokenBy(before, decision); !broken.empty()) {
      return broken;
    }
    const auto& payment = books.payment;
    if (payment.paidMinor + payment.suspenseMinor != total) {
      return "what arrived is not what is booked";
    }
    if (books.booked("bank:bri:clearing") != total ||
        books.booked("merchant:payable") != -payment.paidMinor ||
        books.booked("suspense:unmatched") != -payment.suspenseMinor ||
        books.ledger.size() != arrived.size()) {
      return "the accounts do not say what arrived";
    }
    if (total > 0 && !isPaid(payment.status) && payment.status != PaymentStatus::review) {
      return std::string{"money came, but the payment is "} + paymentStatusName(payment.status);
    }
  }
  return {};
}

struct Ends {
  std::size_t sequences = 0;
  std::string broken;
  std::set<PaymentStatus> statuses;
};

/// All orders of these steps.
void playEveryOrder(std::vector<Step> steps, PaymentMethod method, bool reviewLate, Ends& ends) {
  std::sort(steps.begin(), steps.end());
  do {
    PaymentBooks books{paymentIn(PaymentStatus::created, GatewayState::asked, method),
                       {.grace = std::chrono::seconds{600}, .reviewLate = reviewLate}};
    std::vector<TimedFact> facts;
    std::string order;
    for (const auto step : steps) {
      order += std::to_string(static_cast<int>(step));
      const auto more = factsOf(step, method);
      facts.insert(facts.end(), more.begin(), more.end());
    }
    ++ends.sequences;
    if (const auto why = playedTo(books, facts); !why.empty() && ends.broken.empty()) {
      ends.broken = why + " in the order " + order;
    }
    ends.statuses.insert(books.payment.status);
  } while (std::next_permutation(steps.begin(), steps.end()));
}

/// All orders of all six steps, and of these with each of them twice.
Ends endsOf(PaymentMethod method, bool reviewLate) {
  Ends ends;
  const std::vector<Step> all(kSteps.begin(), kSteps.end());
  playEveryOrder(all, method, reviewLate, ends);
  for (const auto twice : kSteps) {
    auto steps = all;
    steps.push_back(twice);
    playEveryOrder(steps, method, reviewLate, ends);
  }
  return ends;
}

constexpr std::size_t kOrders = 720 + 6 * 2520;

}  // namespace

TEST_CASE("decision: no fact moves a payment where it must not go, nor takes money back", "[payment]") {
  std::size_t decisions = 0;
  for (const auto status : kEveryStatus) {
    for (const auto gateway : kEveryGatewayState) {
      for (const auto method : kEveryMethod) {
        const auto payment = paymentIn(status, gateway, method);
        for (const auto& fact : everyFact()) {
          for (const auto after :
               {std::chrono::minutes{1}, std::chrono::minutes{65}, std::chrono::minutes{200}}) {
            for (const bool reviewLate : {false, true}) {
              const auto decision =
                  decidePayment(payment, fact, startOfPayment() + after,
                                {.grace = std::chrono::seconds{600}, .reviewLate = reviewLate});
              ++decisions;
              if (const auto why = brokenBy(payment, decision); !why.empty()) {
                FAIL_CHECK(why << ": fact " << static_cast<int>(fact.kind) << " on "
                               << paymentStatusName(status) << ", " << gatewayStateName(gateway));
              }
            }
          }
        }
      }
    }
  }
  CHECK(decisions == 10U * 4U * 2U * 19U * 3U * 2U);
}

TEST_CASE("decision: from paid no sequence of facts leads back to unpaid", "[payment]") {
  // All statuses that can be reached from one, by the moves that the code really makes.
  Moves moves;
  for (const auto status : kEveryStatus) {
    for (const auto gateway : kEveryGatewayState) {
      for (const auto& fact : everyFact()) {
        for (const auto after : {std::chrono::minutes{1}, std::chrono::minutes{200}}) {
          for (const bool reviewLate : {false, true}) {
            moves[status].insert(decidePayment(paymentIn(status, gateway), fact, startOfPayment() + after,
                                               {.grace = std::chrono::seconds{600}, .reviewLate = reviewLate})
                                     .after.status);
          }
        }
      }
    }
  }
  const auto reachedFrom = [&moves](PaymentStatus start) {
    std::set<PaymentStatus> reached{start};
    for (std::size_t known = 0; known != reached.size();) {
      known = reached.size();
      for (const auto status : std::set<PaymentStatus>(reached)) {
        reached.insert(moves[status].begin(), moves[status].end());
      }
    }
    return reached;
  };
  for (const auto status : kEveryStatus) {
    CAPTURE(paymentStatusName(status));
    const auto reached = reachedFrom(status);
    if (isPaid(status)) {
      CHECK(std::all_of(reached.begin(), reached.end(), isPaid));
    }
    if (endedWithoutMoney(status)) {
      CHECK(reached == std::set<PaymentStatus>{status, PaymentStatus::paid, PaymentStatus::review});
    }
  }
  const auto everything = reachedFrom(PaymentStatus::created);
  CHECK(everything.size() == 7);  // all but what refunds and reversals make
}

TEST_CASE("decision: in whatever order facts come, and come again, the money is the same", "[payment]") {
  for (const auto method : kEveryMethod) {
    CAPTURE(paymentMethodName(method));
    const auto paid = endsOf(method, false);
    INFO(paid.broken);
    CHECK(paid.broken.empty());
    CHECK(paid.sequences == kOrders);
    CHECK(paid.statuses == std::set<PaymentStatus>{PaymentStatus::paid});
    const auto looked = endsOf(method, true);
    INFO(looked.broken);
    CHECK(looked.broken.empty());
    CHECK(looked.sequences == kOrders);
    CHECK(looked.statuses == std::set<PaymentStatus>{PaymentStatus::paid, PaymentStatus::review});
  }
}

TEST_CASE("decision: of several credits each is booked once, whatever its amount", "[payment]") {
  const auto soon = startOfPayment() + std::chrono::minutes{1};
  const auto late = startOfPayment() + std::chrono::hours{2};
  const std::vector<TimedFact> facts{
      {moneyFact("A", kAmount), soon},         {moneyFact("A", kAmount), late},
      {moneyFact("B", kAmount), soon},         {moneyFact("C", kAmount / 2), soon},
      {factOf(PaymentFactKind::unpaid), late}, {factOf(PaymentFactKind::refused), soon}};
  for (const bool reviewLate : {false, true}) {
    std::vector<std::size_t> order{0, 1, 2, 3, 4, 5};
    std::size_t sequences = 0;
    std::set<PaymentStatus> statuses;
    do {
      PaymentBooks books{paymentIn(PaymentStatus::created, GatewayState::asked),
                         {.grace = std::chrono::seconds{600}, .reviewLate = reviewLate}};
      std::vector<TimedFact> chosen;
      for (const auto index : order) {
        chosen.push_back(facts[index]);
      }
      ++sequences;
      if (const auto why = playedTo(books, chosen); !why.empty()) {
        FAIL_CHECK(why);
      }
      statuses.insert(books.payment.status);
      if (books.payment.paidMinor + books.payment.suspenseMinor != kAmount * 2 + kAmount / 2) {
        FAIL_CHECK("not everything is booked");
      }
    } while (std::next_permutation(order.begin(), order.end()));
    CHECK(sequences == 720);
    CHECK(statuses == std::set<PaymentStatus>{PaymentStatus::paid, PaymentStatus::review});
  }
}

TEST_CASE("decision: a reference that comes again changes nothing", "[payment]") {
  for (const auto minor : {kAmount, kAmount - 100}) {
    for (const auto status : {PaymentStatus::pending, PaymentStatus::expired}) {
      PaymentBooks books{paymentIn(status, GatewayState::open)};
      books.apply(moneyFact("R1", minor), startOfPayment());
      const auto after = books.payment;
      for (int i = 0; i < 3; ++i) {
        books.apply(moneyFact("R1", minor), startOfPayment() + std::chrono::hours{i});
      }
      CHECK(books.payment.version == after.version);
      CHECK(books.payment.paidMinor + books.payment.suspenseMinor == minor);
      CHECK(books.ledger.size() == 1);
    }
  }
}

TEST_CASE("decision: a payment is asked for within the hour, and when it has expired", "[payment]") {
  const PaymentRules rules{};
  const auto payment = paymentIn(PaymentStatus::pending, GatewayState::open);
  const auto end = payment.expiresAt + rules.grace;
  for (int minute = 0; minute < 200; ++minute) {
    const auto now = payment.createdAt + std::chrono::minutes{minute};
    TimePoint before = now;
    for (std::uint32_t asked = 0; asked < 12; ++asked) {
      const auto next = nextPaymentQuestion(payment, asked, now, rules);
      CHECK(next > now);
      CHECK(next <= now + std::chrono::hours{1});
      CHECK(next >= before);  // the more often it was asked for, the later
      CHECK((next == end || next >= now + std::chrono::minutes{1}));
      CHECK((now >= end || next <= end));
      before = next;
    }
  }
  CHECK(nextPaymentQuestion(payment, 0, payment.createdAt, rules) ==
        payment.createdAt + std::chrono::minutes{1});
  CHECK(nextPaymentQuestion(payment, 1, payment.createdAt, rules) ==
        payment.createdAt + std::chrono::minutes{5});
  CHECK(nextPaymentQuestion(payment, 1'000'000, payment.createdAt, rules) ==
        payment.createdAt + std::chrono::hours{1});
  CHECK(nextPaymentQuestion(payment, 4, end - Milliseconds{1}, rules) == end);
}

}  // namespace ks
