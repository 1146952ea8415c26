#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <map>
#include <string>

#include "test/contract/persistence/payment/reconciliationFixture.hpp"

using namespace ks;
using namespace ks::contract;

namespace {

using std::chrono::minutes;

StorageKind eachFigureStorage() { return GENERATE(StorageKind::memory, StorageKind::postgres); }

PaymentFigures figuresAt(StorageEngineInterface& engine, int minute) {
  return valueOf(engine, ReadPaymentFigures{startTime() + minutes{minute}});
}

std::map<std::string, std::int64_t> countsOf(const PaymentFigures& figures) {
  std::map<std::string, std::int64_t> counts;
  for (const auto& one : figures.unsettled) {
    const auto name = std::string{paymentMethodName(one.method)} + " " + paymentStatusName(one.status);
    CHECK(counts.emplace(name, one.count).second);
  }
  return counts;
}

CreatedPayment madePayment(StorageEngineInterface& engine, const std::string& merchantRef, int minute,
                           PaymentMethod method = PaymentMethod::briVa) {
  auto creation = newCreation(freshId(), merchantRef);
  creation.payment.method = method;
  creation.payment.createdAt += minutes{minute};
  creation.leaseUntil = startTime() + minutes{60};
  if (method == PaymentMethod::briQris) {
    creation.payment.vaNumber.clear();
  }
  return created(engine, creation);
}

PaymentRecord unclear(StorageEngineInterface& engine, const PaymentRecord& payment) {
  auto change = changeTo(payment, payment.status, "gateway_unknown");
  change.after.gatewayState = GatewayState::unknown;
  return changed(engine, change);
}

}  // namespace

TEST_CASE("Figures of payments count what has not ended, and since when", "[payments]") {
  const PaymentStorage storage(eachFigureStorage());
  const auto engine = storage.engine();
  const auto empty = figuresAt(*engine, 9999);
  CHECK(countsOf(empty).empty());
  CHECK_FALSE(empty.oldestUnknown);
  CHECK_FALSE(empty.oldestDue);
  CHECK(empty.openItems == 0);
  CHECK(empty.openRefunds == 0);

  madePayment(*engine, "A1", 5);
  const auto pending = madePayment(*engine, "A2", 1);
  auto opened = changeTo(pending.payment, PaymentStatus::pending, "gateway_open");
  opened.finished = pending.work;
  opened.work = PlannedWork{PaymentWorkKind::ask, startTime() + minutes{7}};
  changed(*engine, opened);
  madePayment(*engine, "Q1", 6, PaymentMethod::briQris);
  madePayment(*engine, "Q2", 6, PaymentMethod::briQris);
  changed(*engine, changeTo(madePayment(*engine, "A3", 1).payment, PaymentStatus::review, "money"));
  changed(*engine, changeTo(madePayment(*engine, "A4", 1).payment, PaymentStatus::expired, "expired"));
  unclear(*engine, madePayment(*engine, "A5", 4).payment);
  unclear(*engine, madePayment(*engine, "A6", 3).payment);
  // Money came although the bank's answer to its creation is missing.
  changed(*engine, paidBy(unclear(*engine, madePayment(*engine, "A7", 1).payment), "R7"));

  const auto figures = figuresAt(*engine, 8);
  CHECK(countsOf(figures) ==
        std::map<std::string, std::int64_t>{
            {"bri_qris created", 2}, {"bri_va created", 3}, {"bri_va pending", 1}, {"bri_va review", 1}});
  CHECK(figures.oldestUnknown == startTime() + minutes{3});
  CHECK(figures.oldestDue == startTime() + minutes{7});
  CHECK_FALSE(figuresAt(*engine, 6).oldestDue);
  CHECK(figuresAt(*engine, 60).oldestDue == startTime() + minutes{7});
  const auto taken =
      valueOf(*engine, ClaimPaymentWork{100, startTime() + minutes{8}, startTime() + minutes{9}});
  CHECK(taken.size() == 1);
  CHECK_FALSE(figuresAt(*engine, 8).oldestDue);
  CHECK(figuresAt(*engine, 9).oldestDue == startTime() + minutes{9});
}

TEST_CASE("Figures of payments count open refunds and items", "[payments][refunds][reconciliation]") {
  const PaymentStorage storage(eachFigureStorage());
  const auto engine = storage.engine();
  auto payment = paidPayment(*engine, "A1");
  std::vector<RefundRecord> refunds;
  for (int i = 0; i < 4; ++i) {
    refunds.push_back(newRefund(payment, 1'000, RefundMode::api));
    payment = changed(*engine, refundAsked(payment, refunds.back()));
  }
  payment = changed(*engine, refundEnded(payment, refunds[0], RefundStatus::succeeded));
  payment = changed(*engine, refundEnded(payment, refunds[1], RefundStatus::failed));
  auto unclearRefund = changeTo(payment, payment.status, "refund_unknown");
  unclearRefund.refund = refunds[2];
  unclearRefund.refund->status = RefundStatus::unknown;
  changed(*engine, unclearRefund);
  CHECK(figuresAt(*engine, 0).openRefunds == 2);

  const auto run = storedRun(*engine);
  auto healed = newItem(run, ReconciliationClass::missingNotification, "R0");
  healed.status = ReconciliationItemStatus::healed;
  const auto first = newItem(run, ReconciliationClass::reversedAtBank, "R1");
  valueOf(*engine, noting({healed, first, newItem(run, ReconciliationClass::orphanCredit, "R2")}));
  CHECK(figuresAt(*engine, 0).openItems == 2);
  valueOf(*engine, resolutionOf(first.id));
  CHECK(figuresAt(*engine, 0).openItems == 1);
}
