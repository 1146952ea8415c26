#include "test/simulation/payment/paymentClient.hpp"

#include <array>

namespace ks::sim {
namespace {

constexpr int kMostAtOnce = 3;
constexpr std::size_t kMostOrders = 9;
constexpr std::array<int, 5> kLifeChoicesS = {20, 45, 120, 600, 1200};

Uuid userOf(int number) {
  Uuid id;
  id.bytes[0] = 1;
  id.bytes[15] = static_cast<std::uint8_t>(number);
  return id;
}

}  // namespace

PaymentClientState::PaymentClientState(PaymentClientActor::pointer selfPointer, PaymentWorld& paymentWorld,
                                       std::uint64_t seed, int number, int actions)
    : self(selfPointer),
      world(paymentWorld),
      random(seed),
      number_(number),
      left_(actions),
      asker_(selfPointer, paymentWorld, random, "merchant " + std::to_string(number), userOf(number)) {}

PaymentClientActor::behavior_type PaymentClientState::make_behavior() {
  pause(std::chrono::milliseconds{500 + random.below(500)});
  return {[this](TickAtom) { tick(); }};
}

void PaymentClientState::pause(std::chrono::milliseconds wait) {
  compat::tellAfter(self, wait, PaymentClientActor{self}, TickAtom_v);
}

void PaymentClientState::tick() {
  if (tells_) {
    tell();
  } else if (left_ > 0 && asker_.pending() < kMostAtOnce) {
    --left_;
    act();
  }
  if (!finished_) {
    // Now and then long enough for leases, locks and lives to end.
    pause(std::chrono::milliseconds{random.oneIn(14) ? random.below(90'000) : random.below(2500)});
  }
}

void PaymentClientState::act() {
  const auto draw = random.below(34);
  if (orders.empty() || (draw < 5 && orders.size() < kMostOrders)) {
    createNew();
  } else if (draw < 8) {
    create(random.below(orders.size()));
  } else if (draw < 9) {
    createOther(random.below(orders.size()));
  } else if (draw < 10) {
    createSameReference(random.below(orders.size()));
  } else if (draw < 15) {
    payAtBank();
  } else if (draw < 16) {
    payOnline();
  } else if (draw < 19) {
    tellOfCredit();
  } else if (draw < 20) {
    cancel();
  } else if (draw < 22) {
    sync();
  } else if (draw < 24) {
    look();
  } else if (draw < 29) {
    refundNew();
  } else if (draw < 31) {
    refundAgain();
  } else if (draw < 32) {
    refundOther();
  } else {
    lookAtRefunds();
  }
}

void PaymentClientState::createNew() {
  Order order;
  auto& request = order.request;
  request.merchantRef = "m" + std::to_string(number_) + "-" + std::to_string(orders.size() + 1);
  request.idempotencyKey = "key " + request.merchantRef;
  request.method = random.oneIn(3) ? PaymentMethod::briQris : PaymentMethod::briVa;
  request.amount = {static_cast<std::int64_t>(100 * (1000 + random.below(100'000))), Currency::idr};
  request.description = request.merchantRef;  // by which the bank's books are compared
  request.customerName = "Sari";
  request.expiresIn = std::chrono::seconds{kLifeChoicesS[random.below(kLifeChoicesS.size())]};
  orders.push_back(std::move(order));
  create(orders.size() - 1);
}

void PaymentClientState::create(std::size_t index) {
  ask<CreatePaymentAnswer>(
      "creation", orders[index].request,
      [this, index](Result<CreatePaymentAnswer>& result) { judgeCreation(index, result); });
}

void PaymentClientState::judgeCreation(std::size_t index, const Result<CreatePaymentAnswer>& result) {
  auto& order = orders[index];
  const auto& what = order.request.merchantRef;
  if (!result.ok()) {
    const auto& fault = result.fault();
    if (!isTemporary(fault) && fault.code != ErrorCode::idempotencyInProgress) {
      violate("the creation of " + what + " was refused: " + faultName(fault));
    }
    return;
  }
  const auto& payment = result.value().payment;
  if (payment.merchantRef != what || payment.createdBy != asker_.userId()) {
    violate("the creation of " + what + " was answered with another payment");
  }
  if (!world.database->payments.contains(payment.id)) {
    violate("the payment " + what + " was answered but not stored");
  }
  order.fresh += result.value().replayed ? 0 : 1;
  if (order.fresh > 1) {
    violate("one key has created " + what + " twice");
  }
  if (order.answer && (order.answer->id != payment.id || order.answer->version != payment.version ||
                       order.answer->status != payment.status)) {
    violate("the creation of " + what + " was answered otherwise than before");
  }
  order.answer = payment;
}

void PaymentClientState::createOther(std::size_t index) {
  if (!orders[index].answer) {
    return;  // the key may be free
  }
  auto request = orders[index].request;
  request.amount.minor += 100;
  ask<CreatePaymentAnswer>("other creation", std::move(request), [this](Result<CreatePaymentAnswer>& result) {
    if (result.ok() ||
        (!isTemporary(result.fault()) && result.fault().code != ErrorCode::idempotencyMismatch)) {
      violate("a key took another request");
    }
  });
}

void PaymentClientState::createSameReference(std::size_t index) {
  if (!orders[index].answer) {
    return;
  }
  auto request = orders[index].request;
  request.idempotencyKey += " again";
  ask<CreatePaymentAnswer>(
      "second creation", std::move(request), [this](Result<CreatePaymentAnswer>& result) {
        if (result.ok() ||
            (!isTemporary(result.fault()) && result.fault().code != ErrorCode::duplicateMerchantRef)) {
          violate("a merchant's reference was used twice");
        }
      });
}

std::vector<const PaymentRecord*> PaymentClientState::ownPayments() const {
  std::vector<const PaymentRecord*> own;
  for (const auto& [id, payment] : world.database->payments) {
    if (payment.createdBy == asker_.userId()) {
      own.push_back(&payment);
    }
  }
  return own;
}

const PaymentRecord* PaymentClientState::somePayment() {
  const auto own = ownPayments();
  return own.empty() ? nullptr : own[random.below(own.size())];
}

const PaymentRecord* PaymentClientState::paymentOf(const std::string& merchantRef) const {
  for (const auto* payment : ownPayments()) {
    if (payment->merchantRef == merchantRef) {
      return payment;
    }
  }
  return nullptr;
}

std::vector<SimBank::Received> PaymentClientState::ownCredits() const {
  std::vector<SimBank::Received> own;
  for (const auto& received : world.bank->received()) {
    if (paymentOf(received.description) != nullptr) {
      own.push_back(received);
    }
  }
  return own;
}

void PaymentClientState::cancel() {
  const auto* payment = somePayment();
  if (payment == nullptr) {
    return;
  }
  ask<PaymentRecord>("cancellation", CancelPaymentRequest{{{}, payment->id}},
                     [this](Result<PaymentRecord>& result) {
                       if (!result.ok() && !isTemporary(result.fault()) &&
                           result.fault().code != ErrorCode::notCancellable) {
                         violate("a cancellation failed: " + faultName(result.fault()));
                       }
                     });
}

void PaymentClientState::sync() {
  const auto* payment = somePayment();
  if (payment == nullptr) {
    return;
  }
  ask<PaymentRecord>("sync", SyncPaymentRequest{{{}, payment->id}}, [this](Result<PaymentRecord>& result) {
    if (!result.ok() && !isTemporary(result.fault()) && result.fault().code != ErrorCode::gatewayTimeout) {
      violate("a sync failed: " + faultName(result.fault()));
    }
  });
}

void PaymentClientState::look() {
  const auto* payment = somePayment();
  if (payment == nullptr || random.oneIn(2)) {
    ask<PaymentPage>("list", ListPaymentsRequest{}, [this](Result<PaymentPage>& result) {
      if (!result.ok() && !isTemporary(result.fault())) {
        violate("the payments could not be listed");
      }
      for (const auto& row : result.ok() ? result.value().rows : std::vector<PaymentRecord>{}) {
        if (row.userId != asker_.userId()) {
          violate("a list shows another's payment");
        }
      }
    });
    return;
  }
  ask<PaymentRecord>("find", FindPaymentRequest{{{}, payment->id}},
                     [this, id = payment->id](Result<PaymentRecord>& result) {
                       if (result.ok() ? result.value().id != id : !isTemporary(result.fault())) {
                         violate("a payment was not found");
                       }
                     });
}

}  // namespace ks::sim
