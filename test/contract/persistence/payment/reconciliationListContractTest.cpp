#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <optional>
#include <set>
#include <utility>

#include "persistence/postgres/postgresMonitoringEngine.hpp"
#include "test/contract/persistence/payment/reconciliationFixture.hpp"
#include "test/unit/crypto/testKeys.hpp"

// What administrators read of the reconciliation and of the inbox, over their own connection.

using namespace ks;
using namespace ks::contract;

namespace {

using std::chrono::minutes;

class ListsUnderTest {
 public:
  [[nodiscard]] StorageEngineInterface& storage() { return *engine_; }

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
  /// The ids of all rows, read in pages of two.
  template <class List>
  std::vector<Uuid> pagesOf(List list) {
    list.limit = 2;
    std::vector<Uuid> ids;
    do {
      auto page = value(list);
      CHECK(page.rows.size() <= 2);
      CHECK((page.rows.size() == 2 || page.nextCursor.empty()));
      for (const auto& row : page.rows) {
        ids.push_back(row.id);
      }
      list.cursor = std::move(page.nextCursor);
    } while (!list.cursor.empty() && ids.size() < 100);
    return ids;
  }
  /// A cursor of the list with other filters is not one of this.
  template <class List>
  bool isOtherList(List list, const std::string& cursor) {
    list.cursor = cursor;
    const auto refused = answer(list);
    return !refused.ok() && refused.fault().code == ErrorCode::cursorInvalid;
  }

 private:
  PaymentStorage storage_{StorageKind::postgres};
  std::unique_ptr<StorageEngineInterface> engine_ = storage_.engine();
  PostgresMonitoringEngine queries_{testPostgresConfig(), testSealer()};
};

}  // namespace

TEST_CASE("Runs of the reconciliation, the newest first, by kind and status", "[payments][reconciliation]") {
  ListsUnderTest it;
  std::vector<Uuid> newestFirst;
  std::vector<Uuid> days;
  for (int i = 0; i < 5; ++i) {
    auto plan = newRun("slot " + std::to_string(i), i / 2);
    plan.run.kind = i % 2 == 0 ? ReconciliationKind::window : ReconciliationKind::day;
    REQUIRE(valueOf(it.storage(), plan));
    newestFirst.insert(newestFirst.begin(), plan.run.id);
    if (i % 2 == 1) {
      days.insert(days.begin(), plan.run.id);
    }
  }
  const auto taken =
      valueOf(it.storage(), ClaimReconciliation{startTime() + minutes{9}, startTime() + minutes{10}});
  REQUIRE(taken);
  SettleReconciliation settled;
  settled.id = taken->id;
  settled.attempts = 1;
  settled.counts = {4, 3, 2, 1};
  settled.now = startTime() + minutes{9};
  REQUIRE(valueOf(it.storage(), settled));

  CHECK(it.pagesOf(ListReconciliationRuns{}) == newestFirst);
  CHECK(it.pagesOf(ListReconciliationRuns{.kind = ReconciliationKind::day}) == days);
  CHECK(it.pagesOf(ListReconciliationRuns{.status = ReconciliationStatus::done}) == std::vector{taken->id});
  CHECK(it.pagesOf(
              ListReconciliationRuns{.kind = ReconciliationKind::day, .status = ReconciliationStatus::done})
            .empty());
  const auto found = it.value(FindReconciliationRun{taken->id});
  REQUIRE(found);
  auto expected = *taken;
  expected.status = ReconciliationStatus::done;
  expected.counts = settled.counts;
  expected.finishedAt = settled.now;
  CHECK(textOf(*found) == textOf(expected));
  CHECK_FALSE(it.value(FindReconciliationRun{freshId()}));

  const auto cursor = it.value(ListReconciliationRuns{.limit = 0}).nextCursor;
  REQUIRE_FALSE(cursor.empty());
  CHECK_FALSE(it.isOtherList(ListReconciliationRuns{}, cursor));
  CHECK(it.isOtherList(ListReconciliationRuns{.kind = ReconciliationKind::day}, cursor));
  CHECK(it.isOtherList(ListReconciliationRuns{.status = ReconciliationStatus::done}, cursor));
  CHECK(it.isOtherList(ListReconciliationItems{}, cursor));
  CHECK(it.isOtherList(ListReconciliationRuns{}, cursor + "A"));
}

TEST_CASE("Items of the reconciliation, the newest first, by run, status and class",
          "[payments][reconciliation]") {
  ListsUnderTest it;
  const auto one = storedRun(it.storage());
  const auto two = storedRun(it.storage());
  std::vector<ReconciliationItem> items;
  for (int i = 0; i < 6; ++i) {
    auto item = newItem(i < 4 ? one : two,
                        i % 2 == 0 ? ReconciliationClass::orphanCredit : ReconciliationClass::reversedAtBank,
                        "R" + std::to_string(i));
    valueOf(it.storage(), noting({item}, startTime() + minutes{i / 3}));
    item.createdAt = item.seenAt = startTime() + minutes{i / 3};
    items.insert(items.begin(), item);
  }
  valueOf(it.storage(), resolutionOf(items[0].id));
  const auto idsWhere = [&items](auto holds) {
    std::vector<Uuid> ids;
    for (const auto& item : items) {
      if (holds(item)) {
        ids.push_back(item.id);
      }
    }
    return ids;
  };
  const auto resolved = items[0].id;
  const auto orphan = ReconciliationClass::orphanCredit;
  CHECK(it.pagesOf(ListReconciliationItems{}) == idsWhere([](const auto&) { return true; }));
  CHECK(it.pagesOf(ListReconciliationItems{.runId = one}) ==
        idsWhere([&](const auto& item) { return item.runId == one; }));
  CHECK(it.pagesOf(ListReconciliationItems{.status = ReconciliationItemStatus::open}) ==
        idsWhere([&](const auto& item) { return item.id != resolved; }));
  CHECK(it.pagesOf(ListReconciliationItems{.status = ReconciliationItemStatus::resolved}) ==
        std::vector{resolved});
  CHECK(it.pagesOf(ListReconciliationItems{.what = orphan}) ==
        idsWhere([&](const auto& item) { return item.what == orphan; }));
  CHECK(it.pagesOf(ListReconciliationItems{
            .runId = two, .status = ReconciliationItemStatus::open, .what = orphan}) ==
        idsWhere([&](const auto& item) { return item.runId == two && item.what == orphan; }));
  CHECK(it.pagesOf(ListReconciliationItems{.runId = freshId()}).empty());
  const auto rows = it.value(ListReconciliationItems{}).rows;
  REQUIRE(rows.size() == 6);
  CHECK(textOf(rows[1]) == textOf(items[1]));

  const auto cursor = it.value(ListReconciliationItems{.limit = 1}).nextCursor;
  REQUIRE_FALSE(cursor.empty());
  CHECK_FALSE(it.isOtherList(ListReconciliationItems{}, cursor));
  CHECK(it.isOtherList(ListReconciliationItems{.runId = one}, cursor));
  CHECK(it.isOtherList(ListReconciliationItems{.status = ReconciliationItemStatus::open}, cursor));
  CHECK(it.isOtherList(ListReconciliationItems{.what = orphan}, cursor));
}

TEST_CASE("Calls of the bank, the newest first, by what became of them", "[payments][bankNotices]") {
  ListsUnderTest it;
  const auto payment = paidPayment(it.storage(), "A1");
  std::vector<ReceiveBankNotice> notices;
  for (int i = 0; i < 8; ++i) {
    ReceiveBankNotice notice;
    notice.id = freshId();
    notice.service = i % 2 == 0 ? "25" : "34";
    notice.dedupKey = "request " + std::to_string(i);
    notice.externalId = "id " + std::to_string(i);
    notice.day = "2026-01-02";
    notice.rawBody = std::string("{\0}", 3) + std::to_string(i);
    notice.subject = payment.vaNumber;
    notice.paymentId = i % 4 < 2 ? payment.id : Uuid{};
    notice.now = notice.heldUntil = startTime() + minutes{i / 3};
    REQUIRE(valueOf(it.storage(), notice).standing == BankNoticeStanding::taken);
    if (i < 4) {
      valueOf(it.storage(), AnswerBankNotice{notice.id, {200, "done"}, startTime() + minutes{7}});
    }
    notices.insert(notices.begin(), notice);
  }
  const auto idsWhere = [&notices](auto holds) {
    std::vector<Uuid> ids;
    for (std::size_t i = 0; i < notices.size(); ++i) {
      if (holds(7 - i)) {
        ids.push_back(notices[i].id);
      }
    }
    return ids;
  };
  using Number = std::size_t;
  CHECK(it.pagesOf(ListBankNotices{}) == idsWhere([](Number) { return true; }));
  CHECK(it.pagesOf(ListBankNotices{.answered = true}) == idsWhere([](Number i) { return i < 4; }));
  CHECK(it.pagesOf(ListBankNotices{.answered = false}) == idsWhere([](Number i) { return i >= 4; }));
  CHECK(it.pagesOf(ListBankNotices{.matched = true}) == idsWhere([](Number i) { return i % 4 < 2; }));
  CHECK(it.pagesOf(ListBankNotices{.matched = false}) == idsWhere([](Number i) { return i % 4 >= 2; }));
  CHECK(it.pagesOf(ListBankNotices{.service = "34"}) == idsWhere([](Number i) { return i % 2 == 1; }));
  CHECK(it.pagesOf(ListBankNotices{.paymentId = payment.id}) == idsWhere([](Number i) { return i % 4 < 2; }));
  CHECK(it.pagesOf(ListBankNotices{.answered = false, .service = "25", .paymentId = payment.id}) ==
        idsWhere([](Number i) { return i == 4; }));
  CHECK(it.pagesOf(ListBankNotices{.paymentId = freshId()}).empty());

  const auto rows = it.value(ListBankNotices{}).rows;
  REQUIRE(rows.size() == 8);
  const auto& unanswered = rows[0];
  CHECK(unanswered.service == "34");
  CHECK(unanswered.dedupKey == "request 7");
  CHECK(unanswered.externalId == "id 7");
  CHECK(unanswered.body == notices[0].rawBody);
  CHECK(unanswered.paymentId.isNil());
  CHECK(unanswered.receivedAt == notices[0].now);
  CHECK_FALSE(unanswered.answerStatus);
  CHECK_FALSE(unanswered.processedAt);
  const auto& answered = rows[7];
  CHECK(answered.paymentId == payment.id);
  CHECK(answered.answerStatus == 200);
  CHECK(answered.answerBody == "done");
  CHECK(answered.processedAt == startTime() + minutes{7});

  const auto cursor = it.value(ListBankNotices{.limit = 1}).nextCursor;
  REQUIRE_FALSE(cursor.empty());
  CHECK_FALSE(it.isOtherList(ListBankNotices{}, cursor));
  for (const auto& other : {ListBankNotices{.answered = true}, ListBankNotices{.answered = false},
                            ListBankNotices{.matched = true}, ListBankNotices{.service = "25"},
                            ListBankNotices{.paymentId = payment.id}}) {
    CHECK(it.isOtherList(other, cursor));
  }
}
