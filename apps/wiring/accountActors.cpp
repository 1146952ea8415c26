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
  context.addBlocking<MailState>(
      "mailActor", context.mail,
      MailDependencies{.environment = context.environment,
                       .storage = context.storage,
                       .crypto = context.crypto,
                       .makeTransport = [&context] { return makeMailTransport(context); },
                       .publicUrl = context.settings.publicUrl});
}

void addPersonalDataActor(ServerContext& context) {
  PersonalDataPolicy policy;
  policy.deletionGrace = std::chrono::days{context.settings.deletionGraceDays};
  context.addShared<PersonalDataState>("personalDataActor", context.personalData, authDependencies(context),
                                       policy);
}

void addAuthActor(ServerContext& context) {
  context.addShared<AuthState>("authActor", context.auth, authDependencies(context));
}

void addRecoveryActor(ServerContext& context) {
  context.addShared<RecoveryState>("recoveryActor", context.recovery, authDependencies(context));
}

void addFactorActor(ServerContext& context) {
  context.addShared<FactorState>("factorActor", context.factors, authDependencies(context));
}

}  // namespace ks
