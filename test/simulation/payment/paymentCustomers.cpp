#include "actors/platform/storageJob.hpp"
#include "test/simulation/payment/paymentClient.hpp"

// What customers and the bank do: money that comes, and what the bank tells of it.
namespace ks::sim {

void PaymentClientState::payAtBank() {
  if (random.oneIn(12)) {
    const auto credit = world.bank->payOrphan(static_cast<std::int64_t>(100 * (1 + random.below(1000))));
    world.say("a customer pays to an account of nobody by " + credit.reference);
    return;
  }
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
  world.say("the bank offers " + credit.reference + " for " + payment->merchantRef);
  if (credit.amount != payment->amount || random.oneIn(3)) {
    return offerMoney(*payment, credit);
  }
  BookNotice told;
  told.payment = *payment;
  told.credit = credit;
  auto& notice = told.notice.notice;
  notice.id = anyProcess().uuids.next();
  notice.service = "25";
  notice.dedupKey = credit.reference;
  notice.externalId = credit.reference;
  notice.paymentId = payment->id;
  notice.now = world.clock.now();
  told.notice.answer = {200, "taken"};
  ask<bool>("notice of money", std::move(told), [this, credit, offered = *payment](Result<bool>& stored) {
    if (!stored.ok() && !isTemporary(stored.fault())) {
      violate("a notice of money was refused: " + faultName(stored.fault()));
    }
    if (stored.ok() && !stored.value()) {
      return offerMoney(offered, credit);
    }
    world.bank->keep(offered.vaNumber, credit);
  });
}

void PaymentClientState::offerMoney(const PaymentRecord& payment, const BankCredit& credit) {
  BookMoney money;
  money.paymentId = payment.id;
  money.credit = credit;
  money.cause = "online";
  money.onlyIfAwaited = true;
  ask<PaymentRecord>("offer of money", std::move(money),
                     [this, credit, vaNumber = payment.vaNumber](Result<PaymentRecord>& result) {
                       if (!result.ok() && !isTemporary(result.fault())) {
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
                       if (!result.ok() && !isTemporary(result.fault())) {
                         violate("money was refused: " + faultName(result.fault()));
                       }
                       if (result.ok() && result.value().paidMinor + result.value().suspenseMinor == 0 &&
                           result.value().status != PaymentStatus::refunded) {
                         violate("money was taken, but the payment has none");
                       }
                       next(result.ok());
                     });
}

// As a notice without an amount: the payment is asked for at once.
void PaymentClientState::planQuestion(const Uuid& paymentId) {
  auto& process = anyProcess();
  asker_.begin();
  storeOwn(
      self, std::chrono::seconds{10}, process.storage,
      PlanPaymentWork{paymentId, {PaymentWorkKind::ask, world.clock.now()}},
      [this, &process](bool& there) {
        asker_.end();
        if (!there) {
          violate("a payment that is there was not found");
        }
        if (const auto actor = process.payments.get()) {
          compat::tell(self, actor, WakeAtom_v);
        }
      },
      [this](const Fault& /*fault*/) { asker_.end(); });
}

void PaymentClientState::beginTelling() {
  tells_ = true;
  for (const auto& received : ownCredits()) {
    // Of a code that was paid twice nobody asks once one payment is booked.
    const bool twice = received.vaNumber.empty() && world.bank->receivedFor(received.description).size() > 1;
    if (!received.isShown() || twice) {
      toTell_.push_back(received);
      toTell_.push_back(received);
    }
  }
}

void PaymentClientState::tell() {
  if (asker_.pending() > 0) {
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
