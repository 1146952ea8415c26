#include "test/simulation/paymentClient.hpp"

#include <array>

#include "actors/platform/storageJob.hpp"

namespace ks::sim {
namespace {

constexpr int kMostAtOnce = 3;
constexpr std::size_t kMostOrders = 9;
constexpr std::array<int, 5> kLifeChoicesS = {20, 45, 120, 600, 1200};

}  // namespace

PaymentClientState::PaymentClientState(PaymentClientActor::pointer selfPointer, PaymentWorld& paymentWorld,
                                       std::uint64_t seed, int number, int actions)
    : self(selfPointer), world(paymentWorld), random(seed), number_(number), left_(actions) {
  Principal principal;
  principal.userId.bytes[0] = 1;
  principal.userId.bytes[15] = static_cast<std::uint8_t>(number);
  principal_ = std::make_shared<const Principal>(std::move(principal));
}

PaymentClientActor::behavior_type PaymentClientState::make_behavior() {
  pause(std::chrono::milliseconds{500 + random.below(500)});
  return {[this](TickAtom) { tick(); }};
}

void PaymentClientState::pause(std::chrono::milliseconds wait) {
  compat::tellAfter(self, wait, PaymentClientActor{self}, TickAtom_v);
}

void PaymentClientState::violate(const std::string& why) {
  world.ledger.violate("merchant " + std::to_string(number_) + ": " + why);
}

void PaymentClientState::tick() {
  if (reconciles_) {
    reconcile();
  } else if (left_ > 0 && pending_ < kMostAtOnce) {
    --left_;
    act();
  }
  if (!finished_) {
    // Now and then long enough for leases, locks and lives to end.
    pause(std::chrono::milliseconds{random.oneIn(14) ? random.below(90'000) : random.below(2500)});
  }
}

void PaymentClientState::act() {
  const auto draw = random.below(24);
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
  } else {
    look();
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
    if (!unavailable(fault) && fault.code != ErrorCode::idempotencyInProgress) {
      violate("the creation of " + what + " was refused: " + std::string{describe(fault.code).name});
    }
    return;
  }
  const auto& payment = result.value().payment;
  if (payment.merchantRef != what || payment.createdBy != principal_->userId) {
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
        (!unavailable(result.fault()) && result.fault().code != ErrorCode::idempotencyMismatch)) {
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
            (!unavailable(result.fault()) && result.fault().code != ErrorCode::duplicateMerchantRef)) {
          violate("a merchant's reference was used twice");
        }
      });
}

std::vector<const PaymentRecord*> PaymentClientState::ownPayments() const {
  std::vector<const PaymentRecord*> own;
  for (const auto& [id, payment] : world.database->payments) {
    if (payment.createdBy == principal_->userId) {
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
                       if (!result.ok() && !unavailable(result.fault()) &&
                           result.fault().code != ErrorCode::notCancellable) {
                         violate("a cancellation failed: " + std::string{describe(result.fault().code).name});
                       }
                     });
}

void PaymentClientState::sync() {
  const auto* payment = somePayment();
  if (payment == nullptr) {
    return;
  }
  ask<PaymentRecord>("sync", SyncPaymentRequest{{{}, payment->id}}, [this](Result<PaymentRecord>& result) {
    if (!result.ok() && !unavailable(result.fault()) && result.fault().code != ErrorCode::gatewayTimeout) {
      violate("a sync failed: " + std::string{describe(result.fault().code).name});
    }
  });
}

void PaymentClientState::look() {
  const auto* payment = somePayment();
  if (payment == nullptr || random.oneIn(2)) {
    ask<PaymentPage>("list", ListPaymentsRequest{}, [this](Result<PaymentPage>& result) {
      if (!result.ok() && !unavailable(result.fault())) {
        violate("the payments could not be listed");
      }
      for (const auto& row : result.ok() ? result.value().rows : std::vector<PaymentRecord>{}) {
        if (row.userId != principal_->userId) {
          violate("a list shows another's payment");
        }
      }
    });
    return;
  }
  ask<PaymentRecord>("find", FindPaymentRequest{{{}, payment->id}},
                     [this, id = payment->id](Result<PaymentRecord>& result) {
                       if (result.ok() ? result.value().id != id : !unavailable(result.fault())) {
                         violate("a payment was not found");
                       }
                     });
}

void PaymentClientState::payAtBank() {
  const auto* payment = somePayment();
  // The hasty customer pays before we know that the bank has the account.
  for (const auto* own : ownPayments()) {
    if (own->status == PaymentStatus::created && world.bank->isOpen(own->vaNumber, false) &&
        random.oneIn(2)) {
      payment = own;
    }
  }
  if (payment == nullptr) {
    return;
  }
  const bool again = !world.bank->receivedFor(payment->merchantRef).empty();
  if (again && !random.oneIn(5)) {
    return;
  }
  const std::int64_t wrong = random.oneIn(2) ? 100 : -100;
  const auto minor = payment->amount.minor + (random.oneIn(8) ? wrong : 0);
  const bool late = random.oneIn(3);
  const auto credit = payment->method == PaymentMethod::briVa
                          ? world.bank->payAccount(payment->vaNumber, minor, late)
                          : world.bank->payCode(payment->qrContent, minor, late);
  if (!credit) {
    return;
  }
  world.say("a customer pays " + payment->merchantRef + " by " + credit->reference);
  if (random.oneIn(2)) {
    bookMoney({*credit, payment->merchantRef}, [](bool) {});
  }
}

// The bank holds the money until it knows our answer: what we do not take goes back to the customer; without an
// answer the bank keeps it.
void PaymentClientState::payOnline() {
  const auto* payment = somePayment();
  if (payment == nullptr || payment->method != PaymentMethod::briVa ||
      !world.bank->isOpen(payment->vaNumber, false)) {
    return;
  }
  const auto credit = world.bank->offer(payment->amount.minor + (random.oneIn(6) ? 100 : 0));
  BookMoney money;
  money.paymentId = payment->id;
  money.credit = credit;
  money.cause = "online";
  money.onlyIfAwaited = true;
  world.say("the bank offers " + credit.reference + " for " + payment->merchantRef);
  ask<PaymentRecord>("offer of money", std::move(money),
                     [this, credit, vaNumber = payment->vaNumber](Result<PaymentRecord>& result) {
                       if (!result.ok() && !unavailable(result.fault())) {
                         violate("an offer of money was refused");
                       }
                       if (!result.ok() || result.value().paidReference == credit.reference) {
                         world.bank->keep(vaNumber, credit);
                       }
                     });
}

void PaymentClientState::tellOfCredit() {
  const auto credits = ownCredits();
  if (credits.empty()) {
    return;
  }
  const auto& received = credits[random.below(credits.size())];
  const auto times = 1 + random.below(2);
  for (std::uint64_t i = 0; i < times; ++i) {
    if (random.oneIn(3)) {
      planQuestion(paymentOf(received.description)->id);
    } else {
      bookMoney(received, [](bool) {});
    }
  }
}

void PaymentClientState::bookMoney(const SimBank::Received& received, std::function<void(bool)> next) {
  BookMoney money;
  money.paymentId = paymentOf(received.description)->id;
  money.credit = received.credit;
  money.cause = "notice";
  ask<PaymentRecord>("booking", std::move(money),
                     [this, next = std::move(next)](Result<PaymentRecord>& result) {
                       if (!result.ok() && !unavailable(result.fault())) {
                         violate("money was refused: " + std::string{describe(result.fault().code).name});
                       }
                       if (result.ok() && result.value().paidMinor + result.value().suspenseMinor == 0) {
                         violate("money was taken, but the payment has none");
                       }
                       next(result.ok());
                     });
}

// As a notice without an amount: the payment is asked for at once.
void PaymentClientState::planQuestion(const Uuid& paymentId) {
  const auto process = anyProcess();
  ++pending_;
  storeOwn(
      self, std::chrono::seconds{10}, world.process(process).storage,
      PlanPaymentWork{paymentId, {PaymentWorkKind::ask, world.clock.now()}},
      [this, process](bool& there) {
        --pending_;
        if (!there) {
          violate("a payment that is there was not found");
        }
        if (const auto actor = world.process(process).payments.get()) {
          compat::tell(self, actor, WakeAtom_v);
        }
      },
      [this](const Fault& /*fault*/) { --pending_; });
}

void PaymentClientState::beginReconciliation() {
  reconciles_ = true;
  for (const auto& received : ownCredits()) {
    toTell_.push_back(received);
    toTell_.push_back(received);
  }
}

void PaymentClientState::reconcile() {
  if (pending_ > 0) {
    return;
  }
  if (toTell_.empty()) {
    finished_ = true;
    return;
  }
  bookMoney(toTell_.back(), [this](bool booked) {
    if (!booked) {
      violate("money could not be booked although nothing fails any more");
    }
    toTell_.pop_back();
  });
}

}  // namespace ks::sim
