#include "actors/payment/paymentActor.hpp"

#include <utility>

#include "actors/payment/paymentCaller.hpp"
#include "actors/platform/storageJob.hpp"
#include "actors/runtime/auditNote.hpp"
#include "core/failPoint.hpp"
#include "core/text/timeText.hpp"
#include "messages/platform/callerKind.hpp"

namespace ks {
namespace {

/// Until a request whose answer was never stored counts as answered.
constexpr std::chrono::seconds kCreationLock{60};
/// Payments of one person that can still be paid: each is asked for until it ends. Machines have no limit.
constexpr std::size_t kMostOpenOfPerson = 100;
/// Requests that may wait for the bank at once: each holds one of the process's places, which sign-ins need too.
constexpr std::size_t kMostWaiting = 24;
/// Of them questions of people: shops need the others.
constexpr std::size_t kMostPeopleAsking = 16;
/// New payments that are given to the bank at once; the others are work that is due.
constexpr std::size_t kMostGiven = 64;
/// Longer than a call to the bank and what is stored after it can take.
constexpr std::chrono::seconds kCreationLease{45};
/// Of a request's time, for what is stored after the bank's answer.
constexpr std::chrono::milliseconds kRequestMargin{1000};

Bytes fingerprintOf(const CreatePaymentRequest& request) {
  return requestFingerprint(
      "payment.create", {request.merchantRef, paymentMethodName(request.method), formatMoney(request.amount),
                         std::string(currencyCode(request.amount.currency)), request.description,
                         request.customerName, std::to_string(request.expiresIn.count()),
                         request.userId ? request.userId->toString() : std::string{}});
}

}  // namespace

PaymentState::PaymentState(PaymentActor::pointer selfPointer, std::shared_ptr<ActorProbe> probe,
                           PaymentDependencies dependencies)
    : self(selfPointer),
      probe_(std::move(probe)),
      deps_(std::move(dependencies)),
      changes_(
          deps_.environment, deps_.policy.rules,
          [this](ChangePayment change, auto done, auto failed) {
            storeOwn(self, deps_.storageTimeout, deps_.storage, std::move(change), std::move(done),
                     std::move(failed));
          },
          [this](const PaymentTask& task) { settle(task, std::nullopt, {}); }) {}

PaymentActor::behavior_type PaymentState::make_behavior() {
  compat::tell(self, PaymentActor{self}, TickAtom_v);
  return {
      guardedOfCaller(this, probe_, &PaymentState::create),
      guardedOfCaller(this, probe_, &PaymentState::list),
      guardedOfCaller(this, probe_, &PaymentState::find),
      guardedOfCaller(this, probe_, &PaymentState::events),
      guardedOfCaller(this, probe_, &PaymentState::cancel),
      guardedOfCaller(this, probe_, &PaymentState::sync),
      guarded(self, probe_, [this](BookMoney& money) { return book(money); }),
      guarded(self, probe_, [this](BookNotice& told) { return bookNotice(told); }),
      guarded(self, probe_, [this](WakeAtom) { lookForWork(); }),
      guarded(self, probe_,
              [this](TickAtom) {
                compat::tellAfter(self, caf::timespan{deps_.policy.pollEvery}, PaymentActor{self},
                                  TickAtom_v);
                lookForWork();
              }),
  };
}

caf::result<CreatePaymentAnswer> PaymentState::create(CreatePaymentRequest& request) {
  const auto& context = request.context;
  const auto now = deps_.environment.clock.now();
  if (request.amount.minor <= 0) {
    return toCafError(fieldFault(ErrorCode::outOfRange, "amount.value", "The amount must be more than zero"));
  }
  if (!isWholeRupiah(request.amount)) {
    return toCafError(fieldFault(ErrorCode::amountNotWhole, "amount.value",
                                 "Virtual accounts and QR codes take whole rupiah only: " +
                                     formatMoney(request.amount) + " has hundredths"));
  }
  const bool qr = request.method == PaymentMethod::briQris;
  if (qr && request.expiresIn > kQrLife) {
    return toCafError(
        fieldFault(ErrorCode::outOfRange, "expires_in_s", "A QR code lives 1800 seconds at most"));
  }
  const auto life = request.expiresIn > std::chrono::seconds{0} ? request.expiresIn
                    : qr                                        ? std::min(deps_.policy.life, kQrLife)
                                                                : deps_.policy.life;
  CreatePayment creation;
  auto& payment = creation.payment;
  payment.id = deps_.environment.uuids.next();
  payment.userId =
      isMachine(*context.principal) ? request.userId.value_or(Uuid{}) : context.principal->userId;
  payment.createdBy = creatorOf(context);
  payment.merchantRef = request.merchantRef;
  payment.method = request.method;
  payment.amount = request.amount;
  payment.description = request.description;
  payment.customerName = request.customerName;
  payment.gatewayRef = bankReferenceOf(payment.id);
  payment.vaNumber = qr ? std::string{} : deps_.policy.vaPartner;
  payment.createdAt = now;
  payment.updatedAt = now;
  payment.expiresAt = now + life;
  creation.idempotency = {payment.createdBy.toString(), request.idempotencyKey, fingerprintOf(request)};
  creation.mostOpen = isMachine(*context.principal) ? 0 : kMostOpenOfPerson;
  creation.lockedUntil = now + kCreationLock;
  auto waiting = std::make_shared<Creation>(Creation{self->make_response_promise<CreatePaymentAnswer>()});
  if (*given_ < kMostGiven) {
    waiting->given = placeIn(given_);
    creation.leaseUntil = now + kCreationLease;
    if (*waiting_ < kMostWaiting && deps_.policy.wait.count() > 0) {
      waiting->waits = placeIn(waiting_);
    }
  }
  creation.answered = !waiting->waits;
  creation.actor = callerKind(context.principal.get());
  creation.cause = payment.createdBy.toString();
  creation.audit = auditOf(deps_.environment, context, "payment.create");
  creation.audit.targetType = "payment";
  creation.audit.targetId = payment.id.toString();
  creation.audit.after = {{"merchant_ref", payment.merchantRef},
                          {"method", std::string{paymentMethodName(payment.method)}},
                          {"amount", formatMoney(payment.amount)},
                          {"currency", std::string{currencyCode(payment.amount.currency)}}};
  failPoint("payment.create.deciding");
  storeThen(self, probe_, context, deps_.storageTimeout, deps_.storage, std::move(creation), waiting->promise,
            [this, waiting](CreatedPayment& made) { created(made, waiting); });
  return waiting->promise;
}

void PaymentState::created(CreatedPayment& made, const CreationPtr& creation) {
  switch (made.outcome) {
    case CreatePaymentOutcome::replayed:
      return creation->promise.deliver(CreatePaymentAnswer{std::move(made.payment), true});
    case CreatePaymentOutcome::inProgress:
      return fail(creation->promise, retryFault(ErrorCode::idempotencyInProgress, 1, {}));
    case CreatePaymentOutcome::tooManyOpen:
      return fail(creation->promise,
                  messageFault(ErrorCode::conflict, "You have " + std::to_string(kMostOpenOfPerson) +
                                                        " payments that are not paid; cancel those that are "
                                                        "not needed"));
    case CreatePaymentOutcome::otherRequest:
      return fail(creation->promise, ErrorCode::idempotencyMismatch);
    case CreatePaymentOutcome::merchantRefTaken:
      return fail(creation->promise, ErrorCode::duplicateMerchantRef);
    case CreatePaymentOutcome::created:
      break;
  }
  failPoint("payment.create.stored");
  if (creation->waits) {
    self->run_delayed(deps_.policy.wait, [this, creation, id = made.payment.id] {
      if (!creation->answered) {
        answerCreation(creation, id);
      }
    });
  } else {
    creation->answered = true;
    creation->promise.deliver(CreatePaymentAnswer{made.payment, false});
  }
  if (creation->given) {
    giveToBank(made.payment, PaymentTask{made.work, std::move(creation->given)}, creation);
  } else {
    backlog_ = true;
  }
}

std::shared_ptr<void> PaymentState::placeIn(const Count& count) {
  ++*count;
  return {count.get(), [count](void*) { --*count; }};  // not null: whoever has a place asks for it
}

bool PaymentState::takeAnswer(Creation& creation) {
  creation.waits.reset();
  return !std::exchange(creation.answered, true);
}

void PaymentState::answerCreation(const CreationPtr& creation, const Uuid& paymentId) {
  (void)takeAnswer(*creation);
  storeOwn(
      self, deps_.storageTimeout, deps_.storage, AnswerCreation{paymentId},
      [creation](std::optional<PaymentRecord>& payment) {
        if (payment) {
          creation->promise.deliver(CreatePaymentAnswer{std::move(*payment), false});
        } else {
          fail(creation->promise, ErrorCode::paymentNotFound);
        }
      },
      [creation](Fault fault) { fail(creation->promise, std::move(fault)); });
}

caf::result<PaymentPage> PaymentState::list(ListPaymentsRequest& request) {
  ListPayments list{request};
  if (const auto only = onlyPaymentsOf(request.context)) {
    list.query.userId = only;
  }
  auto promise = self->make_response_promise<PaymentPage>();
  storeThen(self, probe_, request.context, deps_.storageTimeout, deps_.storage, std::move(list), promise,
            delivery<PaymentPage>(promise));
  return promise;
}

caf::result<PaymentRecord> PaymentState::find(FindPaymentRequest& request) {
  auto promise = self->make_response_promise<PaymentRecord>();
  findThen(request.context, request.id, promise,
           [promise](PaymentRecord& payment) mutable { promise.deliver(std::move(payment)); });
  return promise;
}

void PaymentState::findThen(const RequestContext& context, const Uuid& id, const RecordPromise& promise,
                            Found next) {
  storeThen(self, probe_, context, deps_.storageTimeout, deps_.storage,
            FindPayment{id, onlyPaymentsOf(context)}, promise,
            [promise, next = std::move(next)](std::optional<PaymentRecord>& payment) {
              if (!payment) {
                return fail(promise, ErrorCode::paymentNotFound);
              }
              next(*payment);
            });
}

caf::result<std::vector<PaymentEventRecord>> PaymentState::events(ListPaymentEventsRequest& request) {
  auto promise = self->make_response_promise<std::vector<PaymentEventRecord>>();
  storeThen(self, probe_, request.context, deps_.storageTimeout, deps_.storage,
            ListPaymentEvents{request.id, onlyPaymentsOf(request.context)}, promise,
            deliveryOr<std::vector<PaymentEventRecord>>(ErrorCode::paymentNotFound, promise));
  return promise;
}

void PaymentState::answerWith(PaymentApplication& how, const RecordPromise& promise) {
  how.done = [promise = promise](PaymentRecord& payment, bool /*changed*/) mutable {
    promise.deliver(std::move(payment));
  };
  how.failed = [promise](Fault fault) { fail(promise, std::move(fault)); };
}

caf::result<PaymentRecord> PaymentState::cancel(CancelPaymentRequest& request) {
  auto promise = self->make_response_promise<PaymentRecord>();
  const auto context = request.context;
  findThen(context, request.id, promise, [this, context, promise](PaymentRecord& payment) {
    auto how = application({.kind = PaymentFactKind::cancelWished,
                            .actor = callerKind(context.principal.get()),
                            .cause = creatorOf(context).toString()},
                           {});
    how->context = context;
    answerWith(*how, promise);
    how->done = [this, context, promise](PaymentRecord& wished, bool /*changed*/) {
      if (wished.status == PaymentStatus::cancelled) {
        auto answer = promise;
        return answer.deliver(std::move(wished));
      }
      removeNow(wished, context, promise);
    };
    changes_.apply(payment, how);
  });
  return promise;
}

void PaymentState::removeNow(const PaymentRecord& payment, const RequestContext& context,
                             const RecordPromise& promise) {
  if (payment.gatewayState != GatewayState::open || *waiting_ >= kMostWaiting) {
    auto answer = promise;  // the work finds out what the bank has of it, and removes it
    return answer.deliver(payment);
  }
  askBank(payment, BankOperation::remove, deps_.policy.wait,
          [this, payment, context, promise, place = placeIn(waiting_)](BankAnswer& answer) {
            const bool gone = answer.outcome != BankOutcome::unknown &&
                              (answer.state == BankState::ended || answer.state == BankState::missing);
            if (!gone) {
              auto later = promise;
              return later.deliver(payment);
            }
            auto how = application({.kind = PaymentFactKind::removed,
                                    .actor = callerKind(context.principal.get()),
                                    .cause = creatorOf(context).toString(),
                                    .detail = answer.message},
                                   {});
            how->context = context;
            answerWith(*how, promise);
            changes_.apply(payment, how);
          });
}

caf::result<PaymentRecord> PaymentState::sync(SyncPaymentRequest& request) {
  auto promise = self->make_response_promise<PaymentRecord>();
  const auto context = request.context;
  findThen(context, request.id, promise,
           [this, context, promise](PaymentRecord& payment) { syncNow(payment, context, promise); });
  return promise;
}

void PaymentState::syncNow(const PaymentRecord& payment, const RequestContext& context,
                           const RecordPromise& promise) {
  if (payment.method == PaymentMethod::briQris && payment.bankRef.empty()) {
    auto answer = promise;  // the bank has not made the code: nobody can have paid
    return answer.deliver(payment);
  }
  if (payment.status == PaymentStatus::refunded || payment.status == PaymentStatus::reversed) {
    auto answer = promise;  // nothing that the bank says changes it
    return answer.deliver(payment);
  }
  const bool person = !isMachine(*context.principal);
  if (*waiting_ >= kMostWaiting || (person && *peopleAsking_ >= kMostPeopleAsking)) {
    return fail(promise, retryFault(ErrorCode::overloaded, 1, "too many requests wait for the bank"));
  }
  const auto limit = std::chrono::duration_cast<std::chrono::milliseconds>(
      timeLeft(self, context, deps_.policy.bankLimit) - caf::timespan{kRequestMargin});
  askBank(payment, BankOperation::status, limit,
          [this, payment, context, promise, place = placeIn(waiting_),
           asking = person ? placeIn(peopleAsking_) : nullptr](BankAnswer& answer) {
            if (answer.outcome == BankOutcome::ok && answer.state == BankState::refunded) {
              auto same = promise;  // it was paid and given back: what that is to us the reconciliation says
              return same.deliver(payment);
            }
            auto fact = factOfStatus(answer);
            if (!fact) {
              return fail(promise, messageFault(ErrorCode::gatewayTimeout,
                                                "The bank gave no definite answer; the payment is asked for "
                                                "again by itself"));
            }
            auto how = application(std::move(*fact), {});
            how->context = context;
            answerWith(*how, promise);
            changes_.apply(payment, how);
          });
}

caf::result<PaymentRecord> PaymentState::book(BookMoney& money) {
  auto promise = self->make_response_promise<PaymentRecord>();
  auto how = application({.kind = PaymentFactKind::money,
                          .credit = std::move(money.credit),
                          .onlyIfAwaited = money.onlyIfAwaited,
                          .cause = std::move(money.cause)},
                         {});
  how->context = money.context;
  answerWith(*how, promise);
  storeThen(self, probe_, money.context, deps_.storageTimeout, deps_.storage, FindPayment{money.paymentId},
            promise, [this, how, promise](std::optional<PaymentRecord>& payment) {
              if (!payment) {
                return fail(promise, ErrorCode::paymentNotFound);
              }
              changes_.apply(*payment, how);
            });
  return promise;
}

caf::result<bool> PaymentState::bookNotice(BookNotice& told) {
  auto promise = self->make_response_promise<bool>();
  auto how = application({.kind = PaymentFactKind::money,
                          .credit = std::move(told.credit),
                          .onlyIfAwaited = true,
                          .cause = told.notice.notice.id.toString()},
                         {});
  how->context = std::move(told.context);
  how->notice = std::move(told.notice);
  how->done = [promise = promise](PaymentRecord& /*payment*/, bool changed) mutable {
    promise.deliver(changed);
  };
  how->failed = [promise](Fault fault) { fail(promise, std::move(fault)); };
  changes_.apply(told.payment, how);
  return promise;
}

}  // namespace ks
