#include "apps/wiring/accountActors.hpp"

#include <utility>

#include "actors/account/authActor.hpp"
#include "actors/account/factorActor.hpp"
#include "actors/account/personalDataActor.hpp"
#include "actors/account/recoveryActor.hpp"
#include "actors/mail/folderMailTransport.hpp"
#include "actors/mail/mailActor.hpp"
#include "actors/mail/smtpMailTransport.hpp"
#include "actors/runtime/spawnHelpers.hpp"
#include "core/text/url.hpp"

namespace ks {
namespace {

std::unique_ptr<MailTransportInterface> makeMailTransport(const ServerContext& context) {
  const auto& settings = context.settings;
  if (!settings.mailBySmtp) {
    return std::make_unique<FolderMailTransport>(settings.mailDir, context.clock);
  }
  SmtpConfig config{settings.mailSmtpUrl, settings.mailSmtpUser, settings.mailSmtpPassword,
                    settings.mailSmtpCaFile, settings.mailFrom};
  const auto url = parseUrl(settings.mailSmtpUrl);
  config.encrypted = !url || url->scheme == "smtps" || !isLoopbackHost(url->host);
  return std::make_unique<SmtpMailTransport>(std::move(config), context.clock);
}

}  // namespace

AuthDependencies authDependencies(const ServerContext& context) {
  return {.environment = context.environment,
          .storage = context.storage,
          .passwords = context.passwords,
          .sessionCache = context.sessionCache,
          .mail = context.mail,
          .crypto = context.crypto,
          .signingKeys = context.signingKeys,
          .tokenCache = context.tokenCache,
          .events = context.events,
          .policy = Live<AuthPolicy>{context.settingsBoard, &authPolicyOf}};
}

void addMailActor(ServerContext& context) {
  context.addChild("mailActor", context.mail,
                   [&context](caf::actor_system& system, std::shared_ptr<ActorProbe> probe) {
                     return spawnBlocking<MailActor, MailState>(
                         system, std::move(probe),
                         MailDependencies{.environment = context.environment,
                                          .storage = context.storage,
                                          .crypto = context.crypto,
                                          .makeTransport = [&context] { return makeMailTransport(context); },
                                          .publicUrl = context.settings.publicUrl});
                   });
}

void addPersonalDataActor(ServerContext& context) {
  context.addChild("personalDataActor", context.personalData,
                   [&context](caf::actor_system& system, std::shared_ptr<ActorProbe> probe) {
                     PersonalDataPolicy policy;
                     policy.deletionGrace = std::chrono::days{context.settings.deletionGraceDays};
                     return spawnShared<PersonalDataActor, PersonalDataState>(
                         system, std::move(probe), authDependencies(context), policy);
                   });
}

void addAuthActor(ServerContext& context) {
  context.addChild(
      "authActor", context.auth, [&context](caf::actor_system& system, std::shared_ptr<ActorProbe> probe) {
        return spawnShared<AuthActor, AuthState>(system, std::move(probe), authDependencies(context));
      });
}

void addRecoveryActor(ServerContext& context) {
  context.addChild("recoveryActor", context.recovery,
                   [&context](caf::actor_system& system, std::shared_ptr<ActorProbe> probe) {
                     return spawnShared<RecoveryActor, RecoveryState>(system, std::move(probe),
                                                                      authDependencies(context));
                   });
}

void addFactorActor(ServerContext& context) {
  context.addChild("factorActor", context.factors,
                   [&context](caf::actor_system& system, std::shared_ptr<ActorProbe> probe) {
                     return spawnShared<FactorActor, FactorState>(system, std::move(probe),
                                                                  authDependencies(context));
                   });
}

}  // namespace ks
