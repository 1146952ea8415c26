#include <algorithm>

#include "test/simulation/payment/paymentClient.hpp"

// What a merchant does about money that goes back.
namespace ks::sim {
namespace {

constexpr std::size_t kMostRefundWishes = 12;
constexpr std::int64_t kRupiah = 100;

std::int64_t refundable(const PaymentRecord& payment) {
  return payment.paidMinor - payment.refundedMinor - payment.refundingMinor;
}

}  // namespace

void PaymentClientState::refundNew() {
  const auto* payment = somePayment();
  for (const auto* own : ownPayments()) {
    if (refundable(*own) > 0 && random.oneIn(3)) {
      payment = own;
    }
  }
  if (payment == nullptr || refunds.size() >= kMostRefundWishes) {
    return;
  }
  const auto most = std::max(refundable(*payment), kRupiah);
  const auto draw = random.below(8);
  const auto half = std::max(most / 2 / kRupiah * kRupiah, kRupiah);
  RefundWish wish;
  wish.request.id = payment->id;
  wish.request.idempotencyKey =
      "refund " + std::to_string(number_) + "-" + std::to_string(refunds.size() + 1);
  wish.request.amount = {draw < 3   ? most
                         : draw < 5 ? half
                         : draw < 6 ? kRupiah
                         : draw < 7 ? half + kRupiah
                                    : most + kRupiah,
                         Currency::idr};
  wish.request.reason = "goods came back";
  refunds.push_back(wish);
  refund(refunds.size() - 1);
  if (random.oneIn(3)) {
    refund(refunds.size() - 1);
  }
  if (random.oneIn(3)) {  // two that exceed the balance together
    wish.request.idempotencyKey += " beside";
    refunds.push_back(wish);
    refund(refunds.size() - 1);
  }
}

void PaymentClientState::refund(std::size_t index) {
  askRefunds<CreateRefundAnswer>(
      "refund", refunds[index].request,
      [this, index](Result<CreateRefundAnswer>& result) { judgeRefund(index, result); });
}

void PaymentClientState::judgeRefund(std::size_t index, const Result<CreateRefundAnswer>& result) {
  auto& wish = refunds[index];
  const auto& what = wish.request.idempotencyKey;
  if (!result.ok()) {
    const auto& fault = result.fault();
    const bool refusal =
        fault.code == ErrorCode::notRefundable || fault.code == ErrorCode::refundExceedsBalance;
    if (!isTemporary(fault) && (wish.answer || !refusal)) {
      violate("the " + what + " failed: " + faultName(fault));
    }
    return;
  }
  const auto& refund = result.value().refund;
  if (refund.paymentId != wish.request.id || refund.amount != wish.request.amount ||
      refund.createdBy != asker_.userId() || refund.status != RefundStatus::requested) {
    violate("the " + what + " was answered with another refund");
  }
  if (!world.database->refunds.contains(refund.id)) {
    violate("the " + what + " was answered but not stored");
  }
  wish.fresh += result.value().replayed ? 0 : 1;
  if (wish.fresh > 1) {
    violate("one key has made the " + what + " twice");
  }
  if (wish.answer && (wish.answer->id != refund.id || wish.answer->createdAt != refund.createdAt ||
                      wish.answer->mode != refund.mode)) {
    violate("the " + what + " was answered otherwise than before");
  }
  wish.answer = refund;
}

void PaymentClientState::refundAgain() {
  if (!refunds.empty()) {
    refund(random.below(refunds.size()));
  }
}

void PaymentClientState::refundOther() {
  if (refunds.empty()) {
    return;
  }
  const auto& wish = refunds[random.below(refunds.size())];
  if (!wish.answer) {
    return;  // the key may be free
  }
  auto request = wish.request;
  const auto* other = somePayment();
  if (other != nullptr && other->id != request.id) {
    request.id = other->id;
  } else {
    request.amount.minor += kRupiah;
  }
  askRefunds<CreateRefundAnswer>(
      "other refund", std::move(request), [this](Result<CreateRefundAnswer>& result) {
        if (result.ok() || !isTemporaryOr(result.fault(), ErrorCode::idempotencyMismatch)) {
          violate("a refund's key took another request");
        }
      });
}

void PaymentClientState::lookAtRefunds() {
  const auto* payment = somePayment();
  if (payment == nullptr) {
    return;
  }
  if (random.oneIn(2)) {
    ListRefundsRequest list;
    list.paymentId = payment->id;
    askRefunds<RefundPage>(
        "list of refunds", std::move(list), [this, id = payment->id](Result<RefundPage>& result) {
          if (!result.ok() && !isTemporary(result.fault())) {
            violate("the refunds could not be listed");
          }
          for (const auto& row : result.ok() ? result.value().rows : std::vector<RefundRecord>{}) {
            if (row.paymentId != id) {
              violate("a list shows a refund of another payment");
            }
          }
        });
    return;
  }
  const auto& all = world.database->refunds;
  if (all.empty()) {
    return;
  }
  const auto& refund = std::next(all.begin(), static_cast<std::ptrdiff_t>(random.below(all.size())))->second;
  const bool own = world.database->payments.at(refund.paymentId).userId == asker_.userId();
  askRefunds<RefundRecord>(
      "look at a refund", FindRefundRequest{{{}, refund.id}}, [this, own](Result<RefundRecord>& result) {
        if (result.ok()
                ? !own
                : !isTemporary(result.fault()) && (own || result.fault().code != ErrorCode::notFound)) {
          violate("a refund was shown to the wrong one");
        }
      });
}

}  // namespace ks::sim
