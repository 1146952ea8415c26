#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <optional>
#include <utility>
#include <vector>

#include "test/contract/persistence/payment/paymentFixture.hpp"

// Operations that wait at one time are done in one statement. Each is answered as if it were alone, and none suffers from
// what another is refused for.

using namespace ks;
using namespace ks::contract;

namespace {

StorageKind eachPaymentStorage() { return GENERATE(StorageKind::memory, StorageKind::postgres); }

/// What each was answered, once; all were queued before the flush.
template <class Op>
std::vector<Result<typename Op::Out>> together(StorageEngineInterface& engine, const std::vector<Op>& all) {
  using Out = typename Op::Out;
  std::vector<std::optional<Result<Out>>> replied(all.size());
  for (std::size_t i = 0; i < all.size(); ++i) {
    engine.run(all[i], Reply<Out>([&replied, i](Result<Out> result) {
                 CHECK_FALSE(replied[i]);
                 replied[i].emplace(std::move(result));
               }));
  }
  engine.flush();
  std::vector<Result<Out>> answers;
  for (auto& each : replied) {
    REQUIRE(each);
    answers.push_back(std::move(*each));
  }
  return answers;
}

std::vector<CreatePayment> creationsOf(const Uuid& maker, const std::string& prefix, int count) {
  std::vector<CreatePayment> all;
  for (int i = 0; i < count; ++i) {
    all.push_back(newCreation(maker, prefix + std::to_string(i)));
  }
  return all;
}

CreatePaymentOutcome outcomeOf(const Result<CreatedPayment>& answer) {
  REQUIRE(answer.ok());
  return answer.value().outcome;
}

}  // namespace

TEST_CASE("Payments that are created together are each answered with their own", "[payments][together]") {
  const PaymentStorage storage(eachPaymentStorage());
  const auto engine = storage.engine();
  auto all = creationsOf(freshId(), "T", 70);
  all[3].payment.method = PaymentMethod::briQris;
  all[3].payment.vaNumber.clear();
  all[3].payment.userId = {};
  all[4].audit = {};
  const auto answers = together(*engine, all);
  for (std::size_t i = 0; i < all.size(); ++i) {
    REQUIRE(outcomeOf(answers[i]) == CreatePaymentOutcome::created);
    const auto& made = answers[i].value();
    auto expected = all[i].payment;
    expected.vaNumber = made.payment.vaNumber;
    CHECK(textOf(made.payment) == textOf(expected));
    CHECK(made.payment.vaNumber.empty() == (i == 3));
    CHECK(made.work.attempts == 1);
    CHECK(textOf(found(*engine, all[i].payment.id).value()) == textOf(made.payment));
    CHECK(eventsOf(*engine, all[i].payment.id).size() == 1);
  }
  CHECK(claimedWork(*engine, *all[0].leaseUntil).size() == 70);
  if (storage.kind() == StorageKind::postgres) {
    CHECK(countOf("SELECT count(DISTINCT xmin::text) FROM payments") == 3);
    CHECK(countOf("SELECT count(*) FROM audit_pending a JOIN payments p ON p.id::text = a.target_id") == 69);
  }
}

TEST_CASE("Of requests that come together each is refused for its own fault only", "[payments][together]") {
  const PaymentStorage storage(eachPaymentStorage());
  const auto engine = storage.engine();
  const auto maker = freshId();
  const auto known = newCreation(maker, "known");
  const auto made = created(*engine, known);
  const auto waiting = newCreation(maker, "waiting");
  created(*engine, waiting);
  REQUIRE(valueOf(*engine, AnswerCreation{made.payment.id}));

  auto all = creationsOf(maker, "N", 3);
  all.push_back(sentAgain(known));
  all.push_back(sentAgain(waiting));
  all.push_back(sentAgain(known));
  all.back().idempotency.fingerprint = Bytes(32, 8);
  all.push_back(newCreation(maker, "known"));
  all.back().idempotency.key = "another key";
  all.push_back(newCreation(maker, "impossible"));
  all.back().payment.gatewayRef = made.payment.gatewayRef;
  all.push_back(newCreation(maker, "last"));
  const auto answers = together(*engine, all);
  for (const std::size_t i : {0, 1, 2, 8}) {
    CHECK(outcomeOf(answers[i]) == CreatePaymentOutcome::created);
    CHECK(found(*engine, all[i].payment.id));
  }
  CHECK(outcomeOf(answers[3]) == CreatePaymentOutcome::replayed);
  CHECK(textOf(answers[3].value().payment) == textOf(made.payment));
  CHECK(outcomeOf(answers[4]) == CreatePaymentOutcome::inProgress);
  CHECK(outcomeOf(answers[5]) == CreatePaymentOutcome::otherRequest);
  CHECK(outcomeOf(answers[6]) == CreatePaymentOutcome::merchantRefTaken);
  REQUIRE_FALSE(answers[7].ok());
  CHECK(answers[7].fault().code == ErrorCode::conflict);
  for (const std::size_t i : {3, 4, 5, 6, 7}) {
    CHECK_FALSE(found(*engine, all[i].payment.id));
  }
  // What was refused has left no key either.
  all[7].payment.gatewayRef = sentAgain(all[7]).payment.gatewayRef;
  CHECK(outcomeOf(together(*engine, std::vector{all[7]})[0]) == CreatePaymentOutcome::created);
}

TEST_CASE("One request that comes twice at a time makes one payment", "[payments][together]") {
  const PaymentStorage storage(eachPaymentStorage());
  const auto engine = storage.engine();
  const auto maker = freshId();
  auto one = newCreation(maker, "one");
  one.answered = true;
  const auto other = newCreation(maker, "other");
  const std::vector<CreatePayment> all{one, sentAgain(one), other, sentAgain(other)};
  const auto answers = together(*engine, all);
  CHECK(outcomeOf(answers[0]) == CreatePaymentOutcome::created);
  CHECK(outcomeOf(answers[1]) == CreatePaymentOutcome::replayed);
  CHECK(textOf(answers[1].value().payment) == textOf(answers[0].value().payment));
  CHECK(outcomeOf(answers[2]) == CreatePaymentOutcome::created);
  CHECK(outcomeOf(answers[3]) == CreatePaymentOutcome::inProgress);
}

TEST_CASE("Two orders of one reference that come at a time make one payment", "[payments][together]") {
  const PaymentStorage storage(eachPaymentStorage());
  const auto engine = storage.engine();
  const auto maker = freshId();
  const auto one = newCreation(maker, "one");
  auto sameRef = newCreation(maker, "one");
  sameRef.idempotency.key = "another key";
  const auto answers = together(*engine, std::vector{one, sameRef, newCreation(maker, "other")});
  CHECK(outcomeOf(answers[0]) == CreatePaymentOutcome::created);
  CHECK(outcomeOf(answers[1]) == CreatePaymentOutcome::merchantRefTaken);
  CHECK(outcomeOf(answers[2]) == CreatePaymentOutcome::created);
  CHECK_FALSE(found(*engine, sameRef.payment.id));
}

TEST_CASE("A person's limit counts what is created together", "[payments][together]") {
  const PaymentStorage storage(eachPaymentStorage());
  const auto engine = storage.engine();
  auto all = creationsOf(freshId(), "L", 4);
  for (auto& one : all) {
    one.mostOpen = 2;
  }
  const auto answers = together(*engine, all);
  CHECK(outcomeOf(answers[0]) == CreatePaymentOutcome::created);
  CHECK(outcomeOf(answers[1]) == CreatePaymentOutcome::created);
  CHECK(outcomeOf(answers[2]) == CreatePaymentOutcome::tooManyOpen);
  CHECK(outcomeOf(answers[3]) == CreatePaymentOutcome::tooManyOpen);
}

TEST_CASE("A request that is answered at once is answered so for ever", "[payments][together]") {
  const PaymentStorage storage(eachPaymentStorage());
  const auto engine = storage.engine();
  auto creation = newCreation(freshId(), "A1");
  creation.answered = true;
  creation.payment.expiresAt += Milliseconds{123'457};
  const auto made = created(*engine, creation);
  auto change = paidBy(made.payment, "R1");
  change.after.gatewayState = GatewayState::open;
  change.after.gatewayRef = "another";
  change.after.bankRef = "bank";
  change.after.qrContent = "code";
  change.after.late = true;
  change.after.suspenseMinor = 5;
  change.after.refundingMinor = 7;
  change.after.refundedMinor = 9;
  change.answersKey = true;  // it has its answer
  changed(*engine, change);
  const auto replayed = valueOf(*engine, sentAgain(creation));
  CHECK(replayed.outcome == CreatePaymentOutcome::replayed);
  CHECK(textOf(replayed.payment) == textOf(made.payment));
  CHECK(textOf(valueOf(*engine, AnswerCreation{made.payment.id}).value()) == textOf(made.payment));
}

TEST_CASE("Work that the creation's caller does not do is due at once", "[payments][together]") {
  const PaymentStorage storage(eachPaymentStorage());
  const auto engine = storage.engine();
  auto creation = newCreation(freshId(), "A1");
  creation.leaseUntil = {};
  CHECK(created(*engine, creation).work.id == 0);
  CHECK(claimedWork(*engine, startTime() - Milliseconds{1}).empty());
  const auto work = claimedWork(*engine, startTime());
  REQUIRE(kindsOf(work) == "create");
  CHECK(work[0].held.attempts == 1);
}

TEST_CASE("Payments that change together each change by their own", "[payments][together]") {
  const PaymentStorage storage(eachPaymentStorage());
  const auto engine = storage.engine();
  std::vector<CreatedPayment> made;
  for (const auto& creation : creationsOf(freshId(), "C", 6)) {
    made.push_back(created(*engine, creation));
  }
  changed(*engine, paidBy(made[2].payment, "known"));
  std::vector<ChangePayment> all;
  all.push_back(paidBy(made[0].payment, "R0"));
  all[0].finished = made[0].work;
  all.push_back(paidBy(made[1].payment, "R1"));
  all[1].notice = AnsweredBankNotice{};
  all[1].notice->notice.id = freshId();
  all[1].notice->notice.service = "25";
  all[1].notice->notice.dedupKey = "D1";
  all[1].notice->notice.externalId = "E1";
  all[1].notice->notice.day = "2026-02-03";
  all[1].notice->notice.rawBody = "{}";
  all[1].notice->answer = {200, "fine"};
  all.push_back(paidBy(made[2].payment, "known"));
  all.push_back(changeTo(made[2].payment, PaymentStatus::expired, "expired"));
  all.push_back(paidBy(made[3].payment, "R3"));
  all[4].notice = all[1].notice;
  all[4].notice->notice.id = freshId();
  all.push_back(changeTo(made[4].payment, PaymentStatus::pending, "gateway_open"));
  all[5].work = PlannedWork{PaymentWorkKind::ask, startTime()};
  all[5].finished = made[4].work;
  all.push_back(changeTo(made[5].payment, PaymentStatus::pending, "gateway_open"));
  all[6].after.id = freshId();
  const auto answers = together(*engine, all);

  const auto outcomeAt = [&answers](std::size_t i) {
    REQUIRE(answers[i].ok());
    return answers[i].value().outcome;
  };
  for (const std::size_t i : {0, 1, 5}) {
    CHECK(outcomeAt(i) == ChangePaymentOutcome::changed);
    CHECK(answers[i].value().payment.id == all[i].after.id);
    CHECK(textOf(answers[i].value().payment) == textOf(found(*engine, all[i].after.id).value()));
    CHECK(eventsOf(*engine, all[i].after.id).size() == 2);
  }
  CHECK(outcomeAt(2) == ChangePaymentOutcome::booked);
  CHECK(outcomeAt(3) == ChangePaymentOutcome::moved);
  CHECK(outcomeAt(4) == ChangePaymentOutcome::noticeKnown);
  REQUIRE_FALSE(answers[6].ok());
  CHECK(answers[6].fault().code == ErrorCode::paymentNotFound);
  CHECK(found(*engine, made[3].payment.id)->status == PaymentStatus::created);
  CHECK(valueOf(*engine, IsMoneyBooked{all[0].movement->key}));
  CHECK(valueOf(*engine, IsMoneyBooked{all[1].movement->key}));
  CHECK_FALSE(valueOf(*engine, IsMoneyBooked{all[4].movement->key}));
  // Of the first the work has ended, the fifth has other work; the four others are to be given to the bank.
  CHECK(kindsOf(claimedWork(*engine, startTime() + std::chrono::hours{1})) ==
        "ask create create create create");
  if (storage.kind() == StorageKind::postgres) {
    CHECK(countOf("SELECT count(*) FROM bank_notices") == 1);
    CHECK(countOf("SELECT count(*) FROM ledger_entries") == 6);
  }
}

TEST_CASE("Of two changes of one payment that come together the second finds it changed",
          "[payments][together]") {
  const PaymentStorage storage(eachPaymentStorage());
  const auto engine = storage.engine();
  const auto made = created(*engine, newCreation(freshId(), "A1"));
  const auto answers =
      together(*engine, std::vector{paidBy(made.payment, "R1"), paidBy(made.payment, "R1"),
                                    changeTo(made.payment, PaymentStatus::expired, "expired")});
  for (const auto& answer : answers) {
    REQUIRE(answer.ok());
    CHECK(answer.value().payment.status == PaymentStatus::paid);
  }
  CHECK(answers[0].value().outcome == ChangePaymentOutcome::changed);
  CHECK(answers[1].value().outcome == ChangePaymentOutcome::booked);
  CHECK(answers[2].value().outcome == ChangePaymentOutcome::moved);
}

TEST_CASE("Calls to the bank that begin together get their own external ids", "[payments][together]") {
  const PaymentStorage storage(eachPaymentStorage());
  const auto engine = storage.engine();
  std::vector<BeginBankCall> begun;
  for (const char* externalId : {"1", "2", "1", "3"}) {
    BeginBankCall call;
    call.id = freshId();
    call.partner = "us";
    call.day = "2026-02-03";
    call.externalId = externalId;
    call.now = startTime();
    begun.push_back(call);
  }
  std::vector<bool> free;
  for (const auto& answer : together(*engine, begun)) {
    REQUIRE(answer.ok());
    free.push_back(answer.value());
  }
  CHECK(free == std::vector{true, true, false, true});
  std::vector<EndBankCall> ended;
  for (const auto& call : begun) {
    ended.push_back({call.id, BankOutcome::ok, 200, call.externalId, "", std::chrono::microseconds{5}});
  }
  for (const auto& answer : together(*engine, ended)) {
    CHECK(answer.ok());
  }
  if (storage.kind() == StorageKind::postgres) {
    CHECK(countOf("SELECT count(*) FROM bank_calls WHERE code = external_id AND outcome = 'ok'") == 3);
  }
}

TEST_CASE("Payments that are looked up together are found each by its own", "[payments][together]") {
  const PaymentStorage storage(eachPaymentStorage());
  const auto engine = storage.engine();
  const auto one = created(*engine, newCreation(freshId(), "A1")).payment;
  const auto other = created(*engine, newCreation(freshId(), "A2")).payment;
  const auto answers = together(*engine, std::vector<FindPaymentAtBank>{{.vaNumber = other.vaNumber},
                                                                        {.vaNumber = "77777000"},
                                                                        {.gatewayRef = one.gatewayRef},
                                                                        {.vaNumber = one.vaNumber}});
  const auto idAt = [&answers](std::size_t i) {
    REQUIRE(answers[i].ok());
    return answers[i].value() ? answers[i].value()->id : Uuid{};
  };
  CHECK(idAt(0) == other.id);
  CHECK(idAt(1).isNil());
  CHECK(idAt(2) == one.id);
  CHECK(idAt(3) == one.id);
}
