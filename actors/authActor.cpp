#include "actors/authActor.hpp"

#include <utility>

#include "actors/authSteps.hpp"
#include "actors/sealContexts.hpp"

namespace ks {

AuthState::AuthState(AuthActor::pointer selfPointer, std::shared_ptr<ActorProbe> probe,
                     AuthDependencies dependencies)
    : self(selfPointer), probe_(std::move(probe)), deps_(std::move(dependencies)) {}

AuthActor::behavior_type AuthState::make_behavior() {
  return {
      guarded(self, probe_, [this](RegisterRequest& request) { return registerAccount(request); }),
      guarded(self, probe_, [this](VerifyEmailRequest& request) { return verifyEmail(request); }),
      guarded(self, probe_,
              [this](ResendVerificationRequest& request) { return resendVerification(request); }),
      guarded(self, probe_, [this](LoginRequest& request) { return login(request); }),
      guarded(self, probe_, [this](ChangePasswordRequest& request) { return changePassword(request); }),
      guarded(self, probe_, [this](RefreshRequest& request) { return refresh(request); }),
      guarded(self, probe_, [this](LogoutRequest& request) { return logout(request); }),
      guarded(self, probe_, [this](ListSessionsRequest& request) { return listSessions(request); }),
      guarded(self, probe_, [this](RevokeSessionRequest& request) { return revokeSession(request); }),
      guarded(self, probe_,
              [this](CreateAdministratorRequest& request) { return createAdministrator(request); }),
  };
}

Result<OutboxMail> AuthState::composeMail(std::string mailTemplate, const std::string& locale,
                                          const std::string& recipient, std::string_view payload) {
  OutboxMail mail;
  mail.id = deps_.environment.uuids.next();
  mail.mailTemplate = std::move(mailTemplate);
  mail.locale = locale;
  auto sealedRecipient = deps_.crypto->cipher.seal(recipient, mailRecipientContext(mail.id));
  if (!sealedRecipient.ok()) {
    return std::move(sealedRecipient.fault());
  }
  auto sealedPayload = deps_.crypto->cipher.seal(payload, mailPayloadContext(mail.id));
  if (!sealedPayload.ok()) {
    return std::move(sealedPayload.fault());
  }
  mail.recipientSealed = std::move(sealedRecipient.value());
  mail.payloadSealed = std::move(sealedPayload.value());
  return mail;
}

void AuthState::wakeMail() {
  if (const auto mail = deps_.mail.get()) {
    compat::tell(self, mail, WakeAtom_v);
  }
}

}  // namespace ks
