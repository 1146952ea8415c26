#include <atomic>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <mutex>
#include <set>
#include <tuple>

#include "test/contract/persistence/payment/paymentFixture.hpp"

// Work on payments is shared by processes, each piece done by one at a time; calls to the bank are noted.

using namespace ks;
using namespace ks::contract;

namespace {

using std::chrono::minutes;

StorageKind eachWorkStorage() { return GENERATE(StorageKind::memory, StorageKind::postgres); }

TimePoint later() { return startTime() + minutes{10}; }

bool planned(StorageEngineInterface& engine, const Uuid& paymentId, PaymentWorkKind kind, TimePoint at) {
  return valueOf(engine, PlanPaymentWork{paymentId, {kind, at}});
}

void settle(StorageEngineInterface& engine, const HeldWork& held, std::optional<TimePoint> nextAt = {}) {
  valueOf(engine, SettlePaymentWork{held, nextAt, "no answer"});
}

/// A payment whose creation is given to the bank: nothing is planned for it.
PaymentRecord quietPayment(StorageEngineInterface& engine, const std::string& merchantRef) {
  const auto made = created(engine, newCreation(freshId(), merchantRef));
  settle(engine, made.work);
  return made.payment;
}

PaymentWork only(const std::vector<PaymentWork>& work) {
  REQUIRE(work.size() == 1);
  return work[0];
}

BeginBankCall newBankCall(const std::string& externalId) {
  BeginBankCall call;
  call.id = freshId();
  call.operation = BankOperation::create;
  call.partner = "77777";
  call.day = "2026-09-21";
  call.externalId = externalId;
  call.now = startTime();
  return call;
}

}  // namespace

TEST_CASE("Work is taken when it is due, the oldest first, and comes back when its lease is over",
          "[payments]") {
  const PaymentStorage storage(eachWorkStorage());
  const auto engine = storage.engine();
  std::vector<Uuid> ids;
  for (int i = 0; i < 4; ++i) {
    ids.push_back(quietPayment(*engine, "A" + std::to_string(i)).id);
    REQUIRE(planned(*engine, ids.back(), PaymentWorkKind::ask, startTime() + minutes{4 - i}));
  }
  const auto lease = later() + minutes{1};
  CHECK(valueOf(*engine, ClaimPaymentWork{10, startTime() + minutes{1} - Milliseconds{1}, lease}).empty());
  const auto first = only(valueOf(*engine, ClaimPaymentWork{1, later(), lease}));
  CHECK(first.payment.id == ids[3]);
  CHECK(first.kind == PaymentWorkKind::ask);
  CHECK(first.held.attempts == 1);
  CHECK(only(valueOf(*engine, ClaimPaymentWork{1, later(), lease + minutes{1}})).payment.id == ids[2]);
  CHECK(valueOf(*engine, ClaimPaymentWork{10, later(), lease + minutes{1}}).size() == 2);
  CHECK(valueOf(*engine, ClaimPaymentWork{10, later(), lease}).empty());
  CHECK(valueOf(*engine, ClaimPaymentWork{0, lease, lease}).empty());
  const auto again = only(valueOf(*engine, ClaimPaymentWork{10, lease, lease + minutes{1}}));
  CHECK(again.payment.id == ids[3]);
  CHECK(again.held.id == first.held.id);
  CHECK(again.held.attempts == 2);
}

TEST_CASE("Two workers never hold the same work", "[payments]") {
  const PaymentStorage storage(eachWorkStorage());
  const auto one = storage.engine();
  const auto other = storage.engine();
  for (int i = 0; i < 7; ++i) {
    REQUIRE(planned(*one, quietPayment(*one, "A" + std::to_string(i)).id, PaymentWorkKind::ask, startTime()));
  }
  std::set<std::int64_t> taken;
  for (const auto& [engine, most, expected] :
       {std::tuple{one.get(), 3U, 3U}, std::tuple{other.get(), 3U, 3U}, std::tuple{one.get(), 3U, 1U},
        std::tuple{other.get(), 3U, 0U}}) {
    const auto work = valueOf(*engine, ClaimPaymentWork{most, startTime(), later()});
    CHECK(work.size() == expected);
    for (const auto& each : work) {
      CHECK(taken.insert(each.held.id).second);
    }
  }
  CHECK(taken.size() == 7);
}

TEST_CASE("Ten workers at once take each piece once", "[payments][race]") {
  const PaymentStorage storage(eachWorkStorage());
  const auto engine = storage.engine();
  constexpr std::size_t kPieces = 60;
  for (std::size_t i = 0; i < kPieces; ++i) {
    created(*engine, newCreation(freshId(), "A" + std::to_string(i)));
  }
  std::mutex mutex;
  std::set<std::int64_t> taken;
  std::size_t pieces = 0;
  const auto due = startTime() + std::chrono::hours{1};
  hundredAtOnce(storage, [&](StorageEngineInterface& own, int) {
    own.run(ClaimPaymentWork{2, due, due + minutes{1}}, [&](Result<std::vector<PaymentWork>> work) {
      const std::lock_guard lock(mutex);
      if (work.ok()) {
        for (const auto& each : work.value()) {
          taken.insert(each.held.id);
          ++pieces;
        }
      }
    });
  });
  const auto rest = valueOf(*engine, ClaimPaymentWork{100, due, due + minutes{1}});
  CHECK(taken.size() == pieces);
  CHECK(pieces + rest.size() == kPieces);
  CHECK(pieces > kPieces / 2);
}

TEST_CASE("Work is put off or ended by who holds it, and by nobody else", "[payments]") {
  const PaymentStorage storage(eachWorkStorage());
  const auto engine = storage.engine();
  const auto payment = quietPayment(*engine, "A1");
  REQUIRE(planned(*engine, payment.id, PaymentWorkKind::ask, startTime()));
  const auto first = only(claimedWork(*engine, startTime(), startTime() + minutes{1}));
  settle(*engine, first.held, startTime() + minutes{5});
  CHECK(claimedWork(*engine, startTime() + minutes{5} - Milliseconds{1}).empty());
  const auto second = only(claimedWork(*engine, startTime() + minutes{5}, startTime() + minutes{6}));
  CHECK(second.held.attempts == 2);
  if (storage.kind() == StorageKind::postgres) {
    CHECK(countOf("SELECT count(*) FROM payment_work WHERE error = 'no answer'") == 1);
  }
  // The lease is over, and another has it now.
  const auto third = only(claimedWork(*engine, startTime() + minutes{6}, startTime() + minutes{7}));
  settle(*engine, second.held);
  settle(*engine, second.held, startTime() + std::chrono::hours{9});
  settle(*engine, {third.held.id + 1, third.held.attempts});
  CHECK(only(claimedWork(*engine, startTime() + minutes{7}, startTime() + minutes{8})).held.attempts == 4);
  settle(*engine, {third.held.id, 4});
  settle(*engine, {third.held.id, 4});
  CHECK(claimedWork(*engine, startTime() + std::chrono::hours{99}).empty());
}

TEST_CASE("Work that is planned again is moved to the earlier time and never doubled", "[payments]") {
  const PaymentStorage storage(eachWorkStorage());
  const auto engine = storage.engine();
  const auto payment = quietPayment(*engine, "A1");
  REQUIRE(planned(*engine, payment.id, PaymentWorkKind::ask, startTime() + minutes{5}));
  REQUIRE(planned(*engine, payment.id, PaymentWorkKind::ask, startTime() + minutes{9}));
  CHECK(claimedWork(*engine, startTime() + minutes{5} - Milliseconds{1}).empty());
  REQUIRE(planned(*engine, payment.id, PaymentWorkKind::ask, startTime() + minutes{2}));
  REQUIRE(planned(*engine, payment.id, PaymentWorkKind::remove, startTime() + minutes{2}));
  CHECK(kindsOf(claimedWork(*engine, startTime() + minutes{2})) == "ask remove");
  CHECK(claimedWork(*engine, startTime() + minutes{60}).empty());
  CHECK_FALSE(planned(*engine, freshId(), PaymentWorkKind::ask, startTime()));
}

TEST_CASE("Work that was planned anew is not ended by its former holder", "[payments]") {
  const PaymentStorage storage(eachWorkStorage());
  const auto engine = storage.engine();
  const auto payment = quietPayment(*engine, "A1");
  REQUIRE(planned(*engine, payment.id, PaymentWorkKind::ask, startTime()));
  const auto former = only(claimedWork(*engine, startTime())).held;
  REQUIRE(planned(*engine, payment.id, PaymentWorkKind::ask, startTime()));
  settle(*engine, former);
  settle(*engine, former, startTime() + std::chrono::hours{9});
  auto change = changeTo(payment, PaymentStatus::pending, "gateway_open");
  change.finished = former;
  const auto pending = changed(*engine, change);
  const auto now = only(claimedWork(*engine, startTime(), startTime() + minutes{1}));
  CHECK(now.held.attempts == 1);
  // Nor when another has taken it, the first time again.
  settle(*engine, former);
  settle(*engine, former, startTime() + std::chrono::hours{9});
  auto expiry = changeTo(pending, PaymentStatus::expired, "expired");
  expiry.finished = former;
  changed(*engine, expiry);
  CHECK(only(claimedWork(*engine, startTime() + minutes{1})).held.attempts == 2);
}

TEST_CASE("A change ends only the work of its payment, and what it plans itself stays", "[payments]") {
  const PaymentStorage storage(eachWorkStorage());
  const auto engine = storage.engine();
  const auto one = quietPayment(*engine, "A1");
  const auto other = quietPayment(*engine, "A2");
  REQUIRE(planned(*engine, other.id, PaymentWorkKind::ask, startTime()));
  auto change = changeTo(one, PaymentStatus::pending, "gateway_open");
  change.finished = only(claimedWork(*engine, startTime(), startTime() + minutes{1})).held;
  const auto pending = changed(*engine, change);
  CHECK(only(claimedWork(*engine, startTime() + minutes{1})).payment.id == other.id);

  REQUIRE(planned(*engine, one.id, PaymentWorkKind::ask, startTime()));
  auto asked = changeTo(pending, PaymentStatus::pending, "cancel_asked");
  asked.finished = only(claimedWork(*engine, startTime())).held;
  asked.work = PlannedWork{PaymentWorkKind::ask, later()};
  changed(*engine, asked);
  CHECK(claimedWork(*engine, later() - Milliseconds{1}).empty());
  const auto work = only(claimedWork(*engine, later()));
  CHECK(work.payment.id == one.id);
  CHECK(work.payment.version == 3);
  CHECK(work.held.attempts == 1);
}

TEST_CASE("A change moves open work forward, never back: what was announced is not put off", "[payments]") {
  const PaymentStorage storage(eachWorkStorage());
  const auto engine = storage.engine();
  auto payment = quietPayment(*engine, "A1");
  REQUIRE(planned(*engine, payment.id, PaymentWorkKind::ask, startTime() + minutes{5}));
  for (const int minute : {8, 2, 4}) {
    auto change = changeTo(payment, PaymentStatus::pending, "gateway_open");
    change.work = PlannedWork{PaymentWorkKind::ask, startTime() + minutes{minute}};
    payment = changed(*engine, change);
    CHECK(claimedWork(*engine, startTime() + minutes{2} - Milliseconds{1}).empty());
  }
  CHECK(only(claimedWork(*engine, startTime() + minutes{2})).held.attempts == 1);
}

TEST_CASE("An external id is used once by a partner on a day", "[payments]") {
  const PaymentStorage storage(eachWorkStorage());
  const auto engine = storage.engine();
  const auto call = newBankCall("000000001");
  const auto like = [](const BeginBankCall& noted) {
    auto other = noted;
    other.id = freshId();
    return other;
  };
  CHECK(valueOf(*engine, call));
  CHECK_FALSE(valueOf(*engine, like(call)));
  valueOf(*engine, EndBankCall{call.id, BankOutcome::unknown, 504, "5042700", "Timeout",
                               std::chrono::microseconds{1500}});
  CHECK_FALSE(valueOf(*engine, like(call)));
  auto another = like(call);
  another.day = "2026-09-22";
  another.paymentId = quietPayment(*engine, "A1").id;
  CHECK(valueOf(*engine, another));
  another = like(call);
  another.partner = "88888";
  CHECK(valueOf(*engine, another));
  CHECK(valueOf(*engine, newBankCall("000000002")));
  valueOf(*engine, EndBankCall{freshId(), BankOutcome::ok, 200, "", "", {}});
  if (storage.kind() == StorageKind::postgres) {
    CHECK(countOf("SELECT count(*) FROM bank_calls") == 4);
    CHECK(countOf("SELECT count(*) FROM bank_calls WHERE outcome IS NULL AND took_us IS NULL") == 3);
    CHECK(countOf("SELECT count(*) FROM bank_calls WHERE outcome = 'unknown' AND http_status = 504 AND "
                  "code = '5042700' AND message = 'Timeout' AND took_us = 1500 AND payment_id IS NULL AND "
                  "operation = 'create' AND day = '2026-09-21'") == 1);
    CHECK(countOf("SELECT count(*) FROM bank_calls WHERE payment_id IS NOT NULL") == 1);
  }
}

TEST_CASE("Of a hundred calls with one external id one is sent", "[payments][race]") {
  const PaymentStorage storage(eachWorkStorage());
  std::atomic<int> free{0};
  std::atomic<int> taken{0};
  hundredAtOnce(storage, [&](StorageEngineInterface& own, int) {
    own.run(newBankCall("123456789"), [&](Result<bool> result) {
      free += result.ok() && result.value() ? 1 : 0;
      taken += result.ok() && !result.value() ? 1 : 0;
    });
  });
  CHECK(free == 1);
  CHECK(taken == 99);
}
