#pragma once
#include <functional>
#include <memory>

#include "actors/payment/paymentDecision.hpp"
#include "actors/runtime/actorEnvironment.hpp"
#include "messages/platform/requestContext.hpp"

namespace ks {

/// Who calls by the control socket.
inline constexpr const char* kOperator = "operator";

/// Work on a payment; the place that it takes among those under way is free when the last of its steps has ended.
struct PaymentTask {
  HeldWork held{};
  std::shared_ptr<void> place{};
};

/// How a fact is applied to a payment.
struct PaymentApplication {
  using Failed = std::function<void(Fault)>;

  PaymentFact fact;
  PaymentTask finishes{};   ///< the work that ends with it, whether it changes anything or not
  bool answersKey = false;  ///< the creation is answered with the outcome
  std::optional<AnsweredBankNotice> notice{};  ///< stored with what the fact changes
  RequestContext context{};                    ///< of the request that it comes from, for the audit trail
  std::function<void(PaymentRecord&, bool)> done{};  ///< as it is now, and whether this changed it
  Failed failed{};
  /// The payment changed meanwhile: what the fact was read from has to be read again. Empty: it has not.
  std::function<void(PaymentRecord&)> again{};
  int rounds = 0;
};
using PaymentApplicationPtr = std::shared_ptr<PaymentApplication>;

/// Applies facts to payments: decides, stores, and decides again when the payment changed meanwhile. Part of an actor;
/// how it asks the storage is the actor's.
class PaymentChanges {
 public:
  using Store =
      std::function<void(ChangePayment, std::function<void(ChangedPayment&)>, std::function<void(Fault)>)>;
  using Finish = std::function<void(const PaymentTask&)>;

  /// `finish` ends work that changed nothing.
  PaymentChanges(const ActorEnvironment& environment, const PaymentRules& rules, Store store,
                 Finish finish = {});

  void apply(const PaymentRecord& payment, const PaymentApplicationPtr& how) const;

 private:
  void store(const PaymentRecord& before, PaymentDecision& decision, const PaymentApplicationPtr& how) const;
  void applied(const PaymentApplicationPtr& how, ChangedPayment& outcome) const;
  void unchanged(const PaymentRecord& payment, const PaymentApplicationPtr& how) const;
  [[nodiscard]] AuditEvent auditOfChange(const std::string& what, const ChangePayment& change,
                                         const PaymentApplication& how) const;

  ActorEnvironment environment_;
  PaymentRules rules_;
  Store store_;
  Finish finish_;
};

}  // namespace ks
