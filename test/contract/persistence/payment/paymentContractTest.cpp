#include <atomic>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <mutex>
#include <set>

#include "test/contract/persistence/payment/paymentFixture.hpp"

// Payments are created once and changed in one step with all that belongs to it.

using namespace ks;
using namespace ks::contract;

namespace {

StorageKind eachPaymentStorage() { return GENERATE(StorageKind::memory, StorageKind::postgres); }

CreatedPayment answerTo(StorageEngineInterface& engine, const CreatePayment& creation) {
  return valueOf(engine, creation);
}

PaymentRecord opened(StorageEngineInterface& engine, const PaymentRecord& read) {
  auto change = changeTo(read, PaymentStatus::pending, "gateway_open");
  change.after.gatewayState = GatewayState::open;
  return changed(engine, change);
}

/// In PostgreSQL.
std::int64_t auditEventsOf(const Uuid& paymentId, const std::string& action) {
  const auto sql = "SELECT count(*) FROM audit_pending WHERE action = '" + action + "' AND target_id = '" +
                   paymentId.toString() + "'";
  return countOf(sql.c_str());
}

}  // namespace

TEST_CASE("A payment is created with its number, its first event and the work of giving it to the bank",
          "[payments]") {
  const PaymentStorage storage(eachPaymentStorage());
  const auto engine = storage.engine();
  const auto creation = newCreation(freshId(), "A1");
  const auto made = created(*engine, creation);
  auto expected = creation.payment;
  expected.vaNumber = made.payment.vaNumber;
  CHECK(textOf(made.payment) == textOf(expected));
  CHECK(made.payment.vaNumber.size() == 15);
  CHECK(made.payment.vaNumber.starts_with("77777"));
  CHECK(made.payment.vaNumber.find_first_not_of("0123456789") == std::string::npos);
  CHECK(made.work.id != 0);
  CHECK(made.work.attempts == 1);
  CHECK(textOf(found(*engine, creation.payment.id).value()) == textOf(made.payment));

  const auto events = eventsOf(*engine, creation.payment.id);
  REQUIRE(events.size() == 1);
  CHECK(textOf(events[0]) == "1 created created>created user/" + creation.cause + "/ at 0");

  // The caller holds the work until its lease is over.
  CHECK(claimedWork(*engine, *creation.leaseUntil - Milliseconds{1}).empty());
  const auto work = claimedWork(*engine, *creation.leaseUntil);
  REQUIRE(work.size() == 1);
  CHECK(work[0].kind == PaymentWorkKind::create);
  CHECK(work[0].held.id == made.work.id);
  CHECK(work[0].held.attempts == 2);
  CHECK(textOf(work[0].payment) == textOf(made.payment));
  if (storage.kind() == StorageKind::postgres) {
    CHECK(auditEventsOf(creation.payment.id, "payment.create") == 1);
    CHECK(countOf("SELECT count(*) FROM payments WHERE currency = 'IDR'") == 1);
  }
}

TEST_CASE("Every virtual account has another number, a code has none", "[payments]") {
  const PaymentStorage storage(eachPaymentStorage());
  const auto engine = storage.engine();
  const auto maker = freshId();
  std::set<std::string> numbers;
  for (int i = 0; i < 50; ++i) {
    numbers.insert(created(*engine, newCreation(maker, "V" + std::to_string(i))).payment.vaNumber);
  }
  CHECK(numbers.size() == 50);
  auto code = newCreation(maker, "Q");
  code.payment.method = PaymentMethod::briQris;
  code.payment.vaNumber.clear();
  code.payment.userId = {};
  const auto made = created(*engine, code).payment;
  CHECK(made.vaNumber.empty());
  CHECK(made.method == PaymentMethod::briQris);
  CHECK(made.userId.isNil());
}

TEST_CASE("A request that comes again is answered as the first was, whatever became of the payment",
          "[payments]") {
  const PaymentStorage storage(eachPaymentStorage());
  const auto engine = storage.engine();
  const auto first = newCreation(freshId(), "A1");
  const auto made = created(*engine, first);
  auto again = sentAgain(first);
  const auto early = answerTo(*engine, again);
  CHECK(early.outcome == CreatePaymentOutcome::inProgress);
  CHECK(early.work.id == 0);
  CHECK_FALSE(found(*engine, again.payment.id));

  const auto answer = valueOf(*engine, AnswerCreation{made.payment.id});
  REQUIRE(answer);
  CHECK(textOf(*answer) == textOf(made.payment));
  for (int i = 0; i < 3; ++i) {
    again = sentAgain(first);
    const auto replayed = answerTo(*engine, again);
    CHECK(replayed.outcome == CreatePaymentOutcome::replayed);
    CHECK(textOf(replayed.payment) == textOf(made.payment));
    CHECK(replayed.work.id == 0);
    CHECK_FALSE(found(*engine, again.payment.id));
    if (i == 0) {
      changed(*engine, paidBy(opened(*engine, made.payment), "R1"));
    } else {
      CHECK(textOf(valueOf(*engine, AnswerCreation{made.payment.id}).value()) == textOf(made.payment));
    }
  }
  CHECK(found(*engine, made.payment.id)->status == PaymentStatus::paid);
  CHECK_FALSE(valueOf(*engine, AnswerCreation{freshId()}));
}

TEST_CASE("All of a payment is in a stored answer", "[payments]") {
  const PaymentStorage storage(eachPaymentStorage());
  const auto engine = storage.engine();
  const auto first = newCreation(freshId(), "A1");
  auto change = paidBy(created(*engine, first).payment, "R1");
  change.after.gatewayState = GatewayState::open;
  change.after.bankRef = "BANK";
  change.after.qrContent = "00020101";
  change.after.suspenseMinor = 5;
  change.after.refundedMinor = 3;
  change.after.refundingMinor = 2;
  change.after.late = true;
  change.answersKey = true;
  const auto stored = changed(*engine, change);
  CHECK(stored.late);
  CHECK(stored.refundedMinor == 3);
  CHECK(stored.refundingMinor == 2);
  CHECK(textOf(answerTo(*engine, sentAgain(first)).payment) == textOf(stored));
}

TEST_CASE("A key that was used for another request says so, before and after the answer", "[payments]") {
  const PaymentStorage storage(eachPaymentStorage());
  const auto engine = storage.engine();
  const auto first = newCreation(freshId(), "A1");
  const auto made = created(*engine, first);
  auto other = sentAgain(first);
  other.idempotency.fingerprint = Bytes(32, 8);
  CHECK(answerTo(*engine, other).outcome == CreatePaymentOutcome::otherRequest);
  other = sentAgain(other);
  other.payment.createdAt = first.lockedUntil;
  CHECK(answerTo(*engine, other).outcome == CreatePaymentOutcome::otherRequest);
  CHECK(answerTo(*engine, sentAgain(first)).outcome == CreatePaymentOutcome::inProgress);
  CHECK(valueOf(*engine, AnswerCreation{made.payment.id}));
  CHECK(answerTo(*engine, sentAgain(other)).outcome == CreatePaymentOutcome::otherRequest);
  CHECK(answerTo(*engine, sentAgain(first)).outcome == CreatePaymentOutcome::replayed);

  auto stranger = newCreation(freshId(), "A1");
  stranger.idempotency.key = first.idempotency.key;
  CHECK(answerTo(*engine, stranger).outcome == CreatePaymentOutcome::created);
}

TEST_CASE("A request that was never answered counts as answered when its lock is over", "[payments]") {
  const PaymentStorage storage(eachPaymentStorage());
  const auto engine = storage.engine();
  const auto first = newCreation(freshId(), "A1");
  const auto pending = opened(*engine, created(*engine, first).payment);
  auto again = sentAgain(first);
  again.payment.createdAt = first.lockedUntil - Milliseconds{1};
  CHECK(answerTo(*engine, again).outcome == CreatePaymentOutcome::inProgress);
  again = sentAgain(again);
  again.payment.createdAt = first.lockedUntil;
  const auto answer = answerTo(*engine, again);
  CHECK(answer.outcome == CreatePaymentOutcome::replayed);
  CHECK(textOf(answer.payment) == textOf(pending));
  changed(*engine, paidBy(pending, "R1"));
  CHECK(textOf(answerTo(*engine, sentAgain(again)).payment) == textOf(pending));
  CHECK(textOf(valueOf(*engine, AnswerCreation{pending.id}).value()) == textOf(pending));
}

TEST_CASE("A merchant's reference is taken once by each creator, and a refusal leaves the key free",
          "[payments]") {
  const PaymentStorage storage(eachPaymentStorage());
  const auto engine = storage.engine();
  const auto maker = freshId();
  created(*engine, newCreation(maker, "A1"));
  auto second = newCreation(maker, "A1");
  second.idempotency.key = "another";
  CHECK(answerTo(*engine, second).outcome == CreatePaymentOutcome::merchantRefTaken);
  CHECK_FALSE(found(*engine, second.payment.id));
  second = sentAgain(second);
  second.payment.merchantRef = "A2";
  CHECK(answerTo(*engine, second).outcome == CreatePaymentOutcome::created);
  CHECK(answerTo(*engine, newCreation(freshId(), "A1")).outcome == CreatePaymentOutcome::created);
}

TEST_CASE("A change is stored with its event, its money, its work and the answer of the creation",
          "[payments]") {
  const PaymentStorage storage(eachPaymentStorage());
  const auto engine = storage.engine();
  const auto first = newCreation(freshId(), "A1");
  const auto made = created(*engine, first);
  auto change = paidBy(made.payment, "R1");
  change.after.gatewayState = GatewayState::open;
  change.after.gatewayRef = "0000000000000000000000000000000a";
  change.after.vaNumber = "777770000000001";
  change.after.expiresAt += std::chrono::hours{1};
  change.work = PlannedWork{PaymentWorkKind::ask, startTime() + std::chrono::minutes{5}};
  change.finished = made.work;
  change.answersKey = true;
  change.audit = first.audit;
  change.audit.id = freshId();
  change.audit.action = "payment.paid";
  auto expected = change.after;
  expected.version = 2;
  expected.updatedAt = change.now;
  change.after.merchantRef = "not this";  // what a payment was created with stays
  change.after.customerName = "nor this";
  change.after.amount.minor = 1;
  change.after.createdAt += std::chrono::hours{1};
  const auto outcome = valueOf(*engine, change);
  CHECK(outcome.outcome == ChangePaymentOutcome::changed);
  CHECK(textOf(outcome.payment) == textOf(expected));
  CHECK(textOf(found(*engine, made.payment.id).value()) == textOf(expected));
  CHECK(textOf(answerTo(*engine, sentAgain(first)).payment) == textOf(expected));

  const auto events = eventsOf(*engine, made.payment.id);
  REQUIRE(events.size() == 2);
  CHECK(textOf(events[1]) == "2 money created>paid bank/call/said so at 60000");
  CHECK(claimedWork(*engine, change.work->at - Milliseconds{1}).empty());
  CHECK(kindsOf(claimedWork(*engine, startTime() + std::chrono::hours{1})) == "ask");
  if (storage.kind() == StorageKind::postgres) {
    CHECK(auditEventsOf(made.payment.id, "payment.create") == 1);
    CHECK(auditEventsOf(made.payment.id, "payment.paid") == 1);
    CHECK(countOf("SELECT count(*) FROM ledger_transactions WHERE kind = 'credit'") == 1);
    CHECK(countOf("SELECT count(*) FROM ledger_entries") == 2);
    CHECK(countOf("SELECT amount_minor FROM ledger_entries WHERE account = 'bank:bri:clearing'") ==
          kPaymentMinor);
    CHECK(countOf("SELECT amount_minor FROM ledger_entries WHERE account = 'merchant:payable'") ==
          -kPaymentMinor);
  }
}

TEST_CASE("A change of another version than the payment's does nothing", "[payments]") {
  const PaymentStorage storage(eachPaymentStorage());
  const auto engine = storage.engine();
  const auto first = newCreation(freshId(), "A1");
  const auto made = created(*engine, first);
  const auto pending = opened(*engine, made.payment);
  for (const std::int64_t version : {std::int64_t{1}, std::int64_t{3}}) {
    auto stale = paidBy(pending, "R1");
    stale.after.version = version;
    stale.work = PlannedWork{PaymentWorkKind::ask, startTime()};
    stale.finished = made.work;
    stale.answersKey = true;
    const auto outcome = valueOf(*engine, stale);
    CHECK(outcome.outcome == ChangePaymentOutcome::moved);
    CHECK(textOf(outcome.payment) == textOf(pending));
  }
  CHECK(textOf(found(*engine, made.payment.id).value()) == textOf(pending));
  CHECK(eventsOf(*engine, made.payment.id).size() == 2);
  CHECK(kindsOf(claimedWork(*engine, *first.leaseUntil)) == "create");
  CHECK(answerTo(*engine, sentAgain(first)).outcome == CreatePaymentOutcome::inProgress);
  // The money can still be booked.
  CHECK(changed(*engine, paidBy(pending, "R1")).version == 3);

  auto unknown = changeTo(pending, PaymentStatus::expired, "expired");
  unknown.after.id = freshId();
  CHECK(outcome(*engine, unknown).fault().code == ErrorCode::paymentNotFound);
}

TEST_CASE("A movement of money is booked once, also of another version", "[payments]") {
  const PaymentStorage storage(eachPaymentStorage());
  const auto engine = storage.engine();
  const auto made = created(*engine, newCreation(freshId(), "A1"));
  const auto pending = opened(*engine, made.payment);
  const auto paid = changed(*engine, paidBy(pending, "R1"));
  for (const auto& read : {paid, pending}) {
    auto again = paidBy(read, "R1");
    again.work = PlannedWork{PaymentWorkKind::ask, startTime()};
    const auto outcome = valueOf(*engine, again);
    CHECK(outcome.outcome == ChangePaymentOutcome::booked);
    CHECK(textOf(outcome.payment) == textOf(paid));
  }
  CHECK(eventsOf(*engine, paid.id).size() == 3);
  CHECK(claimedWork(*engine, startTime()).empty());
  auto extra = changeTo(paid, PaymentStatus::paid, "extra_money");
  extra.after.suspenseMinor = 100;
  extra.movement = LedgerMovement{"credit:" + paid.id.toString() + ":R2", "credit", "bank:bri:clearing",
                                  "suspense:unmatched", 100};
  CHECK(changed(*engine, extra).suspenseMinor == 100);
}

TEST_CASE("A hundred creations with one key, through several connections, make one payment",
          "[payments][race]") {
  const PaymentStorage storage(eachPaymentStorage());
  const auto first = newCreation(freshId(), "A1");
  std::atomic<int> made{0};
  std::atomic<int> busy{0};
  std::atomic<int> broken{0};
  hundredAtOnce(storage, [&](StorageEngineInterface& engine, int) {
    engine.run(sentAgain(first), [&](Result<CreatedPayment> result) {
      const bool ok = result.ok();
      made += ok && result.value().outcome == CreatePaymentOutcome::created ? 1 : 0;
      busy += ok && result.value().outcome == CreatePaymentOutcome::inProgress ? 1 : 0;
      broken += ok ? 0 : 1;
    });
  });
  CHECK(made == 1);
  CHECK(busy == 99);
  CHECK(broken == 0);
  const auto engine = storage.engine();
  const auto all = valueOf(*engine, ListPayments{}).rows;
  REQUIRE(all.size() == 1);
  CHECK(kindsOf(claimedWork(*engine, *first.leaseUntil)) == "create");
  CHECK(valueOf(*engine, AnswerCreation{all[0].id}));
  std::atomic<int> same{0};
  hundredAtOnce(storage, [&](StorageEngineInterface& own, int) {
    own.run(sentAgain(first), [&](Result<CreatedPayment> result) {
      same += result.ok() && result.value().outcome == CreatePaymentOutcome::replayed &&
                      result.value().payment.id == all[0].id
                  ? 1
                  : 0;
    });
  });
  CHECK(same == 100);
}

TEST_CASE("Of a hundred creations with one reference and other keys one gets it", "[payments][race]") {
  const PaymentStorage storage(eachPaymentStorage());
  const auto first = newCreation(freshId(), "A1");
  std::atomic<int> made{0};
  std::atomic<int> taken{0};
  hundredAtOnce(storage, [&](StorageEngineInterface& engine, int number) {
    auto creation = sentAgain(first);
    creation.idempotency.key = "key " + std::to_string(number);
    engine.run(creation, [&](Result<CreatedPayment> result) {
      made += result.ok() && result.value().outcome == CreatePaymentOutcome::created ? 1 : 0;
      taken += result.ok() && result.value().outcome == CreatePaymentOutcome::merchantRefTaken ? 1 : 0;
    });
  });
  CHECK(made == 1);
  CHECK(taken == 99);
}

TEST_CASE("Of a hundred changes of one version one happens, and the same money is booked once",
          "[payments][race]") {
  const PaymentStorage storage(eachPaymentStorage());
  const auto engine = storage.engine();
  const auto pending = opened(*engine, created(*engine, newCreation(freshId(), "A1")).payment);
  std::atomic<int> happened{0};
  std::atomic<int> refused{0};
  hundredAtOnce(storage, [&](StorageEngineInterface& own, int) {
    own.run(paidBy(pending, "R1"), [&](Result<ChangedPayment> result) {
      const bool ok = result.ok();
      happened += ok && result.value().outcome == ChangePaymentOutcome::changed ? 1 : 0;
      refused += ok && result.value().outcome != ChangePaymentOutcome::changed ? 1 : 0;
    });
  });
  CHECK(happened == 1);
  CHECK(refused == 99);
  CHECK(found(*engine, pending.id)->version == 3);
  CHECK(eventsOf(*engine, pending.id).size() == 3);
  if (storage.kind() == StorageKind::postgres) {
    CHECK(countOf("SELECT count(*) FROM ledger_transactions") == 1);
    CHECK(countOf("SELECT sum(amount_minor)::int8 FROM ledger_entries") == 0);
  }
}

TEST_CASE("Who has as many open payments as allowed gets no more, but an answer to what was sent before",
          "[payments]") {
  const PaymentStorage storage(eachPaymentStorage());
  const auto engine = storage.engine();
  const auto maker = freshId();
  const auto limited = [&](const char* reference) {
    auto creation = newCreation(maker, reference);
    creation.payment.userId = maker;
    creation.mostOpen = 2;
    return creation;
  };
  const auto first = limited("L1");
  const auto made = created(*engine, first);
  created(*engine, limited("L2"));
  CHECK(valueOf(*engine, limited("L3")).outcome == CreatePaymentOutcome::tooManyOpen);
  CHECK(valueOf(*engine, sentAgain(first)).outcome == CreatePaymentOutcome::inProgress);
  changed(*engine, paidBy(made.payment, "R1"));
  CHECK(valueOf(*engine, limited("L3")).outcome == CreatePaymentOutcome::created);
  CHECK(valueOf(*engine, IsMoneyBooked{"credit:" + made.payment.id.toString() + ":R1"}));
  CHECK_FALSE(valueOf(*engine, IsMoneyBooked{"credit:" + made.payment.id.toString() + ":R2"}));
}
