#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "test/contract/persistence/payment/paymentFixture.hpp"

// Who finds which payments.

using namespace ks;
using namespace ks::contract;

namespace {

using std::chrono::minutes;

StorageKind eachListStorage() { return GENERATE(StorageKind::memory, StorageKind::postgres); }

/// A payment of this user, by this creator, so many minutes after startTime().
PaymentRecord payment(StorageEngineInterface& engine, const std::string& merchantRef, const Uuid& userId,
                      const Uuid& createdBy, int minute) {
  auto creation = newCreation(createdBy, merchantRef);
  creation.payment.userId = userId;
  creation.payment.createdAt += minutes{minute};
  return created(engine, creation).payment;
}

/// "A3 A2 A1"
std::string refsOf(const std::vector<PaymentRecord>& payments) {
  std::string refs;
  for (const auto& each : payments) {
    refs += (refs.empty() ? "" : " ") + each.merchantRef;
  }
  return refs;
}

std::string listed(StorageEngineInterface& engine, const PaymentQuery& query) {
  return refsOf(valueOf(engine, ListPayments{query}).rows);
}

}  // namespace

TEST_CASE("A payment is found by its id, of others only by who may see all", "[payments]") {
  const PaymentStorage storage(eachListStorage());
  const auto engine = storage.engine();
  const auto ann = freshId();
  const auto own = payment(*engine, "A1", ann, ann, 0);
  const auto nobodys = payment(*engine, "A2", {}, freshId(), 0);
  CHECK(textOf(valueOf(*engine, FindPayment{own.id}).value()) == textOf(own));
  CHECK(valueOf(*engine, FindPayment{own.id, ann}));
  CHECK_FALSE(valueOf(*engine, FindPayment{own.id, freshId()}));
  CHECK(valueOf(*engine, FindPayment{nobodys.id}));
  CHECK_FALSE(valueOf(*engine, FindPayment{nobodys.id, ann}));
  CHECK_FALSE(valueOf(*engine, FindPayment{freshId()}));
}

TEST_CASE("A payment is found by what the bank calls it", "[payments]") {
  const PaymentStorage storage(eachListStorage());
  const auto engine = storage.engine();
  const auto maker = freshId();
  auto one = payment(*engine, "A1", maker, maker, 0);
  auto two = payment(*engine, "A2", maker, maker, 1);
  auto coded = newCreation(maker, "Q1");
  coded.payment.vaNumber.clear();
  created(*engine, coded);
  const auto idOf = [&engine](const FindPaymentAtBank& which) {
    const auto answer = valueOf(*engine, which);
    return answer ? answer->merchantRef : std::string{"none"};
  };
  CHECK(idOf({one.vaNumber, {}, {}}) == "A1");
  CHECK(idOf({two.vaNumber, {}, {}}) == "A2");
  CHECK(idOf({{}, one.gatewayRef, {}}) == "A1");
  CHECK(idOf({"777770", {}, {}}) == "none");
  CHECK(idOf({{}, {}, "BANK"}) == "none");
  CHECK(idOf({{}, {}, {}}) == "none");  // also of those that have no account and no code
  for (auto* each : {&two, &one}) {
    auto change = changeTo(*each, PaymentStatus::pending, "gateway_open");
    change.after.bankRef = "BANK";
    *each = changed(*engine, change);
  }
  CHECK(idOf({{}, {}, "BANK"}) == "A2");  // the newest
  CHECK(idOf({{}, one.vaNumber, one.gatewayRef}) == "none");
}

TEST_CASE("Payments are listed newest first, filtered and page by page", "[payments]") {
  const PaymentStorage storage(eachListStorage());
  const auto engine = storage.engine();
  const auto ann = freshId();
  const auto bob = freshId();
  const auto shop = freshId();
  payment(*engine, "A1", ann, ann, 1);
  const auto second = payment(*engine, "A2", ann, ann, 2);
  payment(*engine, "B1", bob, bob, 3);
  payment(*engine, "S1", ann, shop, 4);
  payment(*engine, "S2", {}, shop, 4);
  auto code = newCreation(ann, "Q1");
  code.payment.method = PaymentMethod::briQris;
  code.payment.vaNumber.clear();
  code.payment.createdAt += minutes{9};
  created(*engine, code);
  changed(*engine, changeTo(second, PaymentStatus::cancelled, "cancelled"));

  CHECK(listed(*engine, {}) == "Q1 S2 S1 B1 A2 A1");
  PaymentQuery query;
  query.userId = ann;
  CHECK(listed(*engine, query) == "Q1 S1 A2 A1");
  query.createdBy = ann;
  CHECK(listed(*engine, query) == "Q1 A2 A1");
  query.status = PaymentStatus::created;
  CHECK(listed(*engine, query) == "Q1 A1");
  query.method = PaymentMethod::briVa;
  CHECK(listed(*engine, query) == "A1");
  query = {};
  query.createdBy = shop;
  CHECK(listed(*engine, query) == "S2 S1");
  query.merchantRef = "S1";
  CHECK(listed(*engine, query) == "S1");
  query.merchantRef = "S";
  CHECK(listed(*engine, query).empty());
  query = {};
  query.status = PaymentStatus::cancelled;
  CHECK(listed(*engine, query) == "A2");
  query = {};
  query.from = startTime() + minutes{2};
  query.to = startTime() + minutes{4};
  CHECK(listed(*engine, query) == "B1 A2");
  query = {};
  query.userId = freshId();
  CHECK(listed(*engine, query).empty());
}

TEST_CASE("Pages of payments join without gaps, also among equal times, and a cursor fits its filters",
          "[payments]") {
  const PaymentStorage storage(eachListStorage());
  const auto engine = storage.engine();
  const auto ann = freshId();
  for (int i = 0; i < 7; ++i) {
    payment(*engine, "A" + std::to_string(i), ann, ann, i / 3);
  }
  for (const bool own : {false, true}) {
    PaymentQuery query;
    query.limit = 2;
    query.userId = own ? std::optional<Uuid>(ann) : std::nullopt;
    std::string all;
    int pages = 0;
    do {
      const auto page = valueOf(*engine, ListPayments{query});
      CHECK(page.rows.size() <= 2);
      all += (all.empty() ? "" : " ") + refsOf(page.rows);
      query.cursor = page.nextCursor;
      ++pages;
    } while (!query.cursor.empty() && pages < 9);
    CHECK(pages == 4);
    CHECK(all == "A6 A5 A4 A3 A2 A1 A0");
  }
  PaymentQuery query;
  query.limit = 0;
  const auto first = valueOf(*engine, ListPayments{query});
  CHECK(refsOf(first.rows) == "A6");
  query.limit = 100;
  query.cursor = first.nextCursor;
  CHECK(listed(*engine, query) == "A5 A4 A3 A2 A1 A0");
  const auto refusal = [&engine](const PaymentQuery& asked) {
    const auto result = outcome(*engine, ListPayments{asked});
    return result.ok() ? ErrorCode::none : result.fault().code;
  };
  CHECK(refusal(query) == ErrorCode::none);
  auto other = query;
  other.userId = ann;
  CHECK(refusal(other) == ErrorCode::cursorInvalid);
  other = query;
  other.createdBy = ann;
  CHECK(refusal(other) == ErrorCode::cursorInvalid);
  other = query;
  other.status = PaymentStatus::created;
  CHECK(refusal(other) == ErrorCode::cursorInvalid);
  other = query;
  other.method = PaymentMethod::briVa;
  CHECK(refusal(other) == ErrorCode::cursorInvalid);
  other = query;
  other.merchantRef = "A1";
  CHECK(refusal(other) == ErrorCode::cursorInvalid);
  other = query;
  other.from = startTime();
  CHECK(refusal(other) == ErrorCode::cursorInvalid);
  other = query;
  other.to = startTime();
  CHECK(refusal(other) == ErrorCode::cursorInvalid);
  other = query;
  other.cursor = "not a cursor";
  CHECK(refusal(other) == ErrorCode::cursorInvalid);
}

TEST_CASE("A payment's history is told in order, to who may see the payment", "[payments]") {
  const PaymentStorage storage(eachListStorage());
  const auto engine = storage.engine();
  const auto ann = freshId();
  auto own = payment(*engine, "A1", ann, ann, 0);
  for (int i = 0; i < 12; ++i) {
    own = changed(*engine, changeTo(own, PaymentStatus::created, "cancel_asked"));
  }
  changed(*engine, paidBy(own, "R1"));
  const auto events = valueOf(*engine, ListPaymentEvents{own.id, ann});
  REQUIRE(events);
  REQUIRE(events->size() == 14);
  for (std::size_t i = 0; i < events->size(); ++i) {
    CHECK((*events)[i].seq == static_cast<std::int64_t>(i) + 1);
  }
  CHECK(textOf(events->front()) == "1 created created>created user/" + ann.toString() + "/ at 0");
  CHECK(textOf(events->back()) == "14 money created>paid bank/call/said so at 60000");
  CHECK(valueOf(*engine, ListPaymentEvents{own.id}));
  CHECK_FALSE(valueOf(*engine, ListPaymentEvents{own.id, freshId()}));
  CHECK_FALSE(valueOf(*engine, ListPaymentEvents{freshId()}));
}
