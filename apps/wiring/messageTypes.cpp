#include "apps/wiring/messageTypes.hpp"

#include "messages/account/factorInterfaces.hpp"
#include "messages/account/keyInterfaces.hpp"
#include "messages/account/personalDataMessages.hpp"
#include "messages/administration/settingsMessages.hpp"
#include "messages/payment/bankNoticeMessages.hpp"
#include "messages/payment/paymentMessages.hpp"
#include "messages/payment/refundMessages.hpp"
#include "messages/platform/typeIds.hpp"

namespace ks {

void registerMessageTypes() {
  caf::init_global_meta_objects<caf::id_block::kServices>();
  caf::init_global_meta_objects<caf::id_block::kAccounts>();
  caf::init_global_meta_objects<caf::id_block::kFactors>();
  caf::init_global_meta_objects<caf::id_block::kRecovery>();
  caf::init_global_meta_objects<caf::id_block::kPersonalData>();
  caf::init_global_meta_objects<caf::id_block::kKeys>();
  caf::init_global_meta_objects<caf::id_block::kSettings>();
  caf::init_global_meta_objects<caf::id_block::kPayments>();
  caf::init_global_meta_objects<caf::id_block::kBankNotices>();
  caf::init_global_meta_objects<caf::id_block::kRefunds>();
  caf::core::init_global_meta_objects();
}

}  // namespace ks
