#include "actors/account/authDependencies.hpp"
#include "actors/account/commonPasswords.hpp"
#include "apps/wiring/accountActors.hpp"
#include "apps/wiring/keyRoutesOf.hpp"
#include "apps/wiring/paymentActors.hpp"
#include "apps/wiring/runServer.hpp"
#include "http/routes/account/authRoutes.hpp"
#include "http/routes/account/factorRoutes.hpp"
#include "http/routes/account/passwordPolicyRoute.hpp"
#include "http/routes/account/personalDataRoutes.hpp"
#include "http/routes/account/recoveryRoutes.hpp"
#include "http/routes/payment/bankNoticeRoutes.hpp"
#include "http/routes/payment/paymentRoutes.hpp"

namespace {

ks::Result<ks::Done> addActors(ks::ServerContext& context) {
  ks::addMailActor(context);
  ks::addAuthActor(context);
  ks::addRecoveryActor(context);
  ks::addFactorActor(context);
  ks::addPersonalDataActor(context);
  return ks::addPaymentActors(context);
}

/// Amounts are whole rupiah, as many as the bank's format has digits for.
std::vector<ks::OfferedMethod> offeredMethods(const ks::Settings& settings) {
  const ks::Money least{.minor = 100};
  const ks::Money most{.minor = ks::kMostMinor - 99};
  std::vector<ks::OfferedMethod> offered{{ks::PaymentMethod::briVa, least, most}};
  if (!settings.briMerchantId.empty()) {
    offered.push_back({ks::PaymentMethod::briQris, least, most});
  }
  return offered;
}

void addRoutes(ks::ServerContext& context, ks::RouteTable& routes) {
  ks::addPasswordPolicyRoute(routes, [&context]() -> ks::PasswordPolicyOutput {
    const auto policy = ks::authPolicyOf(context.settingsBoard->current()->loaded.settings).password;
    return {.minLength = policy.minLength,
            .minLengthWithSecondFactor = policy.minLengthWithSecondFactor,
            .maxLength = policy.maxLength,
            .commonPasswords = ks::commonPasswords().entries()};
  });
  ks::addPersonalDataRoutes(routes, [&context] { return context.personalData.get(); });
  ks::addAuthRoutes(routes, {.auth = [&context] { return context.auth.get(); },
                             .jwks = [&context] { return context.signingKeys->jwks(); },
                             .csrfToken =
                                 [&context](const ks::Principal& principal) {
                                   return context.crypto->csrf.make(principal.sessionId);
                                 },
                             .clock = context.clock});
  ks::addRecoveryRoutes(
      routes,
      {.recovery = [&context] { return context.recovery.get(); },
       .signupOpen = [&context] { return context.settingsBoard->current()->loaded.settings.signUpOpen; }});
  ks::addOwnKeyRoutes(routes, ks::keyRoutesOf(context));
  ks::addIntrospectionRoute(routes, ks::introspectionOf(context));
  ks::addFactorRoutes(routes,
                      {.factors = [&context] { return context.factors.get(); }, .clock = context.clock});
  ks::addPaymentRoutes(routes, {.payments = [&context] { return context.payments.get(); },
                                .refunds = [&context] { return context.refunds.get(); },
                                .enabled = [&context] { return !context.settings.briUrl.empty(); },
                                .methods = [&context] { return offeredMethods(context.settings); }});
  ks::addBankNoticeRoutes(routes, {.notices = [&context] { return context.bankNotices.get(); },
                                   .enabled = [&context] { return ks::takesBankNotices(context.settings); }});
}

const ks::ServerKind kPublic{
    .process = "public",
    .service = "kauth",
    .apis = {"auth", "payment"},
    .foreignPages = true,
    .payments = true,
    .apiTitle = "k-services: accounts and payments",
    .port = [](const ks::Settings& settings) { return settings.publicPort; },
    .addActors = addActors,
    .addRoutes = addRoutes,
    .addControlRoutes = {},
    .collectorStatus = {},
};

}  // namespace

int main(int argc, char** argv) { return ks::runServer(kPublic, argc, argv); }
