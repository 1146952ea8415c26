#include <atomic>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "test/contract/persistence/payment/reconciliationFixture.hpp"

// What does not fit is noted once, booked once and resolved once.

using namespace ks;
using namespace ks::contract;

namespace {

using std::chrono::minutes;

StorageKind eachItemStorage() { return GENERATE(StorageKind::memory, StorageKind::postgres); }

ErrorCode refusalOf(StorageEngineInterface& engine, const ResolveReconciliationItem& resolution) {
  const auto result = outcome(engine, resolution);
  return result.ok() ? ErrorCode::none : result.fault().code;
}

/// In PostgreSQL.
std::int64_t balanceOf(const std::string& account) {
  return countOf(
      ("SELECT coalesce(sum(amount_minor), 0)::int8 FROM ledger_entries WHERE account = '" + account + "'")
          .c_str());
}

}  // namespace

TEST_CASE("What a notice told of is noted without a run, and books nothing", "[payments][reconciliation]") {
  const PaymentStorage storage(eachItemStorage());
  const auto engine = storage.engine();
  const auto item = newItem({}, ReconciliationClass::unclearCredit, "notice 7");
  valueOf(*engine, noting({item}));
  CHECK_FALSE(valueOf(*engine, IsMoneyBooked{"orphan:notice 7"}));
  const auto resolved = valueOf(*engine, resolutionOf(item.id));
  REQUIRE(resolved);
  CHECK(resolved->runId.isNil());
  CHECK(resolved->status == ReconciliationItemStatus::resolved);
}

TEST_CASE("A difference is noted by the run that found it first, and only seen by others",
          "[payments][reconciliation]") {
  const PaymentStorage storage(eachItemStorage());
  const auto engine = storage.engine();
  const auto payment = paidPayment(*engine, "A1");
  auto item = newItem(storedRun(*engine), ReconciliationClass::amountMismatch, "R1");
  item.paymentId = payment.id;
  valueOf(*engine, noting({item}, startTime() + minutes{1}));
  auto again = newItem(storedRun(*engine), ReconciliationClass::amountMismatch, "R1");
  again.status = ReconciliationItemStatus::healed;
  again.bankMinor = 1;
  again.detail = "another";
  valueOf(*engine, noting({again}, startTime() + minutes{2}));
  const auto sameReference = newItem(item.runId, ReconciliationClass::duplicateCredit, "R1");
  valueOf(*engine, noting({sameReference}, startTime() + minutes{3}));
  valueOf(*engine, noting({}));

  CHECK_FALSE(valueOf(*engine, resolutionOf(again.id)));
  const auto resolution = resolutionOf(item.id);
  const auto resolved = valueOf(*engine, resolution);
  REQUIRE(resolved);
  item.status = ReconciliationItemStatus::resolved;
  item.createdAt = startTime() + minutes{1};
  item.seenAt = startTime() + minutes{2};
  item.resolvedBy = resolution.resolvedBy;
  item.note = resolution.note;
  item.bankReference = resolution.bankReference;
  item.resolvedAt = resolution.now;
  CHECK(textOf(*resolved) == textOf(item));
  CHECK(valueOf(*engine, resolutionOf(sameReference.id)));
  CHECK_FALSE(valueOf(*engine, IsMoneyBooked{"orphan:R1"}));
  CHECK_FALSE(valueOf(*engine, IsMoneyBooked{"orphan_return:R1"}));
  if (storage.kind() == StorageKind::postgres) {
    CHECK(countOf("SELECT count(*) FROM reconciliation_items") == 2);
    CHECK(countOf("SELECT count(*) FROM ledger_transactions") == 1);  // that paid it
    CHECK(countOf(("SELECT count(*) FROM audit_pending WHERE id = '" + resolution.audit.id.toString() + "'")
                      .c_str()) == 1);
  }
}

TEST_CASE("Money that belongs to no payment is booked once, and given back once",
          "[payments][reconciliation]") {
  const PaymentStorage storage(eachItemStorage());
  const auto engine = storage.engine();
  const auto run = storedRun(*engine);
  const auto orphan = newItem(run, ReconciliationClass::orphanCredit, "R1");
  auto sameAgain = newItem(run, ReconciliationClass::orphanCredit, "R1");
  sameAgain.bankMinor = 999;
  const auto other = newItem(run, ReconciliationClass::orphanCredit, "R2");
  valueOf(*engine, noting({orphan, sameAgain, other}));
  valueOf(*engine, noting({sameAgain}, startTime() + minutes{1}));
  CHECK(valueOf(*engine, IsMoneyBooked{"orphan:R1"}));
  CHECK(valueOf(*engine, IsMoneyBooked{"orphan:R2"}));
  const auto isPostgres = storage.kind() == StorageKind::postgres;
  if (isPostgres) {
    CHECK(countOf("SELECT count(*) FROM ledger_transactions WHERE kind = 'orphan' AND payment_id IS NULL") ==
          2);
    CHECK(balanceOf("bank:bri:clearing") == 500'000);
    CHECK(balanceOf("suspense:unmatched") == -500'000);
  }

  auto withoutPayout = resolutionOf(orphan.id);
  withoutPayout.bankReference.clear();
  const auto refused = outcome(*engine, withoutPayout);
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.fault().code == ErrorCode::required);
  CHECK(refused.fault().field == "bank_reference");
  CHECK_FALSE(valueOf(*engine, IsMoneyBooked{"orphan_return:R1"}));

  const auto resolved = valueOf(*engine, resolutionOf(orphan.id));
  REQUIRE(resolved);
  CHECK(resolved->status == ReconciliationItemStatus::resolved);
  CHECK(resolved->bankMinor == 250'000);
  CHECK(valueOf(*engine, IsMoneyBooked{"orphan_return:R1"}));
  CHECK(refusalOf(*engine, resolutionOf(orphan.id)) == ErrorCode::conflict);
  CHECK(refusalOf(*engine, withoutPayout) == ErrorCode::conflict);
  CHECK_FALSE(valueOf(*engine, resolutionOf(freshId())));

  // Another run that sees it again changes nothing.
  valueOf(*engine, noting({newItem(storedRun(*engine), ReconciliationClass::orphanCredit, "R1")}));
  CHECK(refusalOf(*engine, resolutionOf(orphan.id)) == ErrorCode::conflict);
  if (isPostgres) {
    CHECK(balanceOf("bank:bri:clearing") == 250'000);
    CHECK(balanceOf("suspense:unmatched") == -250'000);
    CHECK(countOf("SELECT count(*) FROM ledger_transactions") == 3);
    CHECK(countOf("SELECT count(*) FROM reconciliation_items WHERE bank_reference = 'PAYOUT'") == 1);
  }
}

TEST_CASE("What a run has healed itself is not resolved", "[payments][reconciliation]") {
  const PaymentStorage storage(eachItemStorage());
  const auto engine = storage.engine();
  auto item = newItem(storedRun(*engine), ReconciliationClass::missingNotification, "R1");
  item.status = ReconciliationItemStatus::healed;
  item.paymentId = paidPayment(*engine, "A1").id;
  valueOf(*engine, noting({item}));
  const auto resolution = resolutionOf(item.id);
  CHECK(refusalOf(*engine, resolution) == ErrorCode::conflict);
  if (storage.kind() == StorageKind::postgres) {
    CHECK(countOf("SELECT count(*) FROM reconciliation_items WHERE status = 'healed' AND note = ''") == 1);
    CHECK(countOf(("SELECT count(*) FROM audit_pending WHERE id = '" + resolution.audit.id.toString() + "'")
                      .c_str()) == 0);
  }
}

TEST_CASE("Items without a bank reference need none, unless money is given back",
          "[payments][reconciliation]") {
  const PaymentStorage storage(eachItemStorage());
  const auto engine = storage.engine();
  const auto run = storedRun(*engine);
  for (const auto what : {ReconciliationClass::missingNotification, ReconciliationClass::amountMismatch,
                          ReconciliationClass::duplicateCredit, ReconciliationClass::paidHereNotAtBank,
                          ReconciliationClass::reversedAtBank}) {
    const auto item = newItem(run, what, "R1");
    valueOf(*engine, noting({item}));
    auto resolution = resolutionOf(item.id);
    resolution.bankReference.clear();
    CHECK(valueOf(*engine, resolution)->what == what);
  }
  CHECK_FALSE(valueOf(*engine, IsMoneyBooked{"orphan_return:R1"}));
}

TEST_CASE("A hundred runs that find the same orphan book it once", "[payments][reconciliation][race]") {
  const PaymentStorage storage(eachItemStorage());
  const auto engine = storage.engine();
  const auto run = storedRun(*engine);
  std::atomic<int> broken{0};
  hundredAtOnce(storage, [&](StorageEngineInterface& own, int number) {
    auto one = newItem(run, ReconciliationClass::orphanCredit, "R1");
    auto two = newItem(run, ReconciliationClass::orphanCredit, "R2");
    auto items = number % 2 == 0 ? noting({one, two}) : noting({two, one});
    own.run(std::move(items), Reply<Done>([&](Result<Done> result) { broken += result.ok() ? 0 : 1; }));
  });
  CHECK(broken == 0);
  CHECK(valueOf(*engine, IsMoneyBooked{"orphan:R1"}));
  CHECK(valueOf(*engine, IsMoneyBooked{"orphan:R2"}));
  if (storage.kind() == StorageKind::postgres) {
    CHECK(countOf("SELECT count(*) FROM reconciliation_items") == 2);
    CHECK(countOf("SELECT count(*) FROM ledger_transactions") == 2);
    CHECK(balanceOf("suspense:unmatched") == -500'000);
  }
}

TEST_CASE("Of a hundred who resolve an item at once one does, and its money is given back once",
          "[payments][reconciliation][race]") {
  const PaymentStorage storage(eachItemStorage());
  const auto engine = storage.engine();
  const auto item = newItem(storedRun(*engine), ReconciliationClass::orphanCredit, "R1");
  valueOf(*engine, noting({item}));
  std::atomic<int> resolved{0};
  std::atomic<int> refused{0};
  hundredAtOnce(storage, [&](StorageEngineInterface& own, int) {
    own.run(resolutionOf(item.id), [&](Result<std::optional<ReconciliationItem>> result) {
      resolved += result.ok() && result.value() ? 1 : 0;
      refused += !result.ok() && result.fault().code == ErrorCode::conflict ? 1 : 0;
    });
  });
  CHECK(resolved == 1);
  CHECK(refused == 99);
  if (storage.kind() == StorageKind::postgres) {
    CHECK(balanceOf("bank:bri:clearing") == 0);
    CHECK(balanceOf("suspense:unmatched") == 0);
    CHECK(countOf("SELECT count(*) FROM ledger_transactions") == 2);
  }
}
