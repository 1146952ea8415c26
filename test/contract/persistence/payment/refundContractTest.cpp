#include <atomic>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "test/contract/persistence/payment/paymentFixture.hpp"

// Refunds are stored with the change of their payment, and never exceed what was paid.

using namespace ks;
using namespace ks::contract;

namespace {

using std::chrono::minutes;

StorageKind eachRefundStorage() { return GENERATE(StorageKind::memory, StorageKind::postgres); }

std::optional<RefundRecord> refundWith(StorageEngineInterface& engine, const Uuid& id) {
  return valueOf(engine, FindRefund{id});
}

/// A refund that is asked for.
RefundRecord askedRefund(StorageEngineInterface& engine, PaymentRecord& payment, std::int64_t minor,
                         RefundMode mode = RefundMode::manual, int minute = 2) {
  auto refund = newRefund(payment, minor, mode);
  refund.createdAt = refund.updatedAt = startTime() + minutes{minute};
  payment = changed(engine, refundAsked(payment, refund));
  return refund;
}

std::vector<Uuid> idsOf(const std::vector<RefundRecord>& refunds) {
  std::vector<Uuid> ids;
  ids.reserve(refunds.size());
  for (const auto& refund : refunds) {
    ids.push_back(refund.id);
  }
  return ids;
}

std::vector<Uuid> listedRefunds(StorageEngineInterface& engine, const RefundQuery& query) {
  return idsOf(valueOf(engine, ListRefunds{query}).rows);
}

/// In PostgreSQL, of the refunds that are set aside.
std::int64_t inTransit() {
  return countOf(
      "SELECT coalesce(-sum(amount_minor), 0)::int8 FROM ledger_entries WHERE account = 'refunds:in_transit'");
}

enum class AskedOutcome : std::uint8_t { done, refused, moved, broken };

/// As an actor does it: read, decide, change.
AskedOutcome askOnce(StorageEngineInterface& engine, const Uuid& paymentId, std::int64_t minor) {
  const auto read = outcome(engine, FindPayment{paymentId});
  if (!read.ok() || !read.value()) {
    return AskedOutcome::broken;
  }
  const auto& payment = *read.value();
  if (payment.paidMinor - payment.refundedMinor - payment.refundingMinor < minor) {
    return AskedOutcome::refused;
  }
  const auto change = outcome(engine, refundAsked(payment, newRefund(payment, minor)));
  if (!change.ok()) {
    return AskedOutcome::broken;
  }
  return change.value().outcome == ChangePaymentOutcome::changed ? AskedOutcome::done : AskedOutcome::moved;
}

}  // namespace

TEST_CASE("A refund is stored with the change that sets its amount aside", "[payments][refunds]") {
  const PaymentStorage storage(eachRefundStorage());
  const auto engine = storage.engine();
  const auto paid = paidPayment(*engine, "A1");
  const auto refund = newRefund(paid, 300'000, RefundMode::api);
  auto change = refundAsked(paid, refund);
  change.work = PlannedWork{PaymentWorkKind::refund, startTime() + minutes{5}};
  const auto after = changed(*engine, change);
  CHECK(after.refundingMinor == 300'000);
  CHECK(after.refundedMinor == 0);
  CHECK(after.status == PaymentStatus::paid);
  CHECK(textOf(found(*engine, paid.id).value()) == textOf(after));
  CHECK(eventsOf(*engine, paid.id).back().type == "refund_asked");
  CHECK(valueOf(*engine, IsMoneyBooked{"refund:" + refund.id.toString()}));
  CHECK(kindsOf(claimedWork(*engine, startTime() + minutes{5})) == "refund");

  CHECK(textOf(refundWith(*engine, refund.id).value()) == textOf(refund));
  const auto& key = refund.idempotency;
  CHECK(textOf(valueOf(*engine, FindRefundByKey{key.scope, key.key}).value()) == textOf(refund));
  CHECK(valueOf(*engine, FindRefund{refund.id, paid.userId}));
  CHECK_FALSE(valueOf(*engine, FindRefund{refund.id, freshId()}));
  CHECK_FALSE(refundWith(*engine, freshId()));
  CHECK_FALSE(valueOf(*engine, FindRefundByKey{key.scope, "another"}));
  CHECK_FALSE(valueOf(*engine, FindRefundByKey{"another", key.key}));
  if (storage.kind() == StorageKind::postgres) {
    CHECK(inTransit() == 300'000);
    CHECK(countOf("SELECT count(*) FROM payment_refunds WHERE currency = 'IDR'") == 1);
  }
}

TEST_CASE("A second refund does not have the bank asked for the first one twice at once",
          "[payments][refunds]") {
  const PaymentStorage storage(eachRefundStorage());
  const auto engine = storage.engine();
  auto payment = paidPayment(*engine, "A1");
  for (int number = 0; number < 2; ++number) {
    auto change = refundAsked(payment, newRefund(payment, 100'000, RefundMode::api));
    change.work = PlannedWork{PaymentWorkKind::refund, startTime() + minutes{5}};
    payment = changed(*engine, change);
    if (number == 0) {
      CHECK(kindsOf(claimedWork(*engine, startTime() + minutes{5})) == "refund");
    }
  }
  CHECK(claimedWork(*engine, startTime() + minutes{5}).empty());  // the first one's is held
  CHECK(kindsOf(claimedWork(*engine, startTime() + std::chrono::hours{1001})) == "refund");
}

TEST_CASE("What becomes of a refund changes how it stands, and nothing else of it", "[payments][refunds]") {
  const PaymentStorage storage(eachRefundStorage());
  const auto engine = storage.engine();
  auto payment = paidPayment(*engine, "A1");
  const auto refund = askedRefund(*engine, payment, 400'000, RefundMode::api);
  auto expected = refund;
  expected.status = RefundStatus::unknown;
  expected.error = "no answer";
  expected.updatedAt += minutes{1};
  auto unclear = changeTo(payment, payment.status, "refund_unknown");
  unclear.refund = expected;
  unclear.refund->amount.minor = 1;  // what it was asked with stays
  unclear.refund->reason = "another";
  unclear.refund->mode = RefundMode::manual;
  unclear.refund->createdAt += minutes{9};
  unclear.refund->idempotency.fingerprint = Bytes(32, 1);
  payment = changed(*engine, unclear);
  CHECK(payment.refundingMinor == 400'000);
  CHECK(textOf(refundWith(*engine, refund.id).value()) == textOf(expected));

  const auto ended = refundEnded(payment, expected, RefundStatus::succeeded);
  payment = changed(*engine, ended);
  CHECK(payment.status == PaymentStatus::partiallyRefunded);
  CHECK(payment.refundingMinor == 0);
  CHECK(payment.refundedMinor == 400'000);
  CHECK(textOf(refundWith(*engine, refund.id).value()) == textOf(*ended.refund));
  CHECK(refundWith(*engine, refund.id)->bankReference == "PAYOUT");

  const auto second = askedRefund(*engine, payment, 600'000);
  payment = changed(*engine, refundEnded(payment, second, RefundStatus::failed));
  CHECK(payment.status == PaymentStatus::partiallyRefunded);
  CHECK(payment.refundedMinor == 400'000);
  CHECK(payment.refundingMinor == 0);
  const auto third = askedRefund(*engine, payment, 600'000);
  payment = changed(*engine, refundEnded(payment, third, RefundStatus::succeeded));
  CHECK(payment.status == PaymentStatus::refunded);
  CHECK(payment.refundedMinor == payment.paidMinor);
  for (const auto& key : {"refund_done:" + refund.id.toString(), "refund_failed:" + second.id.toString(),
                          "refund_done:" + third.id.toString()}) {
    CHECK(valueOf(*engine, IsMoneyBooked{key}));
  }
  if (storage.kind() == StorageKind::postgres) {
    CHECK(inTransit() == 0);
    CHECK(countOf("SELECT sum(amount_minor)::int8 FROM ledger_entries WHERE account = 'bank:bri:clearing'") ==
          0);
  }
}

TEST_CASE("A change that does not happen stores no refund and changes none", "[payments][refunds]") {
  const PaymentStorage storage(eachRefundStorage());
  const auto engine = storage.engine();
  auto payment = paidPayment(*engine, "A1");
  const auto before = payment;
  const auto refund = askedRefund(*engine, payment, 100'000);
  const auto late = newRefund(before, 100'000);
  CHECK(valueOf(*engine, refundAsked(before, late)).outcome == ChangePaymentOutcome::moved);
  CHECK_FALSE(refundWith(*engine, late.id));
  CHECK_FALSE(valueOf(*engine, IsMoneyBooked{"refund:" + late.id.toString()}));

  const auto done = refundEnded(payment, refund, RefundStatus::succeeded);
  payment = changed(*engine, done);
  auto again = done;  // its movement is booked
  again.after.version = payment.version;
  again.refund->status = RefundStatus::failed;
  CHECK(valueOf(*engine, again).outcome == ChangePaymentOutcome::booked);
  CHECK(refundWith(*engine, refund.id)->status == RefundStatus::succeeded);
  CHECK(textOf(found(*engine, payment.id).value()) == textOf(payment));
}

TEST_CASE("A key asks for one refund, also of another payment", "[payments][refunds]") {
  const PaymentStorage storage(eachRefundStorage());
  const auto engine = storage.engine();
  auto one = paidPayment(*engine, "A1");
  const auto other = paidPayment(*engine, "A2");
  const auto refund = askedRefund(*engine, one, 100'000);
  for (const auto& payment : {one, other}) {
    auto second = newRefund(payment, 100'000);
    second.idempotency = refund.idempotency;
    const auto taken = outcome(*engine, refundAsked(payment, second));
    REQUIRE_FALSE(taken.ok());
    CHECK(taken.fault().code == ErrorCode::conflict);
    CHECK_FALSE(refundWith(*engine, second.id));
    CHECK(textOf(found(*engine, payment.id).value()) == textOf(payment));
    CHECK_FALSE(valueOf(*engine, IsMoneyBooked{"refund:" + second.id.toString()}));
  }
  auto stranger = newRefund(other, 100'000);
  stranger.idempotency.key = refund.idempotency.key;
  CHECK(changed(*engine, refundAsked(other, stranger)).refundingMinor == 100'000);
  CHECK(valueOf(*engine, FindRefundByKey{stranger.idempotency.scope, stranger.idempotency.key})->id ==
        stranger.id);
}

TEST_CASE("The bank is asked for a payment's oldest open refund of its own mode", "[payments][refunds]") {
  const PaymentStorage storage(eachRefundStorage());
  const auto engine = storage.engine();
  auto payment = paidPayment(*engine, "A1");
  auto other = paidPayment(*engine, "A2");
  const auto openOf = [&](const PaymentRecord& which) {
    const auto open = valueOf(*engine, FindOpenRefund{which.id});
    return open ? open->id : Uuid{};
  };
  CHECK(openOf(payment).isNil());
  askedRefund(*engine, payment, 1'000, RefundMode::manual, 1);
  CHECK(openOf(payment).isNil());
  const auto second = askedRefund(*engine, payment, 2'000, RefundMode::api, 3);
  const auto first = askedRefund(*engine, payment, 3'000, RefundMode::api, 2);
  const auto sameTime = askedRefund(*engine, payment, 4'000, RefundMode::api, 3);
  CHECK(openOf(payment) == first.id);
  CHECK(openOf(other).isNil());
  payment = changed(*engine, refundEnded(payment, first, RefundStatus::failed));
  CHECK(openOf(payment) == second.id);
  auto unclear = changeTo(payment, payment.status, "refund_unknown");
  unclear.refund = second;
  unclear.refund->status = RefundStatus::unknown;
  payment = changed(*engine, unclear);
  CHECK(openOf(payment) == second.id);
  payment = changed(*engine, refundEnded(payment, second, RefundStatus::succeeded));
  CHECK(openOf(payment) == sameTime.id);
}

TEST_CASE("Refunds are listed newest first, of a payment, by status and by mode", "[payments][refunds]") {
  const PaymentStorage storage(eachRefundStorage());
  const auto engine = storage.engine();
  auto one = paidPayment(*engine, "A1");
  auto two = paidPayment(*engine, "A2");
  const auto a = askedRefund(*engine, one, 1'000, RefundMode::manual, 1);
  const auto b = askedRefund(*engine, two, 2'000, RefundMode::api, 2);
  const auto c = askedRefund(*engine, one, 3'000, RefundMode::api, 3);
  const auto d = askedRefund(*engine, two, 4'000, RefundMode::manual, 3);
  changed(*engine, refundEnded(two, b, RefundStatus::succeeded));
  CHECK(listedRefunds(*engine, {}) == std::vector{d.id, c.id, b.id, a.id});
  RefundQuery query;
  query.paymentId = one.id;
  CHECK(listedRefunds(*engine, query) == std::vector{c.id, a.id});
  query.mode = RefundMode::api;
  CHECK(listedRefunds(*engine, query) == std::vector{c.id});
  query = {};
  query.status = RefundStatus::requested;
  CHECK(listedRefunds(*engine, query) == std::vector{d.id, c.id, a.id});
  query.mode = RefundMode::manual;
  CHECK(listedRefunds(*engine, query) == std::vector{d.id, a.id});
  query.paymentId = two.id;
  CHECK(listedRefunds(*engine, query) == std::vector{d.id});
  query = {};
  query.status = RefundStatus::succeeded;
  CHECK(listedRefunds(*engine, query) == std::vector{b.id});
  query.status = RefundStatus::unknown;
  CHECK(listedRefunds(*engine, query).empty());
  query = {};
  query.paymentId = freshId();
  CHECK(listedRefunds(*engine, query).empty());
  CHECK(textOf(valueOf(*engine, ListRefunds{}).rows[0]) == textOf(d));
}

TEST_CASE("Pages of refunds join without gaps, also among equal times, and a cursor fits its filters",
          "[payments][refunds]") {
  const PaymentStorage storage(eachRefundStorage());
  const auto engine = storage.engine();
  auto payment = paidPayment(*engine, "A1");
  std::vector<Uuid> newestFirst;
  for (int i = 0; i < 7; ++i) {
    newestFirst.insert(newestFirst.begin(), askedRefund(*engine, payment, 100, RefundMode::manual, i / 3).id);
  }
  for (const int kind : {0, 1, 2}) {  // each has a statement of its own
    RefundQuery query;
    query.limit = 2;
    if (kind == 1) {
      query.paymentId = payment.id;
    } else if (kind == 2) {
      query.status = RefundStatus::requested;
    }
    std::vector<Uuid> all;
    int pages = 0;
    do {
      const auto page = valueOf(*engine, ListRefunds{query});
      CHECK(page.rows.size() <= 2);
      const auto ids = idsOf(page.rows);
      all.insert(all.end(), ids.begin(), ids.end());
      query.cursor = page.nextCursor;
      ++pages;
    } while (!query.cursor.empty() && pages < 9);
    CHECK(pages == 4);
    CHECK(all == newestFirst);
  }
  RefundQuery query;
  query.limit = 0;
  query.cursor = valueOf(*engine, ListRefunds{query}).nextCursor;
  const auto refusal = [&engine](const RefundQuery& asked) {
    const auto result = outcome(*engine, ListRefunds{asked});
    return result.ok() ? ErrorCode::none : result.fault().code;
  };
  CHECK(refusal(query) == ErrorCode::none);
  auto other = query;
  other.paymentId = payment.id;
  CHECK(refusal(other) == ErrorCode::cursorInvalid);
  other = query;
  other.status = RefundStatus::requested;
  CHECK(refusal(other) == ErrorCode::cursorInvalid);
  other = query;
  other.mode = RefundMode::manual;
  CHECK(refusal(other) == ErrorCode::cursorInvalid);
  other = query;
  other.cursor = "not a cursor";
  CHECK(refusal(other) == ErrorCode::cursorInvalid);
}

TEST_CASE("A hundred refunds at once never exceed what was paid", "[payments][refunds][race]") {
  const PaymentStorage storage(eachRefundStorage());
  const auto engine = storage.engine();
  const auto payment = paidPayment(*engine, "A1");
  const auto minor = payment.paidMinor / 10;
  std::atomic<int> done{0};
  std::atomic<int> refused{0};
  std::atomic<int> broken{0};
  hundredAtOnce(storage, [&](StorageEngineInterface& own, int) {
    auto asked = AskedOutcome::moved;
    for (int rounds = 0; rounds < 200 && asked == AskedOutcome::moved; ++rounds) {
      asked = askOnce(own, payment.id, minor);
    }
    done += asked == AskedOutcome::done ? 1 : 0;
    refused += asked == AskedOutcome::refused ? 1 : 0;
    broken += asked == AskedOutcome::broken ? 1 : 0;
  });
  CHECK(done == 10);
  CHECK(refused == 90);
  CHECK(broken == 0);
  const auto after = found(*engine, payment.id).value();
  CHECK(after.refundingMinor == payment.paidMinor);
  CHECK(after.version == payment.version + 10);
  RefundQuery query;
  query.paymentId = payment.id;
  CHECK(listedRefunds(*engine, query).size() == 10);
  if (storage.kind() == StorageKind::postgres) {
    CHECK(inTransit() == payment.paidMinor);
    CHECK(countOf("SELECT sum(amount_minor)::int8 FROM ledger_entries WHERE account = 'merchant:payable'") ==
          0);
  }
}

TEST_CASE("Of a hundred requests for a refund with one key one is stored", "[payments][refunds][race]") {
  const PaymentStorage storage(eachRefundStorage());
  const auto engine = storage.engine();
  const auto one = paidPayment(*engine, "A1");
  const auto other = paidPayment(*engine, "A2");
  const IdempotencyKey key{"shop", "once", Bytes(32, 9)};
  std::atomic<int> made{0};
  std::atomic<int> taken{0};
  hundredAtOnce(storage, [&](StorageEngineInterface& own, int number) {
    const auto& payment = number % 2 == 0 ? one : other;
    auto refund = newRefund(payment, 1'000);
    refund.idempotency = key;
    own.run(refundAsked(payment, refund), [&](Result<ChangedPayment> result) {
      made += result.ok() && result.value().outcome == ChangePaymentOutcome::changed ? 1 : 0;
      taken += result.ok() ? result.value().outcome == ChangePaymentOutcome::moved ? 1 : 0
               : result.fault().code == ErrorCode::conflict ? 1
                                                            : 0;
    });
  });
  CHECK(made == 1);
  CHECK(taken == 99);
  CHECK(valueOf(*engine, ListRefunds{}).rows.size() == 1);
  CHECK(found(*engine, one.id)->refundingMinor + found(*engine, other.id)->refundingMinor == 1'000);
}

TEST_CASE("An answer that was stored before there were refunds has nothing set aside",
          "[payments][refunds]") {
  const PaymentStorage storage(StorageKind::postgres);
  const auto engine = storage.engine();
  const auto first = newCreation(freshId(), "A1");
  const auto made = created(*engine, first);
  REQUIRE(valueOf(*engine, AnswerCreation{made.payment.id}));
  runSql("UPDATE payment_idempotency_keys SET answer = answer - 'refunding_minor'");
  const auto replayed = valueOf(*engine, sentAgain(first));
  CHECK(replayed.outcome == CreatePaymentOutcome::replayed);
  CHECK(textOf(replayed.payment) == textOf(made.payment));
  CHECK(textOf(valueOf(*engine, AnswerCreation{made.payment.id}).value()) == textOf(made.payment));
}
