#include "test/simulation/payment/paymentOffice.hpp"

#include "core/payment/jakartaTime.hpp"
#include "persistence/memory/ledgerRules.hpp"

namespace ks::sim {
namespace {

constexpr int kMostOfficeAtOnce = 2;
constexpr const char* kSuspended = "suspense:unmatched";

Uuid administratorId() {
  Uuid id;
  id.bytes[0] = 2;
  return id;
}

/// A quarter of what waits is never decided.
bool isLeft(const Uuid& id) { return id.bytes[15] % 4 == 0; }

bool isGone(const ReconciliationItem& item) {
  return item.what == ReconciliationClass::paidHereNotAtBank ||
         item.what == ReconciliationClass::reversedAtBank;
}

template <class Values, class Holds>
auto someOf(const Values& values, SeededRandom& random, Holds holds) {
  std::vector<typename Values::mapped_type> some;
  for (const auto& [id, value] : values) {
    if (holds(value)) {
      some.push_back(value);
    }
  }
  return some.empty() ? std::nullopt : std::optional(some[random.below(some.size())]);
}

}  // namespace

PaymentOfficeState::PaymentOfficeState(PaymentOfficeActor::pointer selfPointer, PaymentWorld& paymentWorld,
                                       std::uint64_t seed, int actions)
    : self(selfPointer),
      world(paymentWorld),
      random(seed),
      left_(actions),
      asker_(selfPointer, paymentWorld, random, "office", administratorId()) {}

PaymentOfficeActor::behavior_type PaymentOfficeState::make_behavior() {
  pause(std::chrono::milliseconds{1000});
  return {[this](TickAtom) { tick(); }};
}

void PaymentOfficeState::pause(std::chrono::milliseconds wait) {
  compat::tellAfter(self, wait, PaymentOfficeActor{self}, TickAtom_v);
}

void PaymentOfficeState::tick() {
  payRecorded();
  if (mode_ != Mode::trading) {
    goOn();
  } else if (left_ > 0 && asker_.pending() < kMostOfficeAtOnce) {
    --left_;
    act();
  }
  pause(std::chrono::milliseconds{random.oneIn(10) ? random.below(60'000) : random.below(5000)});
}

void PaymentOfficeState::payRecorded() {
  std::erase_if(payouts_, [this](const Payout& payout) {
    const auto minor = payout.recorded();
    if (minor) {
      world.bank->payOut(payout.reference, *minor);
    }
    return minor.has_value();
  });
}

void PaymentOfficeState::act() {
  const auto draw = random.below(14);
  if (draw < 6) {
    endSomeRefund();
  } else if (draw < 9) {
    decideSome();
  } else if (draw < 10) {
    askAboutSome();
  } else if (draw < 11) {
    reconcileSome();
  } else if (draw < 13) {
    resolveSome();
  } else {
    replayUnknown();
  }
}

void PaymentOfficeState::endSomeRefund() {
  const auto refund = someOf(world.database->refunds, random, memoryRules::isOpenRefund);
  if (!refund) {
    return;
  }
  const auto draw = random.below(5);
  if (draw > 0) {
    complete(*refund);
  }
  if (draw < 2) {
    cancel(*refund);
  }
}

// What the bank pays an administrator ends only with what the bank's books say.
void PaymentOfficeState::complete(const RefundRecord& refund) {
  CompleteRefundRequest request;
  request.id = refund.id;
  if (refund.mode == RefundMode::api) {
    const auto paid = world.bank->refunds().find(refund.reference);
    if (paid == world.bank->refunds().end()) {
      return;
    }
    request.bankReference = paid->second.reference;
  } else {
    request.bankReference = newReference("M");
    payouts_.push_back(
        {request.bankReference,
         [this, id = refund.id, reference = request.bankReference]() -> std::optional<std::int64_t> {
           const auto& stored = world.database->refunds.at(id);
           const bool done = stored.status == RefundStatus::succeeded && stored.bankReference == reference;
           return done ? std::optional(stored.amount.minor) : std::nullopt;
         }});
  }
  ask<RefundRecord>("completion of a refund", request,
                    [this, reference = request.bankReference](Result<RefundRecord>& result) {
                      if (result.ok() ? result.value().status != RefundStatus::succeeded ||
                                            result.value().bankReference != reference
                                      : !isFair(result.fault(), ErrorCode::conflict)) {
                        asker_.violate("a refund was not completed as it was asked");
                      }
                    });
}

void PaymentOfficeState::cancel(const RefundRecord& refund) {
  CancelRefundRequest request;
  request.id = refund.id;
  request.reason = "the customer does not want it";
  const bool byBank = refund.mode == RefundMode::api;
  ask<RefundRecord>("cancellation of a refund", std::move(request),
                    [this, byBank](Result<RefundRecord>& result) {
                      if (result.ok() ? byBank || result.value().status != RefundStatus::failed
                                      : !isFair(result.fault(), ErrorCode::conflict)) {
                        asker_.violate("a refund was not cancelled as it was asked");
                      }
                    });
}

void PaymentOfficeState::decideSome() {
  const auto payment = someOf(world.database->payments, random,
                              [](const PaymentRecord& each) { return each.suspenseMinor > 0; });
  if (!payment) {
    return;
  }
  decide(*payment, random.oneIn(2) ? PaymentVerdict::accept : PaymentVerdict::returnMoney);
  if (random.oneIn(4)) {  // the other administrator sees it otherwise
    decide(*payment, random.oneIn(2) ? PaymentVerdict::accept : PaymentVerdict::returnMoney);
  }
}

void PaymentOfficeState::decide(const PaymentRecord& payment, PaymentVerdict verdict) {
  DecidePaymentRequest request;
  request.id = payment.id;
  request.verdict = verdict;
  request.note = "decided";
  if (verdict == PaymentVerdict::returnMoney) {
    request.bankReference = newReference("R");
    payouts_.push_back(
        {request.bankReference,
         [this, id = payment.id,
          detail = request.bankReference + ": " + request.note]() -> std::optional<std::int64_t> {
           for (const auto& event : world.database->paymentEvents[id]) {
             if (event.type == "returned" && event.detail == detail) {
               const auto key = "return:" + id.toString() + ":" + std::to_string(event.seq - 1);
               return world.database->ledger.at(key).entries.at(kSuspended);
             }
           }
           return std::nullopt;
         }});
  }
  ask<PaymentRecord>("decision", std::move(request), [this](Result<PaymentRecord>& result) {
    if (result.ok() ? result.value().suspenseMinor != 0 : !isFair(result.fault(), ErrorCode::conflict)) {
      asker_.violate("a decision was not carried out");
    }
  });
}

void PaymentOfficeState::askAboutSome() {
  const auto payment = someOf(world.database->payments, random, [](const PaymentRecord&) { return true; });
  AskAboutPaymentRequest request;
  request.id = payment ? payment->id : Uuid{};
  ask<PaymentRecord>("question about a payment", std::move(request),
                     [this, there = payment.has_value()](Result<PaymentRecord>& result) {
                       if (!result.ok() && !isTemporary(result.fault()) &&
                           (there || result.fault().code != ErrorCode::paymentNotFound)) {
                         asker_.violate("a question about a payment was refused");
                       }
                     });
}

void PaymentOfficeState::reconcileSome() {
  constexpr std::chrono::days kTwoDays{2};
  if (random.oneIn(4)) {
    return reconcile(jakartaDay(world.clock.now() + kTwoDays), ErrorCode::outOfRange);
  }
  reconcile(random.oneIn(2) ? jakartaDay(world.clock.now()) : std::string{}, ErrorCode::timeout);
}

void PaymentOfficeState::reconcile(const std::string& day, ErrorCode refusal) {
  ReconcileRequest request;
  request.day = day;
  const bool refused = refusal == ErrorCode::outOfRange;
  ask<ReconciliationRun>("order of a reconciliation", std::move(request),
                         [this, refusal, refused](Result<ReconciliationRun>& result) {
                           if (result.ok() ? refused : !isFair(result.fault(), refusal)) {
                             asker_.violate("a reconciliation was not ordered as it should be");
                           }
                         });
}

void PaymentOfficeState::resolveSome() {
  const auto item = someOf(world.database->reconciliationItems, random, [](const ReconciliationItem& each) {
    return each.status == ReconciliationItemStatus::open && !isGone(each);
  });
  if (item) {
    resolve(*item, !random.oneIn(4));
  }
}

void PaymentOfficeState::resolve(const ReconciliationItem& item, bool withReference) {
  const bool orphan = item.what == ReconciliationClass::orphanCredit;
  ResolveItemRequest request;
  request.id = item.id;
  request.note = "seen";
  if (orphan && withReference) {
    request.bankReference = newReference("O");
    request.note = "given back by " + request.bankReference;
    payouts_.push_back(
        {request.bankReference, [this, id = item.id, note = request.note]() -> std::optional<std::int64_t> {
           const auto& stored = world.database->reconciliationItems.at(id);
           return stored.note == note ? std::optional(stored.bankMinor) : std::nullopt;
         }});
  }
  const bool lacksReference = orphan && !withReference;
  ask<ReconciliationItem>(
      "resolution of an item", std::move(request),
      [this, lacksReference](Result<ReconciliationItem>& result) {
        const bool wrong = result.ok() ? lacksReference
                                       : !isFair(result.fault(), ErrorCode::conflict) &&
                                             !(lacksReference && result.fault().code == ErrorCode::required);
        if (wrong) {
          asker_.violate("an item was not resolved as it should be");
        }
      });
}

void PaymentOfficeState::replayUnknown() {
  ReplayNoticeRequest request;
  request.id = administratorId();
  ask<BankNoticeRecord>("replay of a notice", std::move(request), [this](Result<BankNoticeRecord>& result) {
    if (result.ok() || !isTemporaryOr(result.fault(), ErrorCode::notFound)) {
      asker_.violate("a notice that does not exist was replayed");
    }
  });
}

void PaymentOfficeState::beginReconciliation(std::vector<std::string> days) {
  mode_ = Mode::reconciling;
  finished_ = false;
  days_ = std::move(days);
}

void PaymentOfficeState::beginDecisions() {
  mode_ = Mode::deciding;
  finished_ = false;
}

void PaymentOfficeState::goOn() {
  if (asker_.pending() > 0 || finished_) {
    return;
  }
  if (mode_ == Mode::deciding) {
    finished_ = !decideNext();
    return;
  }
  if (days_.empty()) {
    finished_ = true;
    return;
  }
  const auto day = days_.back();
  days_.pop_back();
  reconcile(day, ErrorCode::timeout);
}

bool PaymentOfficeState::decideNext() {
  auto& database = *world.database;
  for (const auto& [id, item] : database.reconciliationItems) {
    if (item.status != ReconciliationItemStatus::open) {
      continue;
    }
    if (isGone(item) && world.bank->hasTakenBack(database.payments.at(item.paymentId).description) &&
        database.payments.at(item.paymentId).status != PaymentStatus::reversed) {
      decide(database.payments.at(item.paymentId), PaymentVerdict::reverse);
      return true;
    }
    if (!isLeft(id)) {
      resolve(item, true);
      return true;
    }
  }
  for (const auto& [id, payment] : database.payments) {
    if (payment.suspenseMinor > 0 && !isLeft(id)) {
      const bool accept = payment.status != PaymentStatus::reversed && random.oneIn(2);
      decide(payment, accept ? PaymentVerdict::accept : PaymentVerdict::returnMoney);
      return true;
    }
  }
  for (const auto& [id, refund] : database.refunds) {
    if (memoryRules::isOpenRefund(refund) && refund.mode == RefundMode::manual && !isLeft(id)) {
      if (random.oneIn(3)) {
        cancel(refund);
      } else {
        complete(refund);
      }
      return true;
    }
  }
  return false;
}

}  // namespace ks::sim
