#include "apps/wiring/paymentActors.hpp"

#include <memory>
#include <utility>

#include "actors/payment/bankActor.hpp"
#include "actors/payment/bankNoticeActor.hpp"
#include "actors/payment/paymentActor.hpp"
#include "actors/payment/reconciliationActor.hpp"
#include "actors/payment/refundActor.hpp"
#include "bank/bri/briConfigOf.hpp"
#include "bank/bri/briGateway.hpp"
#include "bank/bri/briNoticeConfigOf.hpp"

namespace ks {
namespace {

PaymentPolicy paymentPolicyOf(const Settings& settings) {
  PaymentPolicy policy;
  policy.rules.grace = settings.paymentGrace;
  policy.rules.reviewLate = settings.paymentLateReview;
  policy.life = settings.paymentLife;
  policy.wait = settings.paymentWait;
  policy.bankLimit = settings.briTimeout;
  policy.vaPartner = settings.briPartnerServiceId;
  return policy;
}

/// With the variable, which the fault has apart.
Fault settingFault(const Fault& fault) {
  return messageFault(fault.code, fault.field + ": " + fault.message);
}

void addBankActor(ServerContext& context, const BriConfig& config) {
  const auto& clock = context.clock;
  context.addBlocking<BankActorState>(
      "bankActor", context.bank,
      BankDependencies{.environment = context.environment,
                       .storage = context.storage,
                       .makeGateway = [config, &clock]() -> std::unique_ptr<PaymentGatewayInterface> {
                         return std::make_unique<BriGateway>(config, clock);
                       },
                       .board = context.paymentBoard});
}

void addReconciliationActor(ServerContext& context) {
  const auto& settings = context.settings;
  ReconciliationPolicy policy;
  policy.every = settings.paymentReconcile;
  policy.bankLimit = settings.briTimeout;
  policy.reviewLate = settings.paymentLateReview;
  context.addShared<ReconciliationState>("reconciliationActor", context.reconciliation,
                                         ReconciliationDependencies{.environment = context.environment,
                                                                    .storage = context.storage,
                                                                    .payments = context.payments,
                                                                    .bank = context.bank,
                                                                    .policy = policy,
                                                                    .board = context.paymentBoard});
}

void addBankNoticeActor(ServerContext& context, BriNoticeConfig config) {
  context.addShared<BankNoticeState>(
      "bankNoticeActor", context.bankNotices,
      BankNoticeDependencies{.environment = context.environment,
                             .storage = context.storage,
                             .payments = context.payments,
                             .reader = std::make_shared<const BriNotices>(std::move(config)),
                             .refusals = context.refusals});
}

}  // namespace

void addRefundActor(ServerContext& context, bool administrators) {
  context.addShared<RefundState>(
      "refundActor", context.refunds,
      RefundDependencies{.environment = context.environment,
                         .storage = context.storage,
                         .bankRefundsCodes = !context.settings.briQrRefundPath.empty(),
                         .administrators = administrators});
}

bool takesBankNotices(const Settings& settings) {
  return !settings.briUrl.empty() && !settings.briNoticeClientId.empty();
}

Result<Done> addPaymentActors(ServerContext& context) {
  if (context.settings.briUrl.empty()) {
    return Done{};
  }
  const auto config = briConfigOf(context.settings);
  if (!config) {
    return settingFault(config.fault());
  }
  addBankActor(context, config.value());
  context.addShared<PaymentState>("paymentActor", context.payments,
                                  PaymentDependencies{.environment = context.environment,
                                                      .storage = context.storage,
                                                      .bank = context.bank,
                                                      .policy = paymentPolicyOf(context.settings)});
  addRefundActor(context, false);
  addReconciliationActor(context);
  if (takesBankNotices(context.settings)) {
    auto notices = briNoticeConfigOf(context.settings);
    if (!notices) {
      return settingFault(notices.fault());
    }
    addBankNoticeActor(context, std::move(notices.value()));
  }
  return Done{};
}

}  // namespace ks
