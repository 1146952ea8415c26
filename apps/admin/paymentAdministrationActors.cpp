#include "apps/admin/paymentAdministrationActors.hpp"

#include "actors/payment/paymentAdministrationActor.hpp"
#include "apps/wiring/paymentActors.hpp"

namespace ks {

void PaymentAdministrationActors::addTo(ServerContext& context) const {
  caf::init_global_meta_objects<
      caf::id_block::kPaymentAdministration>();  // the actor system has not started yet
  addRefundActor(context, true);
  context.addShared<PaymentAdministrationState>(
      "paymentAdministrationActor", administration_,
      PaymentAdministrationDependencies{.environment = context.environment, .storage = context.storage});
}

}  // namespace ks
