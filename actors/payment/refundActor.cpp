#include "actors/payment/refundActor.hpp"

#include <utility>

#include "actors/payment/paymentCaller.hpp"
#include "actors/platform/storageJob.hpp"
#include "messages/platform/callerKind.hpp"

namespace ks {
namespace {

Bytes fingerprintOfRefund(const CreateRefundRequest& request) {
  return requestFingerprint("refund.create",
                            {request.id.toString(), formatMoney(request.amount),
                             std::string(currencyCode(request.amount.currency)), request.reason});
}

/// As its creation was answered.
RefundRecord asCreated(RefundRecord refund) {
  refund.status = RefundStatus::requested;
  refund.bankReference.clear();
  refund.error.clear();
  refund.updatedAt = refund.createdAt;
  return refund;
}

}  // namespace

RefundState::RefundState(RefundActor::pointer selfPointer, std::shared_ptr<ActorProbe> probe,
                         RefundDependencies dependencies)
    : self(selfPointer),
      probe_(std::move(probe)),
      deps_(std::move(dependencies)),
      changes_(deps_.environment, {}, [this](ChangePayment change, auto done, auto failed) {
        storeOwn(self, deps_.storageTimeout, deps_.storage, std::move(change), std::move(done),
                 std::move(failed));
      }) {}

RefundActor::behavior_type RefundState::make_behavior() {
  if (deps_.administrators) {  // the operator reads too, without a principal
    return {guardedOfCaller(this, probe_, &RefundState::create),
            guarded(self, probe_, [this](FindRefundRequest& request) { return find(request); }),
            guarded(self, probe_, [this](ListRefundsRequest& request) { return list(request); })};
  }
  return {guardedOfCaller(this, probe_, &RefundState::create),
          guardedOfCaller(this, probe_, &RefundState::find),
          guardedOfCaller(this, probe_, &RefundState::list)};
}

caf::result<CreateRefundAnswer> RefundState::create(CreateRefundRequest& request) {
  if (request.amount.minor <= 0) {
    return toCafError(fieldFault(ErrorCode::outOfRange, "amount.value", "The amount must be more than zero"));
  }
  if (!isWholeRupiah(request.amount)) {
    return toCafError(
        fieldFault(ErrorCode::amountNotWhole, "amount.value",
                   "Refunds are in whole rupiah only: " + formatMoney(request.amount) + " has hundredths"));
  }
  auto creation = std::make_shared<Creation>();
  creation->promise = self->make_response_promise<CreateRefundAnswer>();
  creation->request = std::move(request);
  const auto& asked = creation->request;
  auto& refund = creation->refund;
  const auto now = deps_.environment.clock.now();
  refund.id = deps_.environment.uuids.next();
  refund.paymentId = asked.id;
  refund.amount = asked.amount;
  refund.reason = asked.reason;
  refund.reference = bankReferenceOf(refund.id);
  refund.createdBy = creatorOf(asked.context);
  refund.idempotency = {refund.createdBy.toString(), asked.idempotencyKey, fingerprintOfRefund(asked)};
  refund.createdAt = now;
  refund.updatedAt = now;

  auto how = std::make_shared<PaymentApplication>();
  how->fact.kind = PaymentFactKind::refundWished;
  how->fact.actor = callerKind(asked.context.principal.get());
  how->fact.cause = refund.createdBy.toString();
  how->fact.detail = formatMoney(refund.amount) + " " + refund.reason;
  how->context = asked.context;
  how->failed = [promise = creation->promise](Fault fault) { fail(promise, std::move(fault)); };
  how->done = [creation](PaymentRecord& /*payment*/, bool /*changed*/) {
    creation->promise.deliver(CreateRefundAnswer{creation->refund, false});
  };
  // Another request with this key may have changed the payment.
  how->again = [this, creation, known = std::weak_ptr(how)](PaymentRecord& moved) {
    lookForKey(creation, moved, known.lock());
  };
  storeThen(self, probe_, asked.context, deps_.storageTimeout, deps_.storage, FindPayment{asked.id},
            creation->promise, [this, creation, how](std::optional<PaymentRecord>& payment) {
              if (!payment) {
                return fail(creation->promise, ErrorCode::paymentNotFound);
              }
              lookForKey(creation, *payment, how);
            });
  return creation->promise;
}

void RefundState::lookForKey(const CreationPtr& creation, const PaymentRecord& payment,
                             const PaymentApplicationPtr& how) {
  const auto& key = creation->refund.idempotency;
  storeThen(self, probe_, creation->request.context, deps_.storageTimeout, deps_.storage,
            FindRefundByKey{key.scope, key.key}, creation->promise,
            [this, creation, payment, how](std::optional<RefundRecord>& known) {
              if (!known) {
                return refund(creation, payment, how);
              }
              if (known->idempotency.fingerprint != creation->refund.idempotency.fingerprint) {
                return fail(creation->promise, ErrorCode::idempotencyMismatch);
              }
              creation->promise.deliver(CreateRefundAnswer{asCreated(std::move(*known)), true});
            });
}

void RefundState::refund(const CreationPtr& creation, const PaymentRecord& payment,
                         const PaymentApplicationPtr& how) {
  const bool byBank = payment.method == PaymentMethod::briQris && deps_.bankRefundsCodes;
  creation->refund.mode = byBank ? RefundMode::api : RefundMode::manual;
  how->fact.refund = creation->refund;
  changes_.apply(payment, how);
}

caf::result<RefundRecord> RefundState::find(FindRefundRequest& request) {
  auto promise = self->make_response_promise<RefundRecord>();
  storeThen(self, probe_, request.context, deps_.storageTimeout, deps_.storage,
            FindRefund{request.id, onlyPaymentsOf(request.context, deps_.administrators)}, promise,
            deliveryOr<RefundRecord>(ErrorCode::notFound, promise));
  return promise;
}

caf::result<RefundPage> RefundState::list(ListRefundsRequest& request) {
  auto promise = self->make_response_promise<RefundPage>();
  const auto context = request.context;
  ListRefunds list{request};
  const auto listed = [this, context, promise](ListRefunds wanted) {
    storeThen(self, probe_, context, deps_.storageTimeout, deps_.storage, std::move(wanted), promise,
              delivery<RefundPage>(promise));
  };
  if (!request.paymentId) {
    if (onlyPaymentsOf(context, deps_.administrators)) {
      return toCafError(makeFault(ErrorCode::internal, "a person lists the refunds of one payment only"));
    }
    listed(std::move(list));
    return promise;
  }
  storeThen(self, probe_, context, deps_.storageTimeout, deps_.storage,
            FindPayment{*request.paymentId, onlyPaymentsOf(context, deps_.administrators)}, promise,
            [listed, list = std::move(list), promise](std::optional<PaymentRecord>& payment) {
              if (!payment) {
                return fail(promise, ErrorCode::paymentNotFound);
              }
              listed(list);
            });
  return promise;
}

}  // namespace ks
