#include "actors/payment/paymentAdministrationActor.hpp"

#include <algorithm>
#include <utility>

#include "actors/payment/paymentCaller.hpp"
#include "actors/platform/storageJob.hpp"
#include "actors/runtime/auditNote.hpp"
#include "core/payment/jakartaTime.hpp"
#include "messages/platform/callerKind.hpp"

namespace ks {
namespace {

constexpr std::uint32_t kMostRefundsOfReversed = 200;

PaymentFactKind factOfVerdict(PaymentVerdict verdict) {
  switch (verdict) {
    case PaymentVerdict::accept:
      return PaymentFactKind::accepted;
    case PaymentVerdict::returnMoney:
      return PaymentFactKind::returned;
    case PaymentVerdict::reverse:
      break;
  }
  return PaymentFactKind::reversed;
}

Uuid callerOf(const RequestContext& context) { return context.principal ? creatorOf(context) : Uuid{}; }

std::string joinedNote(const std::string& bankReference, const std::string& note) {
  return bankReference + (bankReference.empty() || note.empty() ? "" : ": ") + note;
}

/// Why an administrator cannot end a refund in this way, or nothing.
std::optional<Fault> whyNotEnded(const RefundRecord& refund, PaymentFactKind kind) {
  if (refund.status == RefundStatus::succeeded || refund.status == RefundStatus::failed) {
    return messageFault(ErrorCode::conflict,
                        std::string("This refund has ") + refundStatusName(refund.status));
  }
  if (refund.mode == RefundMode::manual) {
    return std::nullopt;
  }
  if (kind == PaymentFactKind::refundFailed) {
    return messageFault(ErrorCode::conflict, "The bank pays this refund; it cannot be cancelled here");
  }
  if (refund.status == RefundStatus::requested) {
    return messageFault(ErrorCode::conflict, "The bank pays this refund, and is about to be asked");
  }
  return std::nullopt;
}

}  // namespace

PaymentAdministrationState::PaymentAdministrationState(PaymentAdministrationActor::pointer selfPointer,
                                                       std::shared_ptr<ActorProbe> probe,
                                                       PaymentAdministrationDependencies dependencies)
    : self(selfPointer),
      probe_(std::move(probe)),
      deps_(std::move(dependencies)),
      changes_(deps_.environment, {}, [this](ChangePayment change, auto done, auto failed) {
        storeOwn(self, deps_.storageTimeout, deps_.storage, std::move(change), std::move(done),
                 std::move(failed));
      }) {}

// Without a principal the operator calls, by the control socket.
PaymentAdministrationActor::behavior_type PaymentAdministrationState::make_behavior() {
  return {guarded(self, probe_, [this](DecidePaymentRequest& request) { return decide(request); }),
          guarded(self, probe_, [this](CompleteRefundRequest& request) { return complete(request); }),
          guarded(self, probe_, [this](CancelRefundRequest& request) { return cancel(request); }),
          guarded(self, probe_, [this](AskAboutPaymentRequest& request) { return ask(request); }),
          guarded(self, probe_, [this](ReconcileRequest& request) { return reconcile(request); }),
          guarded(self, probe_, [this](ResolveItemRequest& request) { return resolve(request); }),
          guarded(self, probe_, [this](ReplayNoticeRequest& request) { return replay(request); })};
}

AuditEvent PaymentAdministrationState::auditOfAdministration(const RequestContext& context,
                                                             const std::string& action,
                                                             const std::string& type, const Uuid& id) const {
  auto event = auditOf(deps_.environment, context, action);
  if (!context.principal) {
    event.actorType = kOperator;
  }
  event.targetType = type;
  event.targetId = id.toString();
  return event;
}

PaymentApplicationPtr PaymentAdministrationState::wish(const RequestContext& context, PaymentFactKind kind) {
  auto how = std::make_shared<PaymentApplication>();
  how->fact.kind = kind;
  how->fact.actor = context.principal ? callerKind(context.principal.get()) : kOperator;
  how->fact.cause = context.principal ? creatorOf(context).toString() : std::string{};
  how->context = context;
  return how;
}

caf::result<PaymentRecord> PaymentAdministrationState::decide(DecidePaymentRequest& request) {
  if (request.verdict == PaymentVerdict::returnMoney && request.bankReference.empty()) {
    return toCafError(fieldFault(ErrorCode::required, "bank_reference",
                                 "The bank's reference of the payment to the customer is required"));
  }
  auto promise = self->make_response_promise<PaymentRecord>();
  auto how = wish(request.context, factOfVerdict(request.verdict));
  how->fact.detail = joinedNote(request.bankReference, request.note);
  how->done = [promise = promise](PaymentRecord& payment, bool changed) mutable {
    if (!changed) {
      return fail(promise, messageFault(ErrorCode::conflict, "This was decided a moment ago"));
    }
    promise.deliver(std::move(payment));
  };
  how->failed = [promise](Fault fault) { fail(promise, std::move(fault)); };
  const auto decideAbout = [this, expected = request.expectedVersion](const PaymentRecord& payment,
                                                                      const PaymentApplicationPtr& about) {
    if (expected && *expected != payment.version) {
      return about->failed(fieldFault(ErrorCode::versionMismatch, "If-Match"));
    }
    if (about->fact.kind == PaymentFactKind::reversed) {
      return reverse(payment, about);
    }
    changes_.apply(payment, about);
  };
  if (request.expectedVersion || how->fact.kind == PaymentFactKind::reversed) {
    how->again = [decideAbout, known = std::weak_ptr(how)](PaymentRecord& moved) {
      decideAbout(moved, known.lock());
    };
  }
  storeThen(self, probe_, request.context, deps_.storageTimeout, deps_.storage, FindPayment{request.id},
            promise, [how, promise, decideAbout](std::optional<PaymentRecord>& payment) {
              if (!payment) {
                return fail(promise, ErrorCode::paymentNotFound);
              }
              decideAbout(*payment, how);
            });
  return promise;
}

void PaymentAdministrationState::reverse(const PaymentRecord& payment, const PaymentApplicationPtr& how) {
  ListRefunds list;
  list.query.paymentId = payment.id;
  list.query.status = RefundStatus::succeeded;
  list.query.mode = RefundMode::api;
  list.query.limit = kMostRefundsOfReversed;
  storeOwn(
      self, deps_.storageTimeout, deps_.storage, std::move(list),
      [this, payment, how](RefundPage& page) {
        if (!page.nextCursor.empty()) {
          return how->failed(messageFault(ErrorCode::conflict, "This payment has too many refunds"));
        }
        how->fact.refundedByBank = 0;
        for (const auto& refund : page.rows) {
          how->fact.refundedByBank += refund.amount.minor;
        }
        changes_.apply(payment, how);
      },
      how->failed);
}

caf::result<RefundRecord> PaymentAdministrationState::complete(CompleteRefundRequest& request) {
  if (request.bankReference.empty()) {
    return toCafError(fieldFault(ErrorCode::required, "bank_reference", "The bank's reference is required"));
  }
  auto promise = self->make_response_promise<RefundRecord>();
  auto how = wish(request.context, PaymentFactKind::refundDone);
  how->fact.detail = request.bankReference;
  endRefund(request.id, how, promise);
  return promise;
}

caf::result<RefundRecord> PaymentAdministrationState::cancel(CancelRefundRequest& request) {
  auto promise = self->make_response_promise<RefundRecord>();
  auto how = wish(request.context, PaymentFactKind::refundFailed);
  how->fact.detail = request.reason;
  endRefund(request.id, how, promise);
  return promise;
}

void PaymentAdministrationState::endRefund(const Uuid& refundId, const PaymentApplicationPtr& how,
                                           const RefundPromise& promise) {
  how->failed = [promise](Fault fault) { fail(promise, std::move(fault)); };
  how->again = [this, refundId, promise, known = std::weak_ptr(how)](PaymentRecord& moved) {
    endRefundOf(moved, refundId, known.lock(), promise);
  };
  how->done = [this, refundId, promise, context = how->context](PaymentRecord& /*payment*/, bool changed) {
    if (!changed) {
      return fail(promise, messageFault(ErrorCode::conflict, "This refund has ended"));
    }
    storeThen(self, probe_, context, deps_.storageTimeout, deps_.storage, FindRefund{refundId}, promise,
              deliveryOr<RefundRecord>(ErrorCode::notFound, promise));
  };
  storeThen(self, probe_, how->context, deps_.storageTimeout, deps_.storage, FindRefund{refundId}, promise,
            [this, refundId, how, promise](std::optional<RefundRecord>& refund) {
              if (!refund) {
                return fail(promise, ErrorCode::notFound);
              }
              storeThen(self, probe_, how->context, deps_.storageTimeout, deps_.storage,
                        FindPayment{refund->paymentId}, promise,
                        [this, refundId, how, promise](std::optional<PaymentRecord>& payment) {
                          if (!payment) {
                            return fail(promise, ErrorCode::paymentNotFound);
                          }
                          endRefundOf(*payment, refundId, how, promise);
                        });
            });
}

// The refund is read after its payment: what has ended since shows by the payment's version.
void PaymentAdministrationState::endRefundOf(const PaymentRecord& payment, const Uuid& refundId,
                                             const PaymentApplicationPtr& how, const RefundPromise& promise) {
  storeThen(self, probe_, how->context, deps_.storageTimeout, deps_.storage, FindRefund{refundId}, promise,
            [this, payment, how, promise](std::optional<RefundRecord>& refund) {
              if (!refund) {
                return fail(promise, ErrorCode::notFound);
              }
              if (auto why = whyNotEnded(*refund, how->fact.kind)) {
                return fail(promise, std::move(*why));
              }
              if (how->fact.kind == PaymentFactKind::refundDone) {
                refund->bankReference = how->fact.detail;
              }
              how->fact.refund = std::move(refund);
              changes_.apply(payment, how);
            });
}

caf::result<PaymentRecord> PaymentAdministrationState::ask(AskAboutPaymentRequest& request) {
  auto promise = self->make_response_promise<PaymentRecord>();
  const auto context = request.context;
  storeThen(self, probe_, context, deps_.storageTimeout, deps_.storage, FindPayment{request.id}, promise,
            [this, context, promise](std::optional<PaymentRecord>& payment) {
              if (!payment) {
                return fail(promise, ErrorCode::paymentNotFound);
              }
              const PlannedWork question{PaymentWorkKind::ask, deps_.environment.clock.now()};
              storeThen(self, probe_, context, deps_.storageTimeout, deps_.storage,
                        PlanPaymentWork{payment->id, question}, promise,
                        [promise = promise, payment = *payment](bool& /*there*/) mutable {
                          promise.deliver(std::move(payment));
                        });
            });
  return promise;
}

caf::result<ReconciliationRun> PaymentAdministrationState::reconcile(ReconcileRequest& request) {
  const auto now = deps_.environment.clock.now();
  const auto yesterday = jakartaDayStart(now) - std::chrono::days{1};
  const auto from = request.day.empty() ? std::optional(yesterday) : jakartaDayFrom(request.day);
  if (!from) {
    return toCafError(fieldFault(ErrorCode::invalidFormat, "day", "A day is written yyyy-MM-dd"));
  }
  if (*from >= now) {
    return toCafError(fieldFault(ErrorCode::outOfRange, "day", "This day has not begun in Jakarta"));
  }
  PlanReconciliation plan;
  auto& run = plan.run;
  run.id = deps_.environment.uuids.next();
  run.kind = ReconciliationKind::day;
  run.slot = "asked:" + run.id.toString();
  run.from = *from;
  run.to = std::min<TimePoint>(std::chrono::floor<std::chrono::seconds>(now),
                               *from + std::chrono::days{1} - std::chrono::seconds{1});
  run.askedBy = callerOf(request.context);
  run.createdAt = now;
  plan.audit = auditOfAdministration(request.context, "payment.reconcile", "reconciliation", run.id);
  plan.audit.after = {{"day", jakartaDay(*from)}};
  auto promise = self->make_response_promise<ReconciliationRun>();
  const auto planned = run;
  storeThen(self, probe_, request.context, deps_.storageTimeout, deps_.storage, std::move(plan), promise,
            [promise = promise, planned](bool& /*added*/) mutable { promise.deliver(planned); });
  return promise;
}

caf::result<ReconciliationItem> PaymentAdministrationState::resolve(ResolveItemRequest& request) {
  ResolveReconciliationItem resolved;
  resolved.id = request.id;
  resolved.note = request.note;
  resolved.bankReference = request.bankReference;
  resolved.resolvedBy = callerOf(request.context);
  resolved.now = deps_.environment.clock.now();
  resolved.audit =
      auditOfAdministration(request.context, "payment.resolve", "reconciliation_item", request.id);
  resolved.audit.after = {{"note", request.note}, {"bank_reference", request.bankReference}};
  auto promise = self->make_response_promise<ReconciliationItem>();
  storeThen(self, probe_, request.context, deps_.storageTimeout, deps_.storage, std::move(resolved), promise,
            deliveryOr<ReconciliationItem>(ErrorCode::notFound, promise));
  return promise;
}

caf::result<BankNoticeRecord> PaymentAdministrationState::replay(ReplayNoticeRequest& request) {
  ReplayBankNotice replayed;
  replayed.id = request.id;
  replayed.now = deps_.environment.clock.now();
  replayed.audit = auditOfAdministration(request.context, "payment.replay", "bank_notice", request.id);
  auto promise = self->make_response_promise<BankNoticeRecord>();
  storeThen(self, probe_, request.context, deps_.storageTimeout, deps_.storage, std::move(replayed), promise,
            deliveryOr<BankNoticeRecord>(ErrorCode::notFound, promise));
  return promise;
}

}  // namespace ks
