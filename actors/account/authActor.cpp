#include "actors/account/authActor.hpp"

#include <utility>

namespace ks {

AuthPolicy authPolicyOf(const Settings& settings) {
  AuthPolicy policy;
  policy.signUpOpen = settings.signUpOpen;
  policy.usernames = {settings.usernamesBeyondAscii, settings.reservedUsernames};
  policy.password.minLength = static_cast<std::size_t>(settings.passwordMinLength);
  policy.password.minLengthWithSecondFactor =
      static_cast<std::size_t>(settings.passwordMinLengthWithSecondFactor);
  policy.sessionIdle = settings.sessionIdle;
  policy.sessionAbsolute = settings.sessionAbsolute;
  policy.shortSessionIdle = settings.shortSessionIdle;
  policy.shortSessionAbsolute = settings.shortSessionAbsolute;
  policy.verifyTokenLife = settings.verifyLinkLife;
  policy.loginAnswerStep = settings.loginAnswer;
  if (settings.rateLimits) {
    policy.loginLocks = settings.loginLocks;
    policy.registrationsOfAddress = settings.registrationsOfAddress;
    policy.mailsToAccount = settings.mailsToAccount;
    policy.mailsAskedByAddress = settings.mailsAskedByAddress;
  }
  return policy;
}

AuthState::AuthState(AuthActor::pointer selfPointer, std::shared_ptr<ActorProbe> probe,
                     AuthDependencies dependencies)
    : LoginGuard(selfPointer, std::move(probe), std::move(dependencies)) {}

AuthActor::behavior_type AuthState::make_behavior() {
  return {
      guarded(self, probe_, [this](RegisterRequest& request) { return registerAccount(request); }),
      guarded(self, probe_, [this](VerifyEmailRequest& request) { return verifyEmail(request); }),
      guarded(self, probe_,
              [this](ResendVerificationRequest& request) { return resendVerification(request); }),
      guarded(self, probe_, [this](LoginRequest& request) { return login(request); }),
      guarded(self, probe_, [this](ChangePasswordRequest& request) { return changePassword(request); }),
      guarded(self, probe_, [this](RefreshRequest& request) { return refresh(request); }),
      guardedOfCaller(this, probe_, &AuthState::logout),
      guardedOfCaller(this, probe_, &AuthState::listSessions),
      guardedOfCaller(this, probe_, &AuthState::revokeSession),
      guardedOfCaller(this, probe_, &AuthState::logoutAll),
      guarded(self, probe_,
              [this](CreateAdministratorRequest& request) { return createAdministrator(request); }),
  };
}

}  // namespace ks
