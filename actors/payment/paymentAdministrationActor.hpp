#pragma once
#include <memory>

#include "actors/payment/paymentChanges.hpp"
#include "actors/runtime/actorDirectory.hpp"
#include "actors/runtime/actorEnvironment.hpp"
#include "actors/runtime/actorRef.hpp"
#include "messages/actorInterfaces.hpp"
#include "messages/payment/paymentAdministrationMessages.hpp"

namespace ks {

struct PaymentAdministrationDependencies {
  ActorEnvironment environment;
  ActorPool<StorageActor> storage;
  std::chrono::milliseconds storageTimeout{10'000};
};

/// See PaymentAdministrationActor.
struct PaymentAdministrationState {
  PaymentAdministrationState(PaymentAdministrationActor::pointer self, std::shared_ptr<ActorProbe> probe,
                             PaymentAdministrationDependencies dependencies);
  PaymentAdministrationActor::behavior_type make_behavior();

  PaymentAdministrationActor::pointer self;

 private:
  using RefundPromise = caf::typed_response_promise<RefundRecord>;

  caf::result<PaymentRecord> decide(DecidePaymentRequest& request);
  caf::result<RefundRecord> complete(CompleteRefundRequest& request);
  caf::result<RefundRecord> cancel(CancelRefundRequest& request);
  caf::result<PaymentRecord> ask(AskAboutPaymentRequest& request);
  caf::result<ReconciliationRun> reconcile(ReconcileRequest& request);
  caf::result<ReconciliationItem> resolve(ResolveItemRequest& request);
  caf::result<BankNoticeRecord> replay(ReplayNoticeRequest& request);
  /// Reads what the bank refunded of a payment, and applies; again if the payment changes meanwhile.
  void reverse(const PaymentRecord& payment, const PaymentApplicationPtr& how);
  /// A wish of the caller.
  [[nodiscard]] static PaymentApplicationPtr wish(const RequestContext& context, PaymentFactKind kind);
  /// Reads refund and payment, and applies; again if the payment changes meanwhile.
  void endRefund(const Uuid& refundId, const PaymentApplicationPtr& how, const RefundPromise& promise);
  void endRefundOf(const PaymentRecord& payment, const Uuid& refundId, const PaymentApplicationPtr& how,
                   const RefundPromise& promise);
  [[nodiscard]] AuditEvent auditOfAdministration(const RequestContext& context, const std::string& action,
                                                 const std::string& type, const Uuid& id) const;

  std::shared_ptr<ActorProbe> probe_;
  PaymentAdministrationDependencies deps_;
  PaymentChanges changes_;
};

}  // namespace ks
