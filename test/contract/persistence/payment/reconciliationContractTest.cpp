#include <atomic>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <mutex>
#include <set>

#include "test/contract/persistence/payment/reconciliationFixture.hpp"

// Runs of the reconciliation, each done by one process at a time, and what they ask.

using namespace ks;
using namespace ks::contract;

namespace {

using std::chrono::minutes;

StorageKind eachRunStorage() { return GENERATE(StorageKind::memory, StorageKind::postgres); }

std::optional<ReconciliationRun> claimed(StorageEngineInterface& engine, int minute, int untilMinute) {
  return valueOf(engine,
                 ClaimReconciliation{startTime() + minutes{minute}, startTime() + minutes{untilMinute}});
}

SettleReconciliation settlement(const ReconciliationRun& run, ReconciliationStatus status) {
  SettleReconciliation settled;
  settled.id = run.id;
  settled.attempts = run.attempts;
  settled.status = status;
  settled.nextAt = startTime() + minutes{60};
  settled.counts = {9, 6, 2, 1};
  settled.error = "no answer";
  settled.now = startTime() + minutes{3};
  return settled;
}

BankCredit creditOf(const std::string& vaNumber, const std::string& reference) {
  BankCredit credit;
  credit.reference = reference;
  credit.amount = {kPaymentMinor, Currency::idr};
  credit.at = startTime();
  credit.vaNumber = vaNumber;
  return credit;
}

/// A payment by QR code that was made so many minutes after startTime() and has this reference at the bank.
PaymentRecord codePayment(StorageEngineInterface& engine, const std::string& bankRef, PaymentStatus status,
                          int minute) {
  auto creation = newCreation(freshId(), "Q " + bankRef);
  creation.payment.method = PaymentMethod::briQris;
  creation.payment.vaNumber.clear();
  creation.payment.createdAt += minutes{minute};
  const auto made = created(engine, creation);
  auto change = changeTo(made.payment, status, "test");
  change.after.bankRef = bankRef;
  change.finished = made.work;
  return changed(engine, change);
}

/// "A2 A1"
std::string referencesOf(const std::vector<PaymentRecord>& payments) {
  std::string references;
  for (const auto& payment : payments) {
    references += (references.empty() ? "" : " ") + payment.paidReference;
  }
  return references;
}

}  // namespace

TEST_CASE("Of each slot there is one run", "[payments][reconciliation]") {
  const PaymentStorage storage(eachRunStorage());
  const auto engine = storage.engine();
  auto first = newRun("window:12:15");
  first.run.kind = ReconciliationKind::day;
  first.run.askedBy = freshId();
  CHECK(valueOf(*engine, first));
  CHECK_FALSE(valueOf(*engine, newRun("window:12:15", -5)));
  CHECK(valueOf(*engine, newRun("window:12:30", 1)));
  const auto run = claimed(*engine, 0, 1);
  REQUIRE(run);
  auto expected = first.run;
  expected.status = ReconciliationStatus::running;
  expected.attempts = 1;
  CHECK(textOf(*run) == textOf(expected));
  if (storage.kind() == StorageKind::postgres) {
    CHECK(countOf("SELECT count(*) FROM reconciliation_runs") == 2);
    CHECK(countOf(("SELECT count(*) FROM audit_pending WHERE action = 'payment.reconcile' AND target_id = '" +
                   first.run.id.toString() + "'")
                      .c_str()) == 1);
  }
}

TEST_CASE("A run is taken when it is due, the oldest first, and comes back when its lease is over",
          "[payments][reconciliation]") {
  const PaymentStorage storage(eachRunStorage());
  const auto one = storage.engine();
  const auto other = storage.engine();
  const auto second = newRun("b", 2);
  const auto first = newRun("a", 1);
  REQUIRE(valueOf(*one, second));
  REQUIRE(valueOf(*one, first));
  CHECK_FALSE(claimed(*one, 0, 10));
  CHECK(claimed(*one, 2, 10)->id == first.run.id);
  CHECK(claimed(*other, 2, 11)->id == second.run.id);
  CHECK_FALSE(claimed(*one, 9, 20));
  const auto again = claimed(*other, 10, 20);
  REQUIRE(again);
  CHECK(again->id == first.run.id);
  CHECK(again->attempts == 2);
  CHECK(again->status == ReconciliationStatus::running);
}

TEST_CASE("Who has a run ends it or puts it off, who has had it does not", "[payments][reconciliation]") {
  const PaymentStorage storage(eachRunStorage());
  const auto one = storage.engine();
  const auto other = storage.engine();
  REQUIRE(valueOf(*one, newRun("a")));
  const auto lost = claimed(*one, 0, 10).value();
  const auto held = claimed(*other, 10, 20).value();
  for (const auto status : {ReconciliationStatus::done, ReconciliationStatus::waiting,
                            ReconciliationStatus::running, ReconciliationStatus::failed}) {
    CHECK_FALSE(valueOf(*one, settlement(lost, status)));
  }
  CHECK_FALSE(claimed(*one, 19, 30));  // nothing has put it off or ended it
  auto stranger = settlement(held, ReconciliationStatus::done);
  stranger.id = freshId();
  CHECK_FALSE(valueOf(*one, stranger));

  auto goesOn = settlement(held, ReconciliationStatus::running);
  goesOn.nextAt = startTime() + minutes{25};
  CHECK(valueOf(*other, goesOn));
  CHECK_FALSE(claimed(*one, 24, 30));
  CHECK(valueOf(*other, settlement(held, ReconciliationStatus::waiting)));
  CHECK_FALSE(claimed(*one, 59, 70));
  const auto later = claimed(*one, 60, 70);
  REQUIRE(later);
  CHECK(later->attempts == 3);
  CHECK(later->error == "no answer");
  CHECK(later->counts.credits == 9);
  CHECK(later->counts.matched == 6);
  CHECK(later->counts.healed == 2);
  CHECK(later->counts.items == 1);
  CHECK_FALSE(later->finishedAt);
  CHECK(valueOf(*one, settlement(*later, ReconciliationStatus::done)));
  CHECK_FALSE(claimed(*one, 9999, 10'000));

  REQUIRE(valueOf(*one, newRun("b")));
  CHECK(valueOf(*one, settlement(claimed(*one, 0, 1).value(), ReconciliationStatus::failed)));
  CHECK_FALSE(claimed(*one, 9999, 10'000));
  if (storage.kind() == StorageKind::postgres) {
    CHECK(countOf(
              "SELECT count(*) FROM reconciliation_runs WHERE finished_at IS NOT NULL AND status IN ('done', "
              "'failed') AND error = 'no answer'") == 2);
  }
}

TEST_CASE("Many processes at once take each run once", "[payments][reconciliation][race]") {
  const PaymentStorage storage(eachRunStorage());
  const auto engine = storage.engine();
  constexpr std::size_t kRuns = 20;
  for (std::size_t i = 0; i < kRuns; ++i) {
    REQUIRE(valueOf(*engine, newRun("slot " + std::to_string(i))));
  }
  std::mutex mutex;
  std::set<Uuid> taken;
  std::size_t claims = 0;
  hundredAtOnce(storage, [&](StorageEngineInterface& own, int) {
    own.run(ClaimReconciliation{startTime(), startTime() + minutes{5}},
            [&](Result<std::optional<ReconciliationRun>> run) {
              const std::lock_guard lock(mutex);
              if (run.ok() && run.value()) {
                taken.insert(run.value()->id);
                ++claims;
              }
            });
  });
  CHECK(taken.size() == claims);
  while (const auto rest = claimed(*engine, 0, 5)) {
    CHECK(taken.insert(rest->id).second);
  }
  CHECK(taken.size() == kRuns);
}

TEST_CASE("Of a hundred processes that plan a slot one does", "[payments][reconciliation][race]") {
  const PaymentStorage storage(eachRunStorage());
  std::atomic<int> planned{0};
  std::atomic<int> known{0};
  hundredAtOnce(storage, [&](StorageEngineInterface& own, int) {
    own.run(newRun("day:2026-01-02"), [&](Result<bool> result) {
      planned += result.ok() && result.value() ? 1 : 0;
      known += result.ok() && !result.value() ? 1 : 0;
    });
  });
  CHECK(planned == 1);
  CHECK(known == 99);
}

TEST_CASE("Credits of the bank find the payments of their accounts and what is booked of them",
          "[payments][reconciliation]") {
  const PaymentStorage storage(eachRunStorage());
  const auto engine = storage.engine();
  auto paid = paidPayment(*engine, "A1");
  const auto open = created(*engine, newCreation(freshId(), "A2")).payment;
  codePayment(*engine, "CODE", PaymentStatus::pending, 0);
  auto extra = changeTo(paid, PaymentStatus::paid, "extra_money");
  extra.after.suspenseMinor = 700;
  extra.movement = LedgerMovement{"credit:" + paid.id.toString() + ":R9", "credit", "bank:bri:clearing",
                                  "suspense:unmatched", 700};
  paid = changed(*engine, extra);
  const auto matched = valueOf(
      *engine,
      MatchCredits{{creditOf(open.vaNumber, "R A1"), creditOf(paid.vaNumber, "R A1"),
                    creditOf("777779999999999", "R A1"), creditOf(paid.vaNumber, "R9"),
                    creditOf(paid.vaNumber, "R8"), creditOf("", "R A1"), creditOf(paid.vaNumber, "R A1")}});
  REQUIRE(matched.size() == 7);
  const auto expect = [&matched](std::size_t place, const PaymentRecord* payment,
                                 std::optional<std::int64_t> minor) {
    INFO(place);
    CHECK(matched[place].bookedMinor == minor);
    CHECK(matched[place].payment.has_value() == (payment != nullptr));
    CHECK((payment == nullptr || textOf(*matched[place].payment) == textOf(*payment)));
  };
  expect(0, &open, std::nullopt);
  expect(1, &paid, kPaymentMinor);
  expect(2, nullptr, std::nullopt);
  expect(3, &paid, 700);
  expect(4, &paid, std::nullopt);
  expect(5, nullptr, std::nullopt);
  expect(6, &paid, kPaymentMinor);
  CHECK(valueOf(*engine, MatchCredits{}).empty());

  // The same number for another order: after a restore, or of another installation.
  auto own = creditOf(paid.vaNumber, "R A1");
  own.gatewayRef = paid.gatewayRef;
  auto ofAnother = own;
  ofAnother.gatewayRef = open.gatewayRef;
  const auto byReference = valueOf(*engine, MatchCredits{{own, ofAnother}});
  REQUIRE(byReference.size() == 2);
  CHECK(byReference[0].bookedMinor == kPaymentMinor);
  CHECK_FALSE(byReference[1].payment);
  CHECK_FALSE(byReference[1].bookedMinor);

  MatchCredits many;
  for (int i = 0; i < 500; ++i) {
    many.credits.push_back(creditOf(i % 7 == 0 ? paid.vaNumber : std::to_string(i), "R9"));
  }
  const auto answers = valueOf(*engine, many);
  REQUIRE(answers.size() == 500);
  for (std::size_t i = 0; i < answers.size(); ++i) {
    CHECK(answers[i].payment.has_value() == (i % 7 == 0));
  }
}

TEST_CASE("Paid payments are listed by when they were paid, in parts", "[payments][reconciliation]") {
  const PaymentStorage storage(eachRunStorage());
  const auto engine = storage.engine();
  const auto paidAt = [&engine](const std::string& reference, int minute, PaymentMethod method) {
    auto creation = newCreation(freshId(), "of " + std::to_string(minute) + reference);
    creation.payment.method = method;
    if (method == PaymentMethod::briQris) {
      creation.payment.vaNumber.clear();
    }
    auto change = paidBy(created(*engine, creation).payment, reference);
    change.after.paidAt = startTime() + minutes{minute};
    change.movement.reset();
    return changed(*engine, change);
  };
  const auto va = PaymentMethod::briVa;
  paidAt("R3", 3, va);
  paidAt("R1", 1, va);
  paidAt("R2", 2, va);
  paidAt("R2b", 2, va);
  paidAt("", 2, va);
  paidAt("Q2", 2, PaymentMethod::briQris);
  changed(*engine, changeTo(paidAt("R2c", 2, va), PaymentStatus::reversed, "reversed"));
  changed(*engine, changeTo(paidAt("R4", 4, va), PaymentStatus::partiallyRefunded, "refund_done"));
  created(*engine, newCreation(freshId(), "unpaid"));
  ListPaidPayments list;
  list.from = startTime() + minutes{1};
  list.to = startTime() + minutes{4};
  const auto listed = [&engine](const ListPaidPayments& asked) {
    return referencesOf(valueOf(*engine, asked));
  };
  CHECK(listed(list) == "R1 R2 R2b R3 R4");
  auto part = list;
  part.from += Milliseconds{1};
  part.to -= Milliseconds{1};
  CHECK(listed(part) == "R2 R2b R3");
  part = list;
  part.method = PaymentMethod::briQris;
  CHECK(listed(part) == "Q2");
  part = list;
  part.limit = 2;
  std::string all;
  for (int pages = 0; pages < 9; ++pages) {
    const auto rows = valueOf(*engine, part);
    if (rows.empty()) {
      CHECK(pages == 3);
      break;
    }
    CHECK(rows.size() <= 2);
    all += (all.empty() ? "" : " ") + referencesOf(rows);
    part.afterAt = rows.back().paidAt.value();
    part.afterId = rows.back().id;
  }
  CHECK(all == "R1 R2 R2b R3 R4");
}

TEST_CASE("The bank is asked about every code for which no money came", "[payments][reconciliation]") {
  const PaymentStorage storage(eachRunStorage());
  const auto engine = storage.engine();
  std::set<Uuid> expected;
  for (const auto status : {PaymentStatus::pending, PaymentStatus::expired, PaymentStatus::cancelled}) {
    expected.insert(codePayment(*engine, std::string{"U"} + paymentStatusName(status), status, 10).id);
  }
  expected.insert(codePayment(*engine, "FIRST", PaymentStatus::pending, 5).id);
  expected.insert(codePayment(*engine, "LAST", PaymentStatus::pending, 20).id);
  codePayment(*engine, "BEFORE", PaymentStatus::pending, 4);
  codePayment(*engine, "AFTER", PaymentStatus::pending, 21);
  codePayment(*engine, "", PaymentStatus::failed, 10);
  auto paid = paidBy(codePayment(*engine, "PAID", PaymentStatus::pending, 10), "R1");
  changed(*engine, paid);
  auto waits =
      changeTo(codePayment(*engine, "WAITS", PaymentStatus::pending, 10), PaymentStatus::review, "money");
  waits.after.suspenseMinor = 5;
  changed(*engine, waits);
  codePayment(*engine, "RETURNED", PaymentStatus::refunded, 10);
  auto account = newCreation(freshId(), "VA");
  account.payment.createdAt += minutes{10};
  *account.leaseUntil += std::chrono::hours{99};
  created(*engine, account);

  const PlanCodeQuestions plan{startTime() + minutes{5}, startTime() + minutes{20},
                               startTime() + minutes{60}};
  CHECK(valueOf(*engine, plan) == 5);
  CHECK(valueOf(*engine, plan) == 5);
  CHECK(claimedWork(*engine, startTime() + minutes{60} - Milliseconds{1}).empty());
  std::set<Uuid> asked;
  for (const auto& work : claimedWork(*engine, startTime() + minutes{60})) {
    CHECK(work.kind == PaymentWorkKind::ask);
    CHECK(asked.insert(work.payment.id).second);
  }
  CHECK(asked == expected);
  CHECK(valueOf(*engine,
                PlanCodeQuestions{startTime() + minutes{30}, startTime() + minutes{40}, startTime()}) == 0);
}
