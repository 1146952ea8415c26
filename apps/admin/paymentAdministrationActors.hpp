#pragma once
#include "apps/wiring/serverContext.hpp"
#include "messages/payment/paymentAdministrationMessages.hpp"

namespace ks {

/// The actors of the payments' administration. They exist without a bank too: what was paid before stays.
class PaymentAdministrationActors {
 public:
  void addTo(ServerContext& context) const;
  [[nodiscard]] PaymentAdministrationActor administration() const { return administration_.get(); }

 private:
  ActorRef<PaymentAdministrationActor> administration_;
};

}  // namespace ks
