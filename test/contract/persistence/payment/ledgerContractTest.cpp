#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <map>
#include <optional>
#include <set>
#include <stdexcept>
#include <utility>

#include "persistence/migration/migrationRunner.hpp"
#include "persistence/postgres/postgresMonitoringEngine.hpp"
#include "persistence/postgres/postgresStorageEngine.hpp"
#include "persistence/sql/postgresSession.hpp"
#include "test/contract/persistence/testStorage.hpp"
#include "test/unit/crypto/testKeys.hpp"

// What administrators read of payments and the ledger. The ledger only grows, so each test has a database of its own.

using namespace ks;
using namespace ks::contract;

namespace {

constexpr const char* kClearingAccount = "bank:bri:clearing";
constexpr const char* kPayableAccount = "merchant:payable";
constexpr const char* kRefundsAccount = "refunds:in_transit";
constexpr const char* kSuspenseAccount = "suspense:unmatched";

class LedgerUnderTest {
 public:
  LedgerUnderTest() : session_(database_.config()) {
    REQUIRE(MigrationRunner(session_, embeddedMigrations(), embeddedFunctions()).up().ok());
  }

  /// A payment by `creator` for `user`, created `minute` minutes after the start.
  PaymentRecord payment(int minute, const Uuid& user = freshId(), const Uuid& creator = freshId()) {
    CreatePayment creation;
    auto& payment = creation.payment;
    payment.id = freshId();
    payment.userId = user;
    payment.createdBy = creator;
    payment.merchantRef = payment.id.toString();
    payment.amount = Money{.minor = 1'000'000};
    payment.customerName = "Sabrina";
    payment.gatewayRef = payment.id.toString().substr(4);
    payment.vaNumber = "77777";
    payment.createdAt = payment.updatedAt = startTime() + std::chrono::minutes{minute};
    payment.expiresAt = payment.createdAt + std::chrono::hours{24};
    creation.idempotency = {"test", payment.id.toString(), {1}};
    creation.lockedUntil = payment.createdAt + std::chrono::minutes{1};
    creation.leaseUntil = creation.lockedUntil;
    creation.actor = "user";
    return valueOf(storage_, std::move(creation)).payment;
  }

  /// Books money for it.
  PaymentRecord book(PaymentRecord payment, std::int64_t minor, const char* to = kPayableAccount) {
    ChangePayment change;
    const bool whole = std::string_view(to) == kPayableAccount;
    change.event = {payment.version + 1, "money", payment.status, {}, "bank", {}, {}, {}};
    (whole ? payment.paidMinor : payment.suspenseMinor) += minor;
    payment.status = whole ? PaymentStatus::paid : PaymentStatus::review;
    change.event.to = payment.status;
    change.now = payment.createdAt + std::chrono::minutes{5};
    if (whole) {
      payment.paidAt = change.now;
    }
    change.movement = {"credit:" + payment.id.toString() + ":" + freshId().toString(), "credit",
                       kClearingAccount, to, minor};
    change.after = std::move(payment);
    auto changed = valueOf(storage_, std::move(change));
    REQUIRE(changed.outcome == ChangePaymentOutcome::changed);
    return changed.payment;
  }

  /// Money that a run of the reconciliation has found.
  void bookOrphan(const Uuid& runId, const std::string& reference, std::int64_t minor) {
    ReconciliationRun run;
    run.id = runId;
    run.slot = "asked:" + runId.toString();
    run.from = run.to = run.createdAt = startTime();
    REQUIRE(valueOf(storage_, PlanReconciliation{run}));
    ReconciliationItem item;
    item.id = freshId();
    item.runId = runId;
    item.reference = reference;
    item.bankMinor = minor;
    valueOf(storage_, NoteReconciliationItems{{item}, startTime()});
  }

  template <class Op>
  Result<typename Op::Out> answer(Op question) {
    using Out = typename Op::Out;
    std::optional<Result<Out>> answer;
    queries_.run(std::move(question),
                 Reply<Out>([&answer](Result<Out> result) { answer.emplace(std::move(result)); }));
    queries_.flush();
    REQUIRE(answer.has_value());
    return std::move(*answer);
  }
  template <class Op>
  typename Op::Out value(Op question) {
    auto result = answer(std::move(question));
    INFO((result.ok() ? "" : result.fault().detail));
    REQUIRE(result.ok());
    return std::move(result.value());
  }

  /// Every entry, read page by page.
  std::vector<LedgerEntryRecord> entries(ListLedgerEntries list) {
    std::vector<LedgerEntryRecord> all;
    do {
      auto page = value(list);
      CHECK(page.rows.size() <= list.limit);
      CHECK((page.rows.size() == list.limit || page.nextCursor.empty()));
      all.insert(all.end(), page.rows.begin(), page.rows.end());
      list.cursor = std::move(page.nextCursor);
    } while (!list.cursor.empty());
    return all;
  }

  /// As its owner, past the rules that guard the ledger.
  void tamper(const std::string& sql) {
    auto done = session_.execScript(
        "ALTER TABLE ledger_entries DISABLE TRIGGER USER; ALTER TABLE ledger_transactions DISABLE TRIGGER USER; " +
        sql);
    INFO((done.ok() ? "" : done.fault().detail));
    REQUIRE(done.ok());
  }

 private:
  ScratchDatabase database_;
  PostgresSession session_;
  PostgresStorageEngine storage_{database_.config()};
  PostgresMonitoringEngine queries_{database_.config(), testSealer()};
};

using LedgerPair = std::pair<std::int64_t, std::string>;

std::vector<LedgerPair> placesOf(const std::vector<LedgerEntryRecord>& entries) {
  std::vector<LedgerPair> places;
  for (const auto& entry : entries) {
    places.emplace_back(entry.transactionId, entry.account);
  }
  return places;
}

}  // namespace

TEST_CASE("the accounts of the ledger, with nothing booked and after money", "[payments][ledger]") {
  LedgerUnderTest it;
  const auto empty = it.value(ListLedgerAccounts{});
  CHECK(empty.balanced);
  REQUIRE(empty.accounts.size() == 4);
  for (const auto& account : empty.accounts) {
    CHECK(account.balanceMinor == 0);
    CHECK(account.entries == 0);
  }
  CHECK(empty.accounts[0].code == kClearingAccount);
  CHECK(empty.accounts[0].kind == "asset");
  CHECK(empty.accounts[1].code == kPayableAccount);
  CHECK(empty.accounts[1].kind == "liability");
  CHECK(empty.accounts[2].code == kRefundsAccount);
  CHECK(empty.accounts[2].kind == "liability");
  CHECK(empty.accounts[3].code == kSuspenseAccount);

  it.book(it.payment(0), 1'000'000);
  it.book(it.payment(1), 999'900, kSuspenseAccount);
  it.book(it.payment(2), 50);
  const auto ledger = it.value(ListLedgerAccounts{});
  CHECK(ledger.balanced);
  CHECK(ledger.accounts[0].balanceMinor == 1'999'950);
  CHECK(ledger.accounts[0].entries == 3);
  CHECK(ledger.accounts[1].balanceMinor == -1'000'050);
  CHECK(ledger.accounts[1].entries == 2);
  CHECK(ledger.accounts[2].entries == 0);
  CHECK(ledger.accounts[3].balanceMinor == -999'900);
  CHECK(ledger.accounts[3].entries == 1);
}

TEST_CASE("a ledger is not balanced where one transaction is not, whatever they add up to",
          "[payments][ledger]") {
  LedgerUnderTest it;
  it.book(it.payment(0), 1'000'000);
  it.book(it.payment(1), 1'000'000);
  it.tamper(
      "UPDATE ledger_entries SET amount_minor = amount_minor + 5 WHERE account = 'bank:bri:clearing' AND "
      "transaction_id = (SELECT min(id) FROM ledger_transactions); UPDATE ledger_entries SET amount_minor = "
      "amount_minor - 5 WHERE account = 'bank:bri:clearing' AND transaction_id = (SELECT max(id) FROM "
      "ledger_transactions)");
  const auto shifted = it.value(ListLedgerAccounts{});
  CHECK_FALSE(shifted.balanced);
  CHECK(shifted.accounts[0].balanceMinor == 2'000'000);
  it.tamper(
      "UPDATE ledger_entries SET amount_minor = 1000000 WHERE account = 'bank:bri:clearing'; "
      "DELETE FROM ledger_entries WHERE account = 'merchant:payable' AND transaction_id = (SELECT max(id) FROM "
      "ledger_transactions)");
  CHECK_FALSE(it.value(ListLedgerAccounts{}).balanced);
  it.tamper(
      "INSERT INTO ledger_entries SELECT max(id), 'suspense:unmatched', -1000000 FROM ledger_transactions");
  CHECK(it.value(ListLedgerAccounts{}).balanced);
}

TEST_CASE("entries of the ledger: all of them once, the newest first, by account and by payment",
          "[payments][ledger]") {
  LedgerUnderTest it;
  std::vector<PaymentRecord> payments;
  for (int i = 0; i < 7; ++i) {
    payments.push_back(it.book(it.payment(i), 100 + i, i % 3 == 0 ? kSuspenseAccount : kPayableAccount));
  }
  it.book(payments[2], 7, kSuspenseAccount);

  const auto all = it.entries({.limit = 500});
  REQUIRE(all.size() == 16);
  const auto byTransaction = [](const LedgerPair& a, const LedgerPair& b) {
    return a.first != b.first ? a.first > b.first : a.second < b.second;
  };
  const auto places = placesOf(all);
  CHECK(std::is_sorted(places.begin(), places.end(), byTransaction));
  CHECK(std::set<LedgerPair>(places.begin(), places.end()).size() == 16);
  CHECK(all[0].paymentId == payments[2].id);
  CHECK(all[0].account == kClearingAccount);
  CHECK(all[0].minor == 7);
  CHECK(all[0].kind == "credit");
  CHECK(all[0].key.starts_with("credit:" + payments[2].id.toString() + ":"));
  CHECK(all[0].at == payments[2].createdAt + std::chrono::minutes{5});
  CHECK(all[1].account == kSuspenseAccount);
  CHECK(all[1].minor == -7);

  for (const std::uint32_t limit : {1U, 3U, 15U, 16U}) {
    CHECK(placesOf(it.entries({.limit = limit})) == places);
  }
  std::map<std::string, std::size_t> counts;
  for (const char* account : {kClearingAccount, kPayableAccount, kSuspenseAccount, "nobody"}) {
    const auto some = it.entries({.account = account, .limit = 2});
    counts[account] = some.size();
    CHECK(std::all_of(some.begin(), some.end(), [&](const auto& entry) { return entry.account == account; }));
  }
  CHECK(counts == std::map<std::string, std::size_t>{
                      {kClearingAccount, 8}, {kPayableAccount, 4}, {kSuspenseAccount, 4}, {"nobody", 0}});
  const auto ofOne = it.entries({.paymentId = payments[2].id, .limit = 3});
  CHECK(ofOne.size() == 4);
  CHECK(std::all_of(ofOne.begin(), ofOne.end(),
                    [&](const auto& entry) { return entry.paymentId == payments[2].id; }));
  const auto ofBoth = it.entries({.account = kSuspenseAccount, .paymentId = payments[2].id, .limit = 3});
  REQUIRE(ofBoth.size() == 1);
  CHECK(ofBoth[0].minor == -7);
  CHECK(it.entries({.paymentId = freshId()}).empty());
}

TEST_CASE("entries of money that belongs to no payment name none", "[payments][ledger]") {
  LedgerUnderTest it;
  it.book(it.payment(0), 100);
  const auto run = freshId();
  it.bookOrphan(run, "R1", 700);
  const auto all = it.entries({});
  REQUIRE(all.size() == 4);
  CHECK(all[0].paymentId.isNil());
  CHECK(all[0].kind == "orphan");
  CHECK(all[0].key == "orphan:R1");
  CHECK(all[0].account == kClearingAccount);
  CHECK(all[0].minor == 700);
  CHECK(all[1].account == kSuspenseAccount);
  CHECK_FALSE(all[2].paymentId.isNil());
  CHECK(it.entries({.account = kSuspenseAccount}).size() == 1);
}

TEST_CASE("a cursor of the ledger belongs to its filters", "[payments][ledger]") {
  LedgerUnderTest it;
  it.book(it.payment(0), 100);
  const auto cursor = it.value(ListLedgerEntries{.limit = 1}).nextCursor;
  REQUIRE_FALSE(cursor.empty());
  for (const auto& list :
       {ListLedgerEntries{.account = kPayableAccount, .cursor = cursor},
        ListLedgerEntries{.paymentId = freshId(), .cursor = cursor}, ListLedgerEntries{.cursor = "nonsense"},
        ListLedgerEntries{.cursor = cursor + "A"}}) {
    const auto refused = it.answer(list);
    REQUIRE_FALSE(refused.ok());
    CHECK(refused.fault().code == ErrorCode::cursorInvalid);
  }
}

TEST_CASE("administrators read everybody's payments, over their own connection", "[payments][ledger]") {
  LedgerUnderTest it;
  const auto shop = freshId();
  const auto first = it.payment(0, freshId(), shop);
  const auto second = it.payment(1, freshId(), shop);
  const auto other = it.payment(2);
  const auto idsOf = [&](PaymentQuery query) {
    std::vector<Uuid> ids;
    for (const auto& row : it.value(ListPayments{std::move(query)}).rows) {
      ids.push_back(row.id);
    }
    return ids;
  };
  CHECK(idsOf({}) == std::vector{other.id, second.id, first.id});
  PaymentQuery ofShop;
  ofShop.createdBy = shop;
  CHECK(idsOf(ofShop) == std::vector{second.id, first.id});
  ofShop.userId = first.userId;
  CHECK(idsOf(ofShop) == std::vector{first.id});

  const auto found = it.value(FindPayment{.id = second.id});
  REQUIRE(found.has_value());
  CHECK(found->createdBy == shop);
  CHECK_FALSE(it.value(FindPayment{.id = freshId()}).has_value());
  it.book(second, 1'000'000);
  const auto events = it.value(ListPaymentEvents{.id = second.id});
  REQUIRE((events && events->size() == 2));
  CHECK(events->back().to == PaymentStatus::paid);
  CHECK_FALSE(it.value(ListPaymentEvents{.id = freshId()}).has_value());
}
