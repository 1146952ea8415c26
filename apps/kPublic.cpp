#include "actors/account/commonPasswords.hpp"
#include "actors/account/passwordPolicy.hpp"
#include "apps/wiring/accountActors.hpp"
#include "apps/wiring/keyRoutesOf.hpp"
#include "apps/wiring/runServer.hpp"
#include "http/routes/account/authRoutes.hpp"
#include "http/routes/account/factorRoutes.hpp"
#include "http/routes/account/passwordPolicyRoute.hpp"
#include "http/routes/account/personalDataRoutes.hpp"
#include "http/routes/account/recoveryRoutes.hpp"

namespace {

void addActors(ks::ServerContext& context) {
  ks::addMailActor(context);
  ks::addAuthActor(context);
  ks::addRecoveryActor(context);
  ks::addFactorActor(context);
  ks::addPersonalDataActor(context);
}

void addRoutes(ks::ServerContext& context, ks::RouteTable& routes) {
  const ks::PasswordPolicy policy;
  ks::addPasswordPolicyRoute(routes, {policy.minLength, policy.minLengthWithSecondFactor, policy.maxLength,
                                      ks::commonPasswords().entries()});
  ks::addPersonalDataRoutes(routes, [&context] { return context.personalData.get(); });
  ks::addAuthRoutes(
      routes,
      {[&context] { return context.auth.get(); }, [&context] { return context.signingKeys->jwks(); },
       [&context](const ks::Principal& principal) { return context.crypto->csrf.make(principal.sessionId); },
       context.clock});
  ks::addRecoveryRoutes(
      routes, {[&context] { return context.recovery.get(); },
               [&context] { return context.settingsBoard->current()->loaded.settings.signUpOpen; }});
  ks::addOwnKeyRoutes(routes, ks::keyRoutesOf(context));
  ks::addIntrospectionRoute(routes, ks::introspectionOf(context));
  ks::addFactorRoutes(routes, {[&context] { return context.factors.get(); }, context.clock});
}

const ks::ServerKind kPublic{
    .process = "public",
    .service = "kauth",
    .apis = {"auth", "payment"},
    .foreignPages = true,
    .apiTitle = "k-services: accounts and payments",
    .port = [](const ks::Settings& settings) { return settings.publicPort; },
    .addActors = addActors,
    .addRoutes = addRoutes,
    .addControlRoutes = {},
    .collectorStatus = {},
};

}  // namespace

int main(int argc, char** argv) { return ks::runServer(kPublic, argc, argv); }
