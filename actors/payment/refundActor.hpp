#pragma once
#include <memory>

#include "actors/payment/paymentChanges.hpp"
#include "actors/runtime/actorDirectory.hpp"
#include "actors/runtime/actorEnvironment.hpp"
#include "actors/runtime/actorRef.hpp"
#include "messages/actorInterfaces.hpp"
#include "messages/payment/refundMessages.hpp"

namespace ks {

struct RefundDependencies {
  ActorEnvironment environment;
  ActorPool<StorageActor> storage;
  bool bankRefundsCodes = false;  ///< else refunds of QR codes are paid out by hand too
  bool administrators = false;    ///< the callers are: they see everybody's
  std::chrono::milliseconds storageTimeout{10'000};
};

/// See RefundActor. A refund that the bank pays is work of PaymentState from then on.
struct RefundState {
  RefundState(RefundActor::pointer self, std::shared_ptr<ActorProbe> probe, RefundDependencies dependencies);
  RefundActor::behavior_type make_behavior();

  RefundActor::pointer self;

 private:
  /// A creation under way.
  struct Creation {
    CreateRefundRequest request;
    RefundRecord refund;
    caf::typed_response_promise<CreateRefundAnswer> promise;
  };
  using CreationPtr = std::shared_ptr<Creation>;

  caf::result<CreateRefundAnswer> create(CreateRefundRequest& request);
  caf::result<RefundRecord> find(FindRefundRequest& request);
  caf::result<RefundPage> list(ListRefundsRequest& request);
  /// Continues with the payment and without a refund of the key; a known one is the answer.
  void lookForKey(const CreationPtr& creation, const PaymentRecord& payment,
                  const PaymentApplicationPtr& how);
  void refund(const CreationPtr& creation, const PaymentRecord& payment, const PaymentApplicationPtr& how);

  std::shared_ptr<ActorProbe> probe_;
  RefundDependencies deps_;
  PaymentChanges changes_;
};

}  // namespace ks
